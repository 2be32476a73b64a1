"""How success records end and begin again: CSB-03, 04, 10, 11, 16, 17, 22, 23, 27, 28, 31, 32, 35, 36; SUC-03."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from ale.foundation.actor import Actor
from ale.foundation.bulk import save_many
from ale.foundation.changes import create, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.record import table_name, values_of
from tests.conftest import Browser
from tests.functional.api.calls import basic
from tests.success import Shelf, problems

CLOSING = {"Engagement": "CSB_03", "Objective": "CSB_10", "Outcome": "CSB_16", "Initiative": "CSB_22",
           "SuccessCase": "CSB_27", "Touchpoint": "CSB_31", "SuccessTask": "CSB_35"}  # fmt: skip
REOPENING = {"Engagement": "CSB_04", "Objective": "CSB_11", "Outcome": "CSB_17", "Initiative": "CSB_23",
             "SuccessCase": "CSB_28", "Touchpoint": "CSB_32", "SuccessTask": "CSB_36"}  # fmt: skip
OPEN = {"Objective": "define", "Touchpoint": "paused"}
TOLD = {"closure_code": "achieved", "close_notes": "Delivered as agreed"}


def kinds(rules: dict[str, str], example: str) -> Any:
    """One test for each type, named by its rule and the example."""
    return pytest.mark.parametrize("kind", [pytest.param(kind, id=f"{rule}_{example}") for kind, rule in rules.items()])


@pytest.fixture
def csm(actor: Callable[[str], Actor]) -> Actor:
    return actor("csm")


@pytest.fixture
def shelf(csm: Actor) -> Shelf:
    return Shelf(csm)


def closed(shelf: Shelf, csm: Actor, kind: str, state: str, **told: Any) -> Any:
    record = shelf.every_kind()[kind]
    return save(record, {"state": state} | told, by=csm)


@kinds(CLOSING, "E1")
def test_closing_needs_code_and_notes(shelf: Shelf, csm: Actor, kind: str) -> None:
    record = shelf.every_kind()[kind]
    save(record, {"state": "in_progress"}, by=csm)
    missing = [("CLOSURE_INFO_MISSING", "closure_code"), ("CLOSURE_INFO_MISSING", "close_notes")]
    assert problems(save, record, {"state": "closed"}, by=csm) == missing
    assert problems(save, record, {"state": "closed", "close_notes": "  "}, by=csm) == missing
    assert (record.state, record.active) == ("in_progress", True)


@kinds(CLOSING, "E2")
def test_closing_is_signed(shelf: Shelf, csm: Actor, kind: str) -> None:
    record = closed(shelf, csm, kind, "closed", **TOLD)
    assert (record.active, record.closed_by) == (False, csm.id)
    assert abs((record.closed_at - now()).total_seconds()) < 60
    assert getattr(record, "progress", "completed") == "completed"


@kinds(CLOSING, "E2")
def test_canceling_needs_notes_only(shelf: Shelf, csm: Actor, kind: str) -> None:
    record = shelf.every_kind()[kind]
    assert problems(save, record, {"state": "canceled"}, by=csm) == [("CLOSURE_INFO_MISSING", "close_notes")]
    save(record, {"state": "canceled", "close_notes": "Duplicate"}, by=csm)
    assert (record.closure_code, record.active) == ("canceled", False)
    assert getattr(record, "progress", "canceled") == "canceled"


def test_SUC_03_E1_a_case_on_track_is_completed_when_it_is_closed(shelf: Shelf, csm: Actor) -> None:
    case = shelf.every_kind()["SuccessCase"]
    save(case, {"progress": "on_track"}, by=csm)
    assert save(case, {"state": "closed", "progress": "at_risk"} | TOLD, by=csm).progress == "completed"


def test_SUC_03_E2_a_paused_touchpoint_is_canceled_in_its_progress_too(shelf: Shelf, csm: Actor) -> None:
    talk = shelf.every_kind()["Touchpoint"]
    save(talk, {"state": "paused"}, by=csm)
    assert save(talk, {"state": "canceled", "close_notes": "Not needed"}, by=csm).progress == "canceled"


@kinds(CLOSING, "E2")
@pytest.mark.parametrize("state", ["closed", "canceled"])
def test_what_closed_it_stays(shelf: Shelf, csm: Actor, kind: str, state: str) -> None:
    record = closed(shelf, csm, kind, state, **TOLD)
    for name, text in (("closure_code", ""), ("close_notes", ""), ("close_notes", " ")):
        assert problems(save, record, {name: text}, by=csm) == [("CLOSURE_INFO_MISSING", name)]
    save(record, {"close_notes": "Delivered late", "closure_code": "missed"}, by=csm)
    assert (record.close_notes, record.closure_code) == ("Delivered late", "missed")


@kinds(REOPENING, "E1")
def test_reopening_clears_the_closure(shelf: Shelf, csm: Actor, kind: str) -> None:
    record = closed(shelf, csm, kind, "closed", closure_code="achieved", close_notes="Done")
    save(record, {"state": OPEN.get(kind, "in_progress")}, by=csm)
    assert record.active
    assert (record.closure_code, record.close_notes, record.closed_at, record.closed_by) == (None,) * 4
    assert getattr(record, "progress", "on_track") == "on_track"
    kept = session.scalars(select(Audit.old_value).where(Audit.record == record.sys_id)).all()
    assert "Done" in kept


@kinds(REOPENING, "E2")
def test_reopening_takes_no_notes(shelf: Shelf, csm: Actor, kind: str) -> None:
    record = closed(shelf, csm, kind, "canceled", close_notes="Duplicate")
    save(record, {"state": "new", "close_notes": "keep me", "closure_code": "missed"}, by=csm)
    assert (record.state, record.close_notes, record.closure_code) == ("new", None, None)
    assert getattr(record, "progress", "not_started") == "not_started"


@kinds(CLOSING, "E1")
def test_many_at_once_are_closed_by_the_same_rules(shelf: Shelf, csm: Actor, kind: str) -> None:
    record = shelf.every_kind()[kind]
    [draft] = save_many(type(record), [(record.sys_id, {"state": "closed"})], by=csm)
    assert {one.code for one in draft.problems} == {"CLOSURE_INFO_MISSING"}
    [draft] = save_many(type(record), [(record.sys_id, {"state": "closed"} | TOLD)], by=csm)
    assert (draft.problems, draft.after["closed_by"], draft.after["active"]) == ([], csm.id, False)


@kinds(CLOSING, "E1")
def test_a_record_that_begins_closed_says_why_too(shelf: Shelf, csm: Actor, kind: str) -> None:
    made = shelf.every_kind()[kind]
    given = {name: value for name, value in values_of(made).items() if name not in ("sys_id", "number", "sys_domain")}
    given |= {"state": "closed", "active": True, "closed_at": None, "cause": f"another {kind}"}
    missing = [("CLOSURE_INFO_MISSING", "closure_code"), ("CLOSURE_INFO_MISSING", "close_notes")]
    assert problems(create, type(made), given, by=csm) == missing
    again = create(type(made), given | TOLD, by=csm)
    assert (again.active, again.closed_by, again.closed_at is not None) == (False, csm.id, True)


@kinds(CLOSING, "E2")
def test_what_is_stamped_is_not_sent(shelf: Shelf, csm: Actor, kind: str) -> None:
    sent = {"closed_by": "system", "closed_at": "2001-01-01 00:00:00", "active": "true"}
    record = closed(shelf, csm, kind, "closed", **TOLD, **sent)
    assert (record.active, record.closed_by) == (False, csm.id)
    assert abs((record.closed_at - now()).total_seconds()) < 60


@kinds(CLOSING, "E2")
def test_a_closed_record_that_is_canceled_is_signed_anew(
    shelf: Shelf, csm: Actor, actor: Callable[[str], Actor], kind: str
) -> None:
    with time_machine.travel(datetime(2025, 3, 10, 9, tzinfo=UTC), tick=False):
        record = closed(shelf, csm, kind, "closed", **TOLD)
    admin = actor("admin")
    save(record, {"state": "canceled"}, by=admin)
    assert (record.active, record.closure_code, record.closed_by) == (False, "achieved", admin.id)
    assert abs((record.closed_at - now()).total_seconds()) < 60


@kinds(REOPENING, "E1")
def test_a_record_is_closed_and_reopened_over_the_api(shelf: Shelf, client: Browser, kind: str) -> None:
    record = shelf.every_kind()[kind]

    def patch(**values: str) -> Any:
        address = f"/api/now/table/{table_name(type(record))}/{record.sys_id}"
        return client.patch(address, json=values, headers=basic("csm"))

    refused = patch(state="closed")
    assert refused.status_code == 403
    assert [(one["code"], one["field"]) for one in refused.json["error"]["problems"]] == [
        ("CLOSURE_INFO_MISSING", "closure_code"), ("CLOSURE_INFO_MISSING", "close_notes"),
    ]  # fmt: skip
    done = patch(state="closed", closure_code="missed", close_notes="Done").json["result"]
    assert (done["state"], done["active"], done["closure_code"]) == ("closed", "false", "missed")
    assert done["closed_at"]
    opened = patch(state=OPEN.get(kind, "in_progress"), close_notes="keep me").json["result"]
    assert (opened["active"], opened["closure_code"], opened["close_notes"]) == ("true", "", "")
    assert (opened["closed_at"], opened["closed_by"]) == ("", "")
