"""No byte of another domain is ever sent: words planted in every record outside are looked for in answers inside."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.people.records import User
from ale.domains.people.service import grant, set_password
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, attach, keep
from ale.foundation.db import Separated, session
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.history import say
from ale.foundation.problem import Rejected
from ale.foundation.record import RECORDS, Record, new_id
from ale.foundation.tables import table_names
from ale.web.addresses import form_href, list_href
from ale.web.audience import Audience, audience_of
from tests.conftest import Browser
from tests.factories import WORDS, make
from tests.functional.api.calls import basic
from tests.success import owner

OWN, OTHER = "TOP/Genixify", "TOP/Boxeo"
CANARY, ASKED = "zqcanary", "zqcan"
"""The planted word, and its beginning: what is asked for, so that an answer may repeat the question."""

SEPARATED = sorted(name for name, kind in RECORDS.items() if issubclass(kind, Separated))
Everywhere = dict[str, Record]
LogOnAs = Callable[[str], Browser]


def canaries(record_type: type[Record]) -> dict[str, str]:
    """The planted word in every text that can be given."""
    texts = [one for one in fields_of(record_type).values() if one.kind in (Kind.TEXT, Kind.LONG_TEXT)]
    plain = (None, "email", "url", "phone")
    open_ = [one for one in texts if not one.facts.read_only and one.name not in WORDS and one.facts.format in plain]
    return {one.name: _canary(one) for one in open_}


def _canary(item: Field) -> str:
    formats = {"email": f"{CANARY}@{new_id()[-8:]}.example", "url": f"https://{CANARY}.example"}
    return formats.get(item.facts.format or "", f"{CANARY} {new_id()[-8:]}")[: item.max_length]


def planted(record_type: type[Record]) -> Record | None:
    """A record outside TOP/Genixify with the word wherever its rules allow it."""
    by, given = Actor.system(OTHER), canaries(record_type)
    if "account" in fields_of(record_type) and not fields_of(record_type)["account"].facts.read_only:
        given["account"] = owner("Boxeo").sys_id
    for _try in range(3):
        try:
            record = make(record_type, by, **given)
        except Rejected as refusal:
            given = {name: text for name, text in given.items() if name not in {one.field for one in refusal.problems}}
        else:
            return None if str(record.sys_domain).startswith(OWN) else record  # type: ignore[attr-defined]
    raise AssertionError(f"{record_type.__name__}: no canary could be planted")


@pytest.fixture
def outside(app: Flask) -> Everywhere:
    """A record of every separated type with the word in it, with a file, a comment and a work note of the same."""
    found = {name: record for name in SEPARATED if (record := planted(RECORDS[name]))}
    by = Actor.system()
    for record in found.values():
        for element in ("comments", "work_notes"):
            say(record, element, f"{CANARY} {element}", by)
    file = keep(BytesIO(f"{CANARY} in a file".encode()))
    attach(found["customer_contact"], file, f"{CANARY}.txt", by=by)
    assert len(found) > 35
    return found


@pytest.fixture
def insider(app: Flask) -> str:
    """The name of an administrator who lives in the domain of Genixify: with every right, and one wall."""
    who = make(User, Actor.system(OWN), user_name="insider")
    who.sys_domain = OWN
    grant(who, "admin", Actor.system())
    set_password(who, "demo")
    return "insider"


def pages(app: Flask, outside: Everywhere) -> list[str]:
    """The addresses of all pages."""
    with app.test_request_context():
        return list(_pages(app, outside))


def _pages(app: Flask, outside: Everywhere) -> Iterator[str]:
    """Every page without a place for an id, each list as asked for by the word, and the page of each record outside."""
    for rule in app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or ()) and not rule.arguments and audience_of(rule.endpoint) in PAGES
        if is_page and rule.rule != "/styleguide":  # which shows no record
            yield rule.rule
    for name, record in outside.items():
        fields, address = fields_of(RECORDS[name]), list_href(RECORDS[name])
        if address:
            yield f"{address}?q={ASKED}"
            yield f"{address}?view=whole&cols={','.join(fields)}"
            yield f"{address}/export?format=csv&cols={','.join(fields)}"
            yield from (f"{address}/lookup/{one.name}?q={ASKED}" for one in fields.values() if one.targets)
        yield from filter(None, [form_href(RECORDS[name], record.sys_id)])
    yield f"/search?q={ASKED}"
    file = select(Attachment.sys_id).where(Attachment.file_name.contains(CANARY))
    yield f"/attachments/{session.scalars(file).one()}"


PAGES = (Audience.STAFF, Audience.LOGGED_ON)


def calls(outside: Everywhere) -> Iterator[str]:
    """The rows of every table, those that hold the word, figures of them, and each record outside."""
    for name in table_names():
        fields = fields_of(RECORDS[name]).values() if name in RECORDS else ()
        texts = [one.name for one in fields if one.kind is Kind.TEXT] or ["sys_id"]
        held = "^OR".join(f"{one}LIKE{ASKED}" for one in texts)
        yield f"table/{name}?sysparm_display_value=all"
        yield f"table/{name}?sysparm_display_value=all&sysparm_query={held}^ORDERBYDESC{texts[0]}"
        yield f"stats/{name}?sysparm_count=true&sysparm_display_value=true&sysparm_group_by={texts[0]}"
    for name, record in outside.items():
        yield f"table/{name}/{record.sys_id}?sysparm_display_value=all"
        yield f"attachment?sysparm_query=table_sys_id={record.sys_id}"
    yield f"attachment?sysparm_query=file_nameLIKE{ASKED}"


def test_an_administrator_of_one_domain_never_gets_a_word_of_another(
    app: Flask, log_on: LogOnAs, outside: Everywhere, insider: str
) -> None:
    browser, seen = log_on(insider), 0
    for address in pages(app, outside):
        answer = browser.get(address)
        assert answer.status_code < 500, address
        assert CANARY.encode() not in answer.get_data(), address
        seen += answer.status_code == 200
    assert seen > 250
    for address in calls(outside):
        answer = browser.get(f"/api/now/{address}", headers=basic(insider))
        assert answer.status_code < 500, address
        assert CANARY.encode() not in answer.get_data(), address
        assert CANARY not in str(answer.headers), address


@pytest.mark.parametrize("user", ["genixify.admin", "genixify.sme"])
def test_a_customer_never_gets_a_word_of_another(app: Flask, log_on: LogOnAs, outside: Everywhere, user: str) -> None:
    who = session.scalars(select(User).where(User.user_name == user)).one()
    grant(who, "sn_acct_lc.ale_success_customer", Actor.system())
    browser = log_on(user)
    portal = [f"/portal/{kind}/{outside[table].sys_id}" for kind, table in SHOWN.items()]
    for address in ["/portal", *portal, *pages(app, outside)]:
        assert CANARY.encode() not in browser.get(address).get_data(), address
    for address in calls(outside):
        assert CANARY.encode() not in browser.get(f"/api/now/{address}", headers=basic(user)).get_data(), address


SHOWN = {"cases": "sn_acct_lc_onb_case", "tasks": "sn_ti_core_task"}
"""The pages of the portal, and the tables of their records."""


def test_the_words_are_there_for_who_may_see_them(log_on: LogOnAs, outside: Everywhere) -> None:
    """Else the tests above could not fail."""
    browser = log_on("admin")
    for name, record in outside.items():
        one = browser.get(f"/api/now/table/{name}/{record.sys_id}", headers=basic("admin"))
        assert CANARY in one.text or not canaries(RECORDS[name]), name
    assert CANARY in browser.get(f"/search?q={ASKED}").text
    assert CANARY in browser.get(f"/contacts?q={ASKED}").text


WAYS = ("GET", "PATCH", "PUT", "DELETE")
QUERIES = (
    "table/{table}?sysparm_query=sys_id={key}",
    "stats/{table}?sysparm_count=true&sysparm_query=sys_id={key}",
    "attachment?sysparm_query=table_name={table}^table_sys_id={key}",
)


@pytest.mark.parametrize("user", ["insider", "genixify.admin"])
def test_the_id_of_another_is_answered_as_one_that_does_not_exist(
    log_on: LogOnAs, outside: Everywhere, insider: str, user: str
) -> None:
    browser = log_on(user)

    def answers(method: str, address: str, **more: Any) -> tuple[int, str]:
        answer = browser.open(address, method=method, headers=basic(user), **more)
        return answer.status_code, answer.text

    for name, record in outside.items():
        if name in ("sys_attachment", "sys_audit"):
            continue
        known, none = record.sys_id, new_id()
        for method in WAYS:
            said = [
                answers(method, f"/api/now/table/{name}/{key}", **({"json": {}} if method[0] == "P" else {}))
                for key in (known, none)
            ]
            assert said[0] == said[1], f"{method} {name}"
        for query in QUERIES:
            said = [answers("GET", f"/api/now/{query.format(table=name, key=key)}") for key in (known, none)]
            assert said[0] == (said[1][0], said[1][1].replace(none, known)), f"{query} {name}"


TOKEN = re.compile(r'(?<=csrf_token" value=")[^"]+|(?<="X-CSRFToken": ")[^"]+')
"""What differs from one second to the next: the signature of a form."""
PIECES = ("", "/remove", "/steps/close")


def test_the_page_of_another_is_that_of_one_that_does_not_exist(
    app: Flask, log_on: LogOnAs, outside: Everywhere, insider: str
) -> None:
    browser, none = log_on(insider), new_id()
    for name, record in outside.items():
        with app.test_request_context():
            address = form_href(RECORDS[name], record.sys_id)
        for piece in PIECES if address else ():
            known = browser.get(f"{address}{piece}")
            missing = browser.get(f"{address}{piece}".replace(record.sys_id, none))
            assert known.status_code == 404, f"{name}{piece}"
            said = [TOKEN.sub("", one.text.replace(none, record.sys_id)) for one in (known, missing)]
            assert said[0] == said[1], f"{name}{piece}"


@pytest.mark.parametrize("user", ["insider", "genixify.admin"])
def test_a_reference_to_another_is_refused_as_one_to_nothing(
    log_on: LogOnAs, outside: Everywhere, insider: str, user: str
) -> None:
    browser = log_on(user)
    for name in SEPARATED:
        for item in fields_of(RECORDS[name]).values():
            targets = [one for one in item.targets if one in outside]
            if not targets or item.facts.read_only:
                continue
            said = [
                browser.post(f"/api/now/table/{name}", json={item.name: key}, headers=basic(user)).text
                for key in (outside[targets[0]].sys_id, new_id())
            ]
            assert said[0] == said[1], f"{name}.{item.name}"
