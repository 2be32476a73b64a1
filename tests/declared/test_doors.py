"""Every door × method × persona × place of the record: open, refused or hidden, as the contract says (doors.yaml).

A place is where the domain of the record lies to that of the persona, who is of Genixify. What lies outside is answered
as what does not exist. Pages are not rendered here: whether they may be seen is decided before (test_canaries.py reads
what they say).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, templating

from ale.foundation.db import Shared
from ale.foundation.record import RECORDS
from ale.web.audience import Audience
from tests.conftest import Browser
from tests.declared.contract import ACCESS, PERSONAS, allowed, held, is_customer, somebody
from tests.declared.walker import DECLARED, Door, Walker, doors, kind_of
from tests.declared.world import NONE, World, build

RENDER = templating._render
STAFF = [one for one in PERSONAS if not is_customer(one)]
CUSTOMERS = [one for one in PERSONAS if is_customer(one)]
OUTSIDE = ("sibling", "parent", NONE)

Walk = Callable[[str], Walker]


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> World:
    """Records everywhere; pages are decided about, not written."""
    made = build()
    monkeypatch.setattr(templating, "_render", lambda *_args: "")
    monkeypatch.setattr("ale.web.json.seconds_to_wait", lambda *_args: 0)
    return made


@pytest.fixture
def walk(app: Flask, log_on: Callable[[str], Browser], world: World) -> Walk:
    """`walk(persona)`: somebody like that, at every door."""

    def walking(persona: str) -> Walker:
        somebody(persona)
        return walker(app, world, persona, log_on(persona))

    return walking


def walker(app: Flask, world: World, persona: str, browser: Browser) -> Walker:
    """Somebody with the session and the form token of a browser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templating, "_render", RENDER)
        page = browser.get("/nowhere", follow_redirects=True).text
    found = re.search(r'"X-CSRFToken": "([^"]+)"', page)
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found
    assert cookie
    return Walker(app, world, persona, f"{cookie.key}={cookie.value}", found[1])


def test_every_door_says_what_it_needs(app: Flask) -> None:
    """Add the endpoint to doors.yaml, with the right that the contract asks for."""
    found = {door.endpoint for door in doors(app)}
    assert {*DECLARED["doors"], *DECLARED["table api"]} <= found
    assert RECORDS.keys() <= ACCESS.keys(), "add the table to access.yaml"


ELSEWHERE = {
    ("sys_attachment", "create"): "made by sending the bytes, not as a row",
    ("sn_acct_lc_onb_case", "create"): "others than onboarding agents make cases through an account or a play",
    ("sys_import_set", "create"): "made by loading a file",
    ("sys_import_set", "write"): "tells what was loaded",
    ("sys_import_set", "delete"): "goes with its task",
    ("sys_plugin", "read"): "customers switch plugins on in the provider's domain, which is none of theirs",
    ("sys_plugin", "write"): "as above",
    ("ale_ui_message", "read"): "customers, who are told by mail, have none",
    ("ale_ui_message", "write"): "as above",
    ("ale_ui_message", "delete"): "as above",
}
"""Rights of the contract that are not used through the table itself: nobody needs to be let in there."""


def rights(persona: str, door: Door) -> bool:
    """Whether the contract lets the persona do what the door is for, with some record."""
    roles = door.needs.get("roles")
    if roles and not held(persona) & {*roles, "admin"}:
        return False
    operation = door.needs.get("do", "read")
    if not all(allowed(persona, table, one) for table, one in door.needs.get("also", {}).items()):
        return False
    if door.table is None:
        return True
    if operation == "figures":  # customers have no reports, and count what the API lets them read
        customer = is_customer(persona)
        return allowed(persona, door.table, "read") and (customer or allowed(persona, door.table, "report_view"))
    if operation == "import":
        return allowed(persona, door.table, "write") and allowed(persona, "sys_import_set", "read")
    if door.table not in RECORDS and operation != "read" and door.endpoint in DECLARED["table api"]:
        return False  # what is staged and what happened is told there, not changed
    return any(allowed(persona, door.table, one) for one in meant_by(operation))


def meant_by(operation: str) -> tuple[str, ...]:
    """The rights of which one will do: a form that is filled in looks up what it may refer to."""
    return {"use": ("read", "create", "write"), "figures": ("read",)}.get(operation, (operation,))


def expected(persona: str, door: Door, place: str) -> set[str]:
    """What the contract says of a door for a persona and a record at a place."""
    if is_customer(persona) and door.audience is Audience.STAFF:
        return {"portal"}
    if door.endpoint in ("session.log_out", "session.invitation", "session.accept"):  # without an invitation
        return {"log on"}
    does, operation = rights(persona, door), door.needs.get("do", "read")
    if any((door.table, one) in ELSEWHERE for one in meant_by(operation)):
        return {"refused", "hidden"} | ({"open"} if place not in OUTSIDE else set())
    unnamed = {"hidden"} if "chosen" in door.needs else set()
    if not door.names_record:
        return {"open"} | unnamed if does else {"refused", "hidden"}
    assert door.table
    kind = RECORDS.get(door.table)
    shared = kind is not None and issubclass(kind, Shared) and place == "parent"
    narrow = {"hidden"} if kind is None or kind.__sheet__.access.rows else set()
    if not allowed(persona, door.table, "read") or (not does and "roles" in door.needs):
        return {"refused", "hidden"}
    if place in OUTSIDE and not shared:
        return {"hidden"} if does else {"refused", "hidden"}
    if shared and operation != "read":
        return {"refused"}
    return ({"open"} if does else {"refused"}) | narrow | unnamed


def wrong(by: Walker, persona: str) -> Iterator[str]:
    """What the doors say otherwise than the contract, to one persona; and where outside is not told as nothing."""
    for door in doors(by.app):
        told = {}
        for place in places(by, persona, door):
            told[place] = by.ask(door, place)
            if told[place] not in expected(persona, door, place):
                yield f"{persona} {door.method} {door.rule.rule} {door.table} {place}: {told[place]}"
        if len({told[place] for place in OUTSIDE if place in told and not _is_shared(door, place)}) > 1:
            yield f"{persona} {door.method} {door.rule.rule} {door.table} tells what is outside: {told}"


def places(by: Walker, persona: str, door: Door) -> list[str]:
    """The places to ask about: all of them where the persona reads such records at all."""
    if not door.names_record or expected(persona, door, "own") == {"portal"}:
        return ["own"]
    everywhere = by.world.places(kind_of(door))
    reads = door.table is None or allowed(persona, door.table, "read")
    return everywhere if reads else [place for place in everywhere if place in ("own", "sibling", NONE)]


def _is_shared(door: Door, place: str) -> bool:
    kind = RECORDS.get(door.table or "")
    return place == "parent" and kind is not None and issubclass(kind, Shared)


GROUPS = [STAFF[0::3], STAFF[1::3], STAFF[2::3], CUSTOMERS]


@pytest.mark.parametrize("personas", GROUPS, ids=[one[0] for one in GROUPS])
def test_every_door_is_open_to_whom_the_contract_opens_it(walk: Walk, personas: list[str]) -> None:
    assert [line for one in personas for line in wrong(walk(one), one)] == []


def test_who_has_not_logged_on_is_let_in_nowhere(app: Flask, client: Browser) -> None:
    visitor = walker(app, World(), "", client)
    for door in doors(app):
        if door.audience is not Audience.EVERYBODY:
            assert visitor.ask(door, "own") == "log on", door
