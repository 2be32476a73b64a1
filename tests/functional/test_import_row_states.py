"""What becomes of rows: validated beside others, corrected and validated again (IMP-04 to IMP-07, VAL-09)."""

import pytest
from sqlalchemy import select

from ale.domains.imports import repair, service
from ale.domains.imports.definition import definition_of
from ale.domains.imports.records import ValidationAssist
from ale.domains.imports.staging import ImportSet, RunState
from ale.domains.imports.validation import message
from ale.foundation.changes import create
from ale.foundation.compact import from_json
from ale.foundation.db import session, transaction
from ale.foundation.ledger import Job
from tests.imports import LOCATIONS, SYSTEM, Import, as_csv, contact, run

PLACES = ("Name", "City", "Account")


def _both_at_once(one: Import) -> tuple[Job, Job]:
    """Two loads that wait beside each other: Add more was pressed while the first file was on its way."""
    sent = [one.file(as_csv([contact(number)]), f"{number}.csv") for number in (1, 2)]
    with transaction():
        first, second = (service.load(one.task, [file], by=one.by) for file in sent)
    return first, second


def test_IMP_04_E1_more_is_added_while_the_first_file_is_on_its_way(contacts: Import) -> None:
    for job in _both_at_once(contacts):
        assert run(job).state == "done"
    sets = session.scalars(select(ImportSet.state).where(ImportSet.import_task == contacts.task.sys_id)).all()
    assert sets == [RunState.SUCCESS] * 2
    assert {row.state for row in contacts.rows()} == {"ready"}


def test_IMP_04_E2_the_counters_are_the_sum_of_both_files(contacts: Import) -> None:
    first, second = _both_at_once(contacts)
    run(first)
    kept = [(row.sys_id, row.version) for row in contacts.rows()]
    run(second)
    assert contacts.counts == contacts.counted() == (0, 0, 2, 0)
    assert [(row.sys_id, row.version) for row in contacts.rows()][:1] == kept, "the first file's rows are untouched"


def test_IMP_05_E1_a_row_without_fault_is_ready_and_has_no_comment(places: Import) -> None:
    places.load_rows({"Name": "Lyon depot", "City": "Lyon", "Account": "Genixify"}, headings=PLACES)
    (row,) = places.rows()
    assert (row.state, row.problems) == ("ready", None)


def test_IMP_05_E2_every_failure_is_listed_once(places: Import) -> None:
    """That an account is not that of the case goes without saying where there is no such account."""
    places.load_rows({"Name": "", "City": "Lyon", "Account": "Genixfy"}, headings=PLACES)
    (row,) = places.rows()
    assert (row.state, places.problems(row)) == (
        "needs_attention", [("mandatory", "u_name"), ("reference", "u_company")],
    )  # fmt: skip


@pytest.mark.parametrize("sent", [{"u_email": "ada@example.com"}, {"u_email": ""}, {"u_title": "Boss"}, {}])
def test_IMP_06_E1_a_row_that_needed_attention_waits_once_it_is_saved(contacts: Import, sent: dict[str, str]) -> None:
    contacts.load_rows(contact(1, Email="nonsense"))
    with transaction():
        row = repair.edit_row(contacts.rows()[0], sent, version=None, by=contacts.by)
    assert (row.state, row.problems, contacts.counts) == ("yet_to_validate", None, (1, 0, 0, 0))


def test_IMP_06_E2_a_row_that_was_ready_waits_too(places: Import) -> None:
    places.load_rows({"Name": "Depot", "City": "Lyon"}, headings=PLACES)
    with transaction():
        row = repair.edit_row(places.rows()[0], {"u_city": "Metz"}, version=None, by=places.by)
    assert (row.state, places.counts) == ("yet_to_validate", (1, 0, 0, 0))


def test_IMP_07_E1_only_what_waits_is_validated_again(contacts: Import) -> None:
    contacts.load_rows(*(contact(number, Email="nonsense") for number in (1, 2, 3)))
    with transaction():
        for row in contacts.rows()[:2]:
            repair.edit_row(row, {"u_email": f"{row.line}@example.com"}, version=None, by=contacts.by)
    untouched = contacts.rows()[2].problems
    assert contacts.validate().message == "The data was validated. Check the staging table."
    assert [row.state for row in contacts.rows()] == ["ready", "ready", "needs_attention"]
    assert contacts.rows()[2].problems == untouched


def test_IMP_07_E2_nothing_to_validate_is_said(contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2, Email=""))
    assert contacts.validate().message == "There is nothing to validate."
    assert contacts.counts == (0, 1, 1, 0)


def _comments(one: Import, language: str = "en") -> list[list[str]]:
    """What stands against each row, in words."""
    labels = {name: label.text(language) for name, label in definition_of(one.task).labels.items()}
    return [
        [message(problem, labels.get(problem["field"], ""), language) for problem in from_json(row.problems or "[]")]
        for row in one.rows()
    ]


def test_VAL_09_E1_a_row_of_the_account_of_the_case_passes(places: Import) -> None:
    places.load_rows({"Name": "a", "Account": "Genixify"}, {"Name": "b"}, {"Name": "c", "Account": " genixify"},
                     headings=PLACES)  # fmt: skip
    assert {row.state for row in places.rows()} == {"ready"}


def test_VAL_09_E2_a_row_of_another_account_fails_and_the_comment_says_so(places: Import) -> None:
    places.load_rows({"Name": "a", "Account": "Boxeo"}, headings=PLACES)
    assert places.rows()[0].state == "needs_attention"
    assert _comments(places) == [["The account differs from that of the onboarding case."]]


def test_VAL_01_E2_an_account_that_is_not_there_is_named(places: Import) -> None:
    places.load_rows({"Name": "a", "Account": "Aldris"}, headings=PLACES)
    assert _comments(places) == [["Account: Aldris was not found."]]
    assert _comments(places, "fr") == [["Compte : Aldris est introuvable."]]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("({ validationPassed: true, message: '' })", []),
        ("({ validationPassed: false, message: 'No.' })", ["No."]),
        ("(function(row) { return row.u_city == 'Lyon' ? true : 'Only Lyon.' })(stagingTableGr)", ["Only Lyon."]),
        ("nothing.here", ["The script failed: ReferenceError: nothing is not defined"]),
        ("while (true) {}", ["The script took longer than 2 s or needed too much memory."]),
    ],
)
def test_VAL_09_a_message_an_error_or_a_long_run_fails_the_row(places: Import, script: str, said: list[str]) -> None:
    create(
        ValidationAssist,
        {"name": "Own", "staging_table": LOCATIONS, "validation_type": "record", "script": script},
        by=SYSTEM,
    )
    places.load_rows({"Name": "a", "City": "Metz"}, headings=PLACES)
    assert (_comments(places), places.rows()[0].state) == ([said], "needs_attention" if said else "ready")
