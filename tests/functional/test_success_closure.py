"""How success records end and begin again: CSB-03, 04, 10, 11, 16, 17, 22, 23, 27, 28, 31, 32, 35, 36; SUC-03."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.foundation.actor import Actor
from ale.foundation.bulk import save_many
from ale.foundation.changes import save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.history import Audit
from tests.success import Shelf, problems

CLOSING = {"Engagement": "03", "Objective": "10", "Outcome": "16", "Initiative": "22", "SuccessCase": "27",
           "Touchpoint": "31", "SuccessTask": "35"}  # fmt: skip
REOPENING = {"Engagement": "04", "Objective": "11", "Outcome": "17", "Initiative": "23", "SuccessCase": "28",
             "Touchpoint": "32", "SuccessTask": "36"}  # fmt: skip
OPEN = {"Objective": "define", "Touchpoint": "paused"}
TOLD = {"closure_code": "achieved", "close_notes": "Delivered as agreed"}


def kinds(rules: dict[str, str], example: str) -> Any:
    """One test for each type, named by its rule and the example."""
    return pytest.mark.parametrize(
        "kind", [pytest.param(kind, id=f"CSB_{number}_{example}") for kind, number in rules.items()]
    )


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
