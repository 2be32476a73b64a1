"""From a file to records: loading, validating, duplicates, publishing, starting anew."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from ale import jobs
from ale.domains.estate.records import Location
from ale.domains.imports import loading, repair, service
from ale.domains.imports.records import ImportState, ValidationAssist
from ale.domains.imports.staging import ImportSet, RunState, StagingRow
from ale.domains.people.records import User
from ale.foundation.actor import Actor
from ale.foundation.attachments import attachments_of
from ale.foundation.changes import create, save
from ale.foundation.db import inside, session, transaction
from ale.foundation.ledger import Job, Progress
from ale.foundation.problem import Forbidden, NotVisible, Rejected
from tests.imports import CONTACTS, SYSTEM, Import, account, as_csv, contact, import_task, made, run

PLACES = ("Name", "City", "Account")


def test_IMP_03_E1_three_valid_rows_are_ready_and_a_message_says_so(places: Import) -> None:
    job = places.load_rows(*({"Name": name, "Account": "Genixify"} for name in "abc"), headings=PLACES)
    assert (job.state, job.message) == ("done", "The data was validated. Check the staging table.")
    assert places.counts == places.counted() == (0, 0, 3, 0)


def test_IMP_03_rows_are_loaded_validated_and_counted(contacts: Import) -> None:
    job = contacts.load_rows(contact(1), contact(2, Email="nonsense"), contact(3))
    assert (job.state, job.message) == ("done", "The data was validated. Check the staging table.")
    assert contacts.counts == contacts.counted() == (0, 1, 2, 0)
    assert contacts.task.data_import_state is ImportState.VALIDATED
    assert [(row.line, row.state) for row in contacts.rows()] == [(2, "ready"), (3, "needs_attention"), (4, "ready")]
    one = session.scalars(select(ImportSet).where(ImportSet.import_task == contacts.task.sys_id)).one()
    assert (one.state, one.rows_total, one.last_line) == (RunState.SUCCESS, 3, 4)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"First_name": ""}, [("mandatory", "u_first_name")]),
        ({"Account": "Genixfy"}, [("reference", "u_company")]),
        ({"Language": "klingon"}, [("choice", "u_language")]),
        ({"Start_date": "31.02.2026"}, [("date", "u_start_date")]),
        ({"Active": "perhaps"}, [("boolean", "u_active")]),
        ({"Last_name": "x" * 41}, [("length", "u_last_name")]),
        ({"Email": "a@b"}, [("format", "u_email")]),
        ({"Location": "Nowhere"}, [("reference", "u_location")]),
        ({"Account": "Genixfy", "Location": "Nowhere"}, [("reference", "u_company")]),
        ({"Account": "Boxeo"}, [("script", "")]),
        ({"Account": " genixify "}, []),
        ({"Language": "Französisch"}, [("choice", "u_language")]),
        ({"Language": "French", "Active": "OUI", "Start_date": "2026-02-28"}, []),
    ],
)
def test_each_fault_is_found_by_its_rule(
    contacts: Import, cells: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    contacts.load_rows(contact(1, **cells))
    row = contacts.rows()[0]
    assert contacts.problems(row) == expected
    assert row.state == ("needs_attention" if expected else "ready")


def test_a_location_counts_only_within_the_account(contacts: Import) -> None:
    create(Location, {"name": "Depot", "account": account("Boxeo").sys_id}, by=SYSTEM)
    contacts.load_rows(contact(1, Location="Depot"))
    assert contacts.problems(contacts.rows()[0]) == [("reference", "u_location")]
    create(Location, {"name": "Depot", "account": account().sys_id}, by=SYSTEM)
    contacts.load_rows(contact(2, Location="depot"))
    assert contacts.problems(contacts.rows()[1]) == []


def test_a_switched_off_validation_does_not_look(contacts: Import) -> None:
    found = select(ValidationAssist).where(
        ValidationAssist.staging_table == CONTACTS, ValidationAssist.staging_field == "u_email"
    )
    with transaction():
        for one in session.scalars(found):
            save(one, {"active": False}, by=SYSTEM)
    contacts.load_rows(contact(1, Email="nonsense"))
    assert contacts.counts == (0, 0, 1, 0)
    contacts.publish()
    row = contacts.rows()[0]
    assert (row.state, contacts.problems(row)) == ("needs_attention", [("INVALID_EMAIL", "u_email")])


def test_both_duplicates_are_marked_and_freed_again(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2, External_id="X-0001"), contact(3))
    assert [(row.state, row.duplicate) for row in contacts.rows()] == [
        ("needs_attention", True), ("needs_attention", True), ("ready", False),
    ]  # fmt: skip
    second = contacts.rows()[1]
    assert contacts.problems(second) == [("duplicate", "u_external_id")]
    with transaction():
        repair.edit_row(second, {"u_external_id": "X-0002"}, version=second.version, by=contacts.by)
    assert [(row.state, row.duplicate) for row in contacts.rows()] == [
        ("ready", False), ("yet_to_validate", False), ("ready", False),
    ]  # fmt: skip
    assert contacts.counts == contacts.counted() == (1, 0, 2, 0)
    contacts.validate()
    assert contacts.counts == contacts.counted() == (0, 0, 3, 0)


def test_a_later_file_makes_a_ready_row_a_duplicate(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.load_rows(contact(1))
    assert [row.duplicate for row in contacts.rows()] == [True, False, True]
    assert contacts.counts == contacts.counted() == (0, 2, 1, 0)
    with transaction():
        repair.discard(contacts.task, [contacts.rows()[2].sys_id], by=contacts.by)
    assert contacts.counts == contacts.counted() == (0, 0, 2, 0)


def test_a_published_row_is_no_duplicate_of_its_correction(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    contacts.load_rows(contact(1, Title="Director"))
    contacts.publish()
    assert contacts.counts == contacts.counted() == (0, 0, 0, 2)
    assert made(1).title == "Director"


def test_a_bad_file_does_not_hinder_a_good_one(contacts: Import) -> None:
    unknown = b"External id,Colour\nX-1,red\n"
    job = contacts.load(unknown, as_csv([contact(1)]), b"%PDF-1.7", names=("a.csv", "b.csv", "c.pdf"))
    assert job.state == "done"
    assert "Colour" in job.message
    assert "c.pdf" in job.message
    assert contacts.counts == contacts.counted() == (0, 0, 1, 0)
    sets = session.scalars(
        select(ImportSet).where(ImportSet.import_task == contacts.task.sys_id).order_by(ImportSet.sys_id)
    )
    assert [one.state for one in sets] == [RunState.FAILED, RunState.SUCCESS, RunState.FAILED]


def test_IMP_03_E2_nothing_of_a_refused_file_is_loaded(contacts: Import) -> None:
    job = contacts.load(b"External id,Colour\nX-1,red\n")
    assert (job.state, contacts.counts, contacts.rows()) == ("failed", (0, 0, 0, 0), [])
    assert contacts.task.data_import_state is ImportState.FAILED


def test_IMP_09_E1_E2_restart_empties_this_task_only(contacts: Import, actor: Callable[[str], Actor]) -> None:
    other = Import(import_task(), actor("agent"))
    for one in (contacts, other):
        one.load_rows(contact(1), contact(2, Email=""), contact(3))
    contacts.publish([contacts.rows()[0].sys_id])
    with transaction():
        repair.edit_row(contacts.rows()[1], {"u_email": "a@example.com"}, version=None, by=contacts.by)
    assert contacts.counts == (1, 0, 1, 1)
    with transaction():
        service.restart(contacts.task, by=contacts.by)
    assert contacts.counts == contacts.counted() == (0, 0, 0, 0)
    assert contacts.task.data_import_state is ImportState.NOT_LOADED
    assert other.counts == other.counted() == (0, 1, 2, 0)
    assert made(1), "what was published stays"
    assert {one.processed for one in attachments_of(contacts.task, SYSTEM)} == {False}
    contacts.load_rows(contact(2))
    assert contacts.counts == (0, 0, 1, 0)


def test_a_closed_task_takes_nothing(contacts: Import) -> None:
    with transaction():
        save(contacts.task, {"state": "closed"}, by=SYSTEM)
    for deed in (contacts.validate, contacts.publish, lambda: contacts.load_rows(contact(1))):
        with pytest.raises(Rejected) as refused:
            deed()
        assert refused.value.codes == ["TASK_CLOSED"]


def test_IMP_11_E1_E2_staging_rows_are_behind_the_wall_of_their_task(
    contacts: Import, actor: Callable[[str], Actor]
) -> None:
    contacts.load_rows(contact(1))
    counted = select(func.count()).select_from(StagingRow)
    assert session.scalar(counted) == 1
    key, elsewhere, by = contacts.task.sys_id, account("Boxeo").sys_domain, actor("boxeo.admin")
    with inside(elsewhere):
        assert session.scalar(counted) == 0
        with pytest.raises(NotVisible):
            service.task_for(key, by)
    with inside("TOP"):
        assert session.scalar(counted) == 1


def test_customers_do_not_import(contacts: Import, actor: Callable[[str], Actor]) -> None:
    with transaction():
        save(contacts.task, {"visible_to_customer": True}, by=SYSTEM)
    with pytest.raises((Forbidden, NotVisible)):
        service.task_for(contacts.task.sys_id, actor("genixify.admin"))


def test_a_job_goes_on_where_it_was_cut_off(contacts: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker dies after the first chunk of loading: the next one loads the rest, and nothing twice."""
    monkeypatch.setattr(loading, "AT_ONCE", 1_000)
    file = contacts.file(as_csv([contact(number) for number in range(1, 2_502)]))
    with transaction():
        job = service.load(contacts.task, [file], by=contacts.by)
    stage, staged = loading._stage, []

    def dying(one: ImportSet, *rest: Any) -> Progress:
        if staged:
            raise SystemExit
        staged.append(one)
        return stage(one, *rest)

    monkeypatch.setattr(loading, "_stage", dying)
    with pytest.raises(SystemExit):
        jobs.run_job(job.sys_id)
    assert contacts.counts == contacts.counted() == (0, 0, 1_000, 0)
    monkeypatch.setattr(loading, "_stage", stage)
    with transaction():
        session.get_one(Job, job.sys_id, populate_existing=True).lease_until = None
    jobs.run_job(job.sys_id)
    assert contacts.counts == contacts.counted() == (0, 0, 2_501, 0)
    assert [row.line for row in contacts.rows()] == list(range(2, 2_503))


def test_a_job_ends_when_its_person_may_not_act_any_more(contacts: Import) -> None:
    contacts.load_rows(contact(1))
    with transaction():
        job = service.publish(contacts.task, "all", by=contacts.by)
        save(session.get_one(User, contacts.by.id), {"active": False}, by=SYSTEM)
    ended = run(job)
    assert (ended.state, ended.message) == ("failed", "Whoever started this may not work here any more.")
    assert contacts.counts == (0, 0, 1, 0)
