"""A chunk of records takes the same way as one record: same values, same refusals, same history, same reactions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Contract, Location
from ale.domains.onboarding.records import CaseTask, OnboardingCase, TaskState
from ale.domains.system.records import ScheduledJob
from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, save_many
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.problem import Rejected
from ale.foundation.record import Record, values_of

SYSTEM = Actor.system()
OWN = ("sys_id", "sys_created_on", "sys_updated_on", "number")


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back."""
    nested = session.begin_nested()
    yield
    nested.rollback()
    session.expunge_all()


def told(record_type: type[Record], key: str) -> dict[str, Any]:
    """A stored record with its history, without what differs from run to run."""
    record = session.get_one(record_type, key, populate_existing=True)
    past = []
    for row in session.scalars(select(Audit).where(Audit.record == key).order_by(Audit.field_name)):
        made = json.loads(row.new_value) if row.field_name is None else row.new_value
        if isinstance(made, dict):
            made = {name: value for name, value in made.items() if name not in OWN}
        past.append((row.table_name, row.field_name, row.old_value, made, row.user, row.reason, row.sys_domain))
    values = {name: value for name, value in values_of(record).items() if name not in OWN}
    return values | {"history": past, "version": record.sys_mod_count, "domain": record.sys_domain}


def refused(problems: list[Any]) -> list[tuple[str, str | None]]:
    return sorted((one.code, one.field) for one in problems)


def one_by_one(record_type: type[Record], rows: list[dict[str, Any]]) -> list[Any]:
    """What each row becomes when it is created alone."""
    came_out = []
    for row in rows:
        try:
            came_out.append(told(record_type, create(record_type, row, by=SYSTEM).sys_id))
        except Rejected as refusal:
            came_out.append(refused(refusal.problems))
    return came_out


@pytest.fixture
def account(app: Any) -> Account:
    return create(Account, {"name": "Alderis", "sys_domain": "TOP/Alderis"}, by=SYSTEM)


def contacts(account: Account) -> list[dict[str, Any]]:
    plain = {"account": account.sys_id, "last_name": "Row", "language": "fr", "active": "no"}
    return [
        plain
        | {
            "first_name": "Fine",
            "email": "Fine@Example.com ",
            "external_reference_id": "1",
            "start_date": "2026-01-31",
        },
        plain | {"first_name": "", "email": "empty@example.com"},
        plain | {"first_name": "x" * 41, "email": "no address"},
        plain | {"first_name": "Again", "email": "fine@example.com"},
        plain | {"first_name": "Lost", "email": "lost@example.com", "account": "f" * 32},
        plain | {"first_name": "Wrong", "email": "wrong@example.com", "language": "tlh", "active": "perhaps"},
        plain | {"first_name": "Taken", "email": "there@example.com"},
        plain | {"first_name": "Empty", "email": "e@example.com", "language": "", "active": None, "unknown": "x"},
    ]


def test_contacts_made_together_are_as_if_made_alone(account: Account) -> None:
    create(Contact, contacts(account)[0] | {"email": "there@example.com", "external_reference_id": "9"}, by=SYSTEM)
    with undone():
        alone = one_by_one(Contact, contacts(account))
    drafts = create_many(Contact, contacts(account), by=SYSTEM)
    together = [refused(one.problems) if one.problems else told(Contact, one.sys_id) for one in drafts]
    assert together == alone
    assert [bool(one.problems) for one in drafts] == [False, True, True, True, True, True, True, False]


def test_numbers_rules_and_defaults_hold_for_many(account: Account) -> None:
    plain = {"account": account.sys_id, "starts": "2026-01-01"}
    rows = [
        plain | {"short_description": name, "ends": end}
        for name, end in (("a", "2026-12-31"), ("b", "2025-12-31"), ("c", ""))
    ]
    with undone():
        alone = one_by_one(Contract, rows)
    drafts = create_many(Contract, rows, by=SYSTEM)
    assert [refused(one.problems) if one.problems else told(Contract, one.sys_id) for one in drafts] == alone
    assert refused(drafts[1].problems) == [("ENDS_BEFORE_START", "ends")]
    first, third = (session.get_one(Contract, drafts[place].sys_id).number for place in (0, 2))
    assert int(third.removeprefix("CNTR")) == int(first.removeprefix("CNTR")) + 1


def test_records_saved_together_are_as_if_saved_alone(account: Account) -> None:
    places = [create(Location, {"account": account.sys_id, "name": name}, by=SYSTEM).sys_id for name in "abcd"]
    given = [{"city": "Lyon"}, {"name": ""}, {"name": "a"}, {"name": "d", "city": ""}]
    with undone():
        alone = []
        for key, values in zip(places, given, strict=True):
            try:
                alone.append(told(Location, save(session.get_one(Location, key), values, by=SYSTEM).sys_id))
            except Rejected as refusal:
                alone.append(refused(refusal.problems))
    drafts = save_many(Location, list(zip(places, given, strict=True)), by=SYSTEM)
    assert [refused(one.problems) if one.problems else told(Location, one.sys_id) for one in drafts] == alone
    assert [one.event for one in drafts if not one.problems] == ["save", "none"]


def test_accounts_close_no_circle_among_themselves(account: Account) -> None:
    first, second, third, loner = (create(Account, {"name": name}, by=SYSTEM).sys_id for name in ("A", "B", "C", "D"))
    rows = [
        (first, {"parent": second}),
        (second, {"parent": third}),
        (third, {"parent": first}),
        (loner, {"parent": third}),
    ]
    drafts = save_many(Account, rows, by=SYSTEM)
    assert [refused(one.problems) for one in drafts] == [[], [], [("PARENT_CYCLE", "parent")], []]
    stored = [session.get_one(Account, key, populate_existing=True).parent for key in (first, second, third, loner)]
    assert stored == [second, third, None, third]


def test_a_circle_is_turned_round_in_one_chunk(account: Account) -> None:
    above = create(Account, {"name": "Above"}, by=SYSTEM).sys_id
    below = create(Account, {"name": "Below", "parent": above}, by=SYSTEM).sys_id
    drafts = save_many(Account, [(below, {"parent": None}), (above, {"parent": below})], by=SYSTEM)
    assert [one.problems for one in drafts] == [[], []]


def test_reactions_run_for_each_record(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []

    def listen(record: Record, before: Any, by: Actor) -> None:
        heard.append((values_of(record)["name"], before and before["name"]))

    monkeypatch.setitem(changes._reactions, (Location, "create"), [listen])
    monkeypatch.setitem(changes._reactions, (Location, "save"), [listen])
    made = create_many(Location, [{"account": account.sys_id, "name": name} for name in ("x", "", "y")], by=SYSTEM)
    save_many(Location, [(made[0].sys_id, {"name": "z"}), (made[2].sys_id, {"name": "y"})], by=SYSTEM)
    assert heard == [("x", None), ("y", None), ("z", "x")]


def test_a_rival_unseen_by_the_lookups_is_refused_alone(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    create(Location, {"account": account.sys_id, "name": "there"}, by=SYSTEM)
    monkeypatch.setattr("ale.foundation.drafts.matching", lambda *_: {})
    rows = [{"account": account.sys_id, "name": name} for name in ("here", "there", "everywhere")]
    drafts = create_many(Location, rows, by=SYSTEM)
    assert [refused(one.problems) for one in drafts] == [[], [("DUPLICATE", "name")], []]
    assert told(Location, drafts[2].sys_id)["history"]


def test_every_kind_of_column_is_written_as_the_orm_reads_it(account: Account) -> None:
    """Choices, decimals, moments, lists, JSON, words that SQL keeps for itself: made and changed by the chunk."""
    case = session.scalars(select(OnboardingCase)).first()
    assert case is not None
    tasks = [
        {"parent": case.sys_id, "subject": name, "due_date": "2026-05-04 03:02:01", "watch_list": [SYSTEM.id]}
        for name in "ab"
    ]
    made = create_many(CaseTask, tasks, by=SYSTEM)
    task = session.get_one(CaseTask, made[1].sys_id)
    assert (type(task), task.subject, task.state, task.watch_list) == (CaseTask, "b", TaskState.OPEN, ["system"])
    assert task.due_date == datetime.fromisoformat("2026-05-04 03:02:01")
    places = [{"name": "p", "account": account.sys_id, "latitude": "45.75", "longitude": "-0.5"}]
    place = session.get_one(Location, create_many(Location, places, by=SYSTEM)[0].sys_id)
    assert (place.latitude, place.longitude) == (Decimal("45.75"), Decimal("-0.5"))
    given = {"name": "j", "handler": "landing_snapshots", "schedule": {"at": "02:00", "é": ["x"]}, "active": True}
    job = session.get_one(ScheduledJob, create_many(ScheduledJob, [given], by=SYSTEM)[0].sys_id)
    assert (job.schedule, job.active) == (given["schedule"], True)
    save_many(CaseTask, [(one.sys_id, {"state": "closed", "close_notes": "ü"}) for one in made], by=SYSTEM)
    session.expire_all()
    task = session.get_one(CaseTask, made[0].sys_id)
    assert (task.state, task.active, task.close_notes, task.closed_by) == (TaskState.CLOSED, False, "ü", "system")
    assert task.closed_at is not None
