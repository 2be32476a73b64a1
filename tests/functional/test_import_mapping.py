"""Columns and values of a file that the template does not have: proposed, confirmed by a person, remembered."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.imports import mapping, service
from ale.domains.imports.records import FieldMap, ImportState
from ale.domains.imports.remembered import ImportMapping
from ale.domains.imports.staging import ImportSet, RunState
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import inside, session, transaction
from ale.foundation.ledger import Job
from ale.foundation.problem import Rejected
from tests.conftest import Browser
from tests.import_pages import address, work
from tests.imports import SYSTEM, Import, account, as_csv, contact, import_task, made, run
from tests.pages import Page, Visit

THEIRS = ("Matricule", "Entreprise", "Prénom", "Nom de famille", "Courriel", "Langue", "En poste", "Couleur")
FRENCH = (
    ("M-1", "Genixify", "Ada", "Lovelace", "ada@example.com", "Français", "Actif", "rouge"),
    ("M-2", "Genixify", "Bob", "Babbage", "bob@example.com", "en-US", "parti", "vert"),
)
TO = ["u_external_id", "u_company", "u_first_name", "u_last_name", "u_email", "u_language", "u_active", ""]
SAID = {5: {"en-US": "en"}, 6: {"Actif": "true", "parti": "false"}}


def theirs(*rows: tuple[str, ...], headings: tuple[str, ...] = THEIRS) -> bytes:
    """A file as the customer keeps it."""
    return "\n".join(",".join(row) for row in (headings, *(rows or FRENCH))).encode()


def asked(one: Import, *contents: bytes) -> list[ImportSet]:
    """Load files where somebody is there to be asked; the files that wait then."""
    files = [one.file(content, f"theirs{number}.csv") for number, content in enumerate(contents)]
    with transaction():
        job = service.load(one.task, files, by=one.by, asks=True)
    run(job)
    return mapping.waiting_files(one.task)


def confirm(one: Import, load: ImportSet, columns: list[str] = TO, said: mapping.Said = SAID) -> Job:
    with transaction():
        job = mapping.confirm(one.task, load.sys_id, columns, said, by=one.by)
    return run(job)


def test_a_file_with_other_headings_waits_and_nothing_of_it_is_loaded(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    assert (load.state, load.rows_total, contacts.counts) == (RunState.WAITING, 0, (0, 0, 0, 0))
    assert contacts.task.data_import_state is ImportState.NOT_LOADED
    waiting = mapping.waiting_file(contacts.task, load.sys_id)
    assert [one.column for one in waiting.proposals] == TO
    assert {one.why for one in waiting.proposals} == {"name", "synonym", "content", ""}
    assert waiting.unread(6, "u_active") == ["Actif", "parti"]
    assert waiting.proposed(6, "u_active", "parti") == "false"


def test_without_somebody_to_ask_it_is_refused_as_ever(contacts: Import) -> None:
    job = contacts.load(theirs())
    assert (job.state, contacts.task.data_import_state) == ("failed", ImportState.FAILED)
    assert job.message.startswith("Column Matricule of the file is unknown; use the template.")


def test_what_is_confirmed_is_loaded_with_its_values(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    assert confirm(contacts, load).state == "done"
    assert contacts.counts == contacts.counted() == (0, 0, 2, 0)
    contacts.publish()
    one = made_from("M-2")
    assert (one.first_name, one.language, one.active) == ("Bob", "en", False)


def made_from(external: str) -> Contact:
    return session.scalars(select(Contact).where(Contact.external_reference_id == external)).one()


def test_values_that_are_left_as_they_are_need_attention(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    confirm(contacts, load, said={6: {"Actif": "true"}})
    assert [contacts.problems(row) for row in contacts.rows()] == [
        [], [("choice", "u_language"), ("boolean", "u_active")],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "codes"),
    [
        ([*TO[:6], "", ""], ["COLUMN_MISSING"]),
        ([*TO[:7], "u_email"], ["COLUMN_TWICE"]),
        ([*TO[:7], "u_colour"], ["COLUMN_UNKNOWN"]),
        ([""] * 8, ["COLUMN_MISSING"] * 6),
    ],
)
def test_columns_that_cannot_be_are_refused_and_the_file_still_waits(
    contacts: Import, columns: list[str], codes: list[str]
) -> None:
    (load,) = asked(contacts, theirs())
    with pytest.raises(Rejected) as refused:
        confirm(contacts, load, columns, {})
    assert refused.value.codes == codes
    assert mapping.waiting_files(contacts.task) == [load]


def test_the_second_to_confirm_is_told_who_did_it(contacts: Import, actor: Callable[[str], Actor]) -> None:
    (load,) = asked(contacts, theirs())
    confirm(contacts, load)
    with pytest.raises(Rejected) as refused, transaction():
        mapping.confirm(contacts.task, load.sys_id, TO, SAID, by=actor("analyst"))
    assert refused.value.codes == ["MATCHED_ALREADY"]
    assert contacts.by.name in refused.value.problems[0].text()
    assert contacts.counts == contacts.counted() == (0, 0, 2, 0)


def test_after_a_restart_nothing_waits_and_that_is_said(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    with transaction():
        service.restart(contacts.task, by=contacts.by)
    with pytest.raises(Rejected) as refused:
        confirm(contacts, load)
    assert refused.value.codes == ["FILE_GONE"]


def test_a_file_that_waits_holds_up_no_other(contacts: Import) -> None:
    waiting = asked(contacts, theirs(), as_csv([contact(1)]), theirs(("X",), headings=("Colour",)))
    assert [one.file_name for one in waiting] == ["theirs0.csv", "theirs2.csv"]
    assert contacts.counts == contacts.counted() == (0, 0, 1, 0)
    confirm(contacts, waiting[0])
    assert contacts.counts == contacts.counted() == (0, 0, 3, 0)
    assert [one.file_name for one in mapping.waiting_files(contacts.task)] == ["theirs2.csv"]


def test_it_is_remembered_once_rows_are_published_and_used_by_itself(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    confirm(contacts, load)
    assert asked(contacts, theirs(FRENCH[0])), "a file of an import that is not finished teaches nothing yet"
    contacts.publish()
    (kept,) = session.scalars(select(ImportMapping))
    assert kept.account == account().sys_id
    assert "Courriel = u_email" in (kept.headings or "").splitlines()
    assert "u_active: parti = false" in (kept.meanings or "").splitlines()
    later = Import(import_task(), contacts.by)
    again = theirs(("M-3", "Genixify", "Cy", "Coe", "cy@example.com", "EN-us", "PARTI", "bleu"))
    assert later.load(again).state == "done", "also where nobody is asked"
    assert later.counts == later.counted() == (0, 0, 1, 0)
    (used,) = session.scalars(select(ImportSet).where(ImportSet.import_task == later.task.sys_id))
    assert (used.mapping or {})["how"] == "remembered"
    later.publish()
    assert made_from("M-3").active is False


def test_another_account_is_not_taught_by_it(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    confirm(contacts, load)
    contacts.publish()
    other = Import(import_task(name="Boxeo"), contacts.by)
    assert other.load(theirs()).state == "failed"
    with inside(account("Boxeo").sys_domain):
        assert list(session.scalars(select(ImportMapping))) == []


def test_a_remembered_mapping_that_lacks_a_mandatory_column_asks_again(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    confirm(contacts, load)
    contacts.publish()
    rows = [row[:4] + row[5:] for row in (THEIRS, *FRENCH)]
    (waiting,) = asked(contacts, theirs(*rows[1:], headings=rows[0]))
    proposals = mapping.waiting_file(contacts.task, waiting.sys_id).proposals
    assert [one.why for one in proposals] == ["remembered"] * 7


def test_what_was_said_of_one_file_is_proposed_for_the_next_of_the_same_import(contacts: Import) -> None:
    first, second = asked(contacts, theirs(), theirs(headings=(*THEIRS[:7], "Farbe")))
    confirm(contacts, first)
    proposals = mapping.waiting_file(contacts.task, second.sys_id).proposals
    assert [one.why for one in proposals] == ["remembered"] * 7 + [""]


def test_what_administrators_say_of_a_column_holds_for_every_file(contacts: Import) -> None:
    column = session.scalars(select(FieldMap).where(FieldMap.source_field == "u_active")).first()
    assert column is not None
    with transaction():
        save(column, {"value_aliases": "Au travail = true\nyes = false"}, by=SYSTEM)
    contacts.load_rows(contact(1, Active="AU TRAVAIL"), contact(2))
    contacts.publish()
    assert (made(1).active, made(2).active) == (True, True), "and what the import reads by itself stays"
    with pytest.raises(Rejected) as refused, transaction():
        save(column, {"value_aliases": "Au travail = perhaps"}, by=SYSTEM)
    assert refused.value.codes == ["UNKNOWN_MEANING"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"headings": "Mail = u_colour"}, "headings"), ({"headings": "Mail"}, "headings"),
     ({"meanings": "u_colour: red = true"}, "meanings")],
)  # fmt: skip
def test_a_remembered_mapping_leads_to_columns_that_there_are(
    contacts: Import, values: dict[str, str], field: str
) -> None:
    source = session.scalars(select(FieldMap.map).where(FieldMap.source_field == "u_active")).first()
    with pytest.raises(Rejected) as refused:
        create(ImportMapping, {"map": source, "account": account().sys_id, **values}, by=SYSTEM)
    assert [one.field for one in refused.value.problems] == [field]


def test_a_killed_load_goes_on_with_the_columns_that_it_began_with(contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    with transaction():
        job = mapping.confirm(contacts.task, load.sys_id, TO, SAID, by=contacts.by)
        load.last_line, load.rows_total = 2, 0
    run(job)
    assert [row.line for row in contacts.rows()] == [3]
    assert contacts.rows()[0].state == "ready"


# --- the page --------------------------------------------------------------------------------------------------------


def upload(browser: Browser, one: Import, *contents: bytes) -> None:
    sent = {"files": [(io.BytesIO(content), f"theirs{number}.csv") for number, content in enumerate(contents)]}
    assert browser.send(f"{address(one)}/files", sent, content_type="multipart/form-data").status_code == 303
    work(one)


def test_the_proposal_is_seen_and_confirmed(browser: Browser, visit: Visit, contacts: Import) -> None:
    upload(browser, contacts, theirs())
    page = visit.open(address(contacts))
    assert "theirs0.csv waits for its columns" in page["import"].text
    assert [one.text for one in page.find("a") if "primary" in one.attrs.get("class", "")] == ["Match columns"]
    page = visit.follow("Match columns")
    assert "Not imported: Couleur." in page.text
    assert "These columns stay empty: Phone, Title, Start date, Location, Notes." in page.text
    assert "What the values of “En poste” mean" in page.text
    visit.press("Load 2 rows")
    work(contacts)
    assert contacts.counts == (0, 0, 2, 0)


def test_a_missing_mandatory_column_is_said_before_anything_is_loaded(
    browser: Browser, visit: Visit, contacts: Import
) -> None:
    upload(browser, contacts, theirs(("M-1", "red"), headings=("Matricule", "Couleur")))
    visit.open(address(contacts))
    page = visit.follow("Match columns")
    assert "5 mandatory columns are missing" in page.text
    page = visit.press("Load 1 row")
    assert visit.status == 422
    assert "Nothing in the file goes to Email, which is mandatory." in page["error-summary"].text
    assert contacts.counts == (0, 0, 0, 0)


def test_another_choice_shows_what_follows_from_it(browser: Browser, contacts: Import) -> None:
    upload(browser, contacts, theirs())
    (load,) = mapping.waiting_files(contacts.task)
    path = f"{address(contacts)}/files/{load.sys_id}/columns"
    sent = {f"column-{place}": name for place, name in enumerate([*TO[:6], "", "u_active"])}
    page = Page(browser.send(f"{path}/look", sent, headers={"HX-Request": "true", "HX-Target": "consequences"}).text)
    assert "What the values of “Couleur” mean" in page.text
    assert "Not imported: En poste." in page.text
    answer = browser.send(path, sent)
    assert answer.status_code == 422
    assert "See what the values of this column are taken for, then load the file." in answer.text


def test_who_comes_too_late_is_told_on_the_page_of_the_import(browser: Browser, contacts: Import) -> None:
    upload(browser, contacts, theirs())
    (load,) = mapping.waiting_files(contacts.task)
    confirm(contacts, load)
    path = f"{address(contacts)}/files/{load.sys_id}/columns"
    for ask in (browser.get, browser.send, lambda at: browser.send(f"{at}/leave-out")):
        answer = ask(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, address(contacts))
        flash = Page(browser.get(address(contacts)).text)["flash"].text
        assert "has already said which columns theirs0.csv has" in flash


def test_a_file_is_left_out_and_can_be_taken_later(browser: Browser, visit: Visit, contacts: Import) -> None:
    upload(browser, contacts, theirs())
    visit.open(address(contacts))
    visit.follow("Match columns")
    page = visit.press("Leave this file out")
    assert "waits for its columns" not in page.text
    visit.press("Import from attachments")
    work(contacts)
    assert len(mapping.waiting_files(contacts.task)) == 1


def test_who_may_not_import_sees_no_proposal(log_on: Callable[[str], Browser], contacts: Import) -> None:
    (load,) = asked(contacts, theirs())
    path = f"{address(contacts)}/files/{load.sys_id}/columns"
    assert log_on("viewer").get(path).status_code in (403, 404)
    assert log_on("genixify.admin").get(path).status_code in (302, 303, 403, 404)
