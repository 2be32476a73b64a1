"""Rows are corrected on the page: one in its place, all of a cause at once, or left out."""

import pytest

from ale.foundation.ledger import running_about
from ale.verify import breaches
from tests.conftest import Browser
from tests.import_pages import address, faulty, tabs, work
from tests.imports import Import, contact
from tests.pages import Page, Visit


def test_a_row_opens_in_its_place_and_waits_for_validation_when_saved(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1, Email="nonsense"), contact(2))
    visit.open(address(contacts))
    page = visit.follow("Edit line 2")
    assert page["f-cell-u_email"].attrs["autofocus"] == ""
    assert page["f-cell-u_email"].attrs["aria-invalid"] == "true"
    page = visit.press("Save", **{"cell-u_email": "ada@example.com"})
    assert tabs(page) == {"Ready to publish": "1", "Needs attention": "0", "Yet to validate": "1", "Published": "0"}
    assert contacts.counts == contacts.counted()
    visit.press("Validate 1 row")
    work(contacts)
    assert contacts.counts == (0, 0, 2, 0)


def test_save_and_open_the_next_leads_through_the_list(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(*(contact(number, Email="nonsense") for number in (1, 2)))
    visit.open(address(contacts))
    visit.follow("Edit line 2")
    page = visit.press("Save and open the next", **{"cell-u_email": "a@example.com"})
    assert page["f-cell-u_email"].attrs["value"] == "nonsense"
    assert "Line 3" in page["rows"].text
    page = visit.press("Save and open the next", **{"cell-u_email": "b@example.com"})
    assert "open-row" not in visit.browser.get(visit.address).text


def test_next_error_leads_from_one_to_the_next_without_saving(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1, Email="nonsense"), contact(2), contact(3, Email="nonsense"))
    visit.open(address(contacts))
    assert "Line 2" in visit.follow("Next error")["rows"].text
    page = visit.follow("Next error")
    assert "Line 4" in page["rows"].text
    assert 'id="next-error"' not in visit.browser.get(visit.address).text
    assert contacts.counts == (0, 2, 1, 0)


def test_two_people_at_one_row_see_each_other(browser: Browser, contacts: Import) -> None:
    contacts.load_rows(contact(1, Email="nonsense"))
    row = contacts.rows()[0]
    where = f"{address(contacts)}/rows/{row.sys_id}?state=needs_attention"
    assert browser.send(where, {"version": 0, "cell-u_email": "first@example.com"}).status_code == 303
    late = browser.send(where, {"version": 0, "cell-u_email": "second@example.com"})
    assert late.status_code == 409
    page = Page(late.text)
    assert page["f-cell-u_email"].attrs["value"] == "second@example.com"
    assert page["f-cell-u_email-hint"].text == "Stored now: first@example.com"
    version = next(one.attrs["value"] for one in page["rows"].find("input", name="version"))
    assert browser.send(where, {"version": version, "cell-u_email": "second@example.com"}).status_code == 303
    assert '"u_email":"second@example.com"' in contacts.rows()[0].cells


def test_IMP_06_a_published_row_is_not_edited(browser: Browser, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    row = contacts.rows()[0].sys_id
    contacts.publish()
    answer = browser.send(f"{address(contacts)}/rows/{row}?state=published", {"version": 0, "cell-u_title": "Boss"})
    assert answer.status_code == 422
    assert "A published row cannot be edited." in answer.text
    assert contacts.rows()[0].state == "published"


def test_one_deed_corrects_every_row_of_a_cause(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(*faulty(1, 2, 3), contact(4, Account="GENIXFY"), contact(5, Email="nonsense"))
    page = visit.open(address(contacts))
    assert "4 rows: Account “Genixfy” not found" in page["causes"].text
    assert "Closest: Genixify." in page["causes"].text
    visit.press("Replace with Genixify")
    work(contacts)
    assert contacts.counts == contacts.counted() == (0, 1, 4, 0)
    assert {'"u_company":"Genixify"' in row.cells for row in contacts.rows("ready")} == {True}


def test_a_cause_is_corrected_by_another_value_and_only_there(browser: Browser, contacts: Import) -> None:
    contacts.load_rows(
        contact(1, Language="klingon", Title="klingon"), contact(2, Language="klingon"), contact(3, Language="elvish")
    )
    given = {"kind": "choice:u_language", "value": "klingon", "replacement": "fr"}
    assert browser.send(f"{address(contacts)}/fix", given).status_code == 303
    work(contacts)
    assert contacts.counts == (0, 1, 2, 0)
    assert '"u_title":"klingon"' in contacts.rows()[0].cells
    again = browser.send(f"{address(contacts)}/fix", given)
    assert again.status_code == 422
    assert "No row has this problem any more." in again.text


def test_a_large_cause_is_left_to_a_job(browser: Browser, contacts: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ale.domains.imports.repair.AT_ONCE", 2)
    contacts.load_rows(*faulty(1, 2, 3, 4, 5))
    given = {"kind": "reference:u_company", "value": "Genixfy", "replacement": "Genixify"}
    browser.send(f"{address(contacts)}/fix", given)
    assert [job.kind for job in running_about(contacts.task.sys_id)] == ["import.repair"]
    assert contacts.counts == contacts.counted() == (2, 3, 0, 0)
    work(contacts)
    assert contacts.counts == contacts.counted() == (0, 0, 5, 0)


def test_a_correction_makes_and_frees_duplicates(browser: Browser, contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2), contact(2, Last_name="Twin"))
    assert contacts.counts == (0, 2, 1, 0)
    twin = contacts.rows("needs_attention")[1]
    browser.send(f"{address(contacts)}/rows/{twin.sys_id}", {"version": 0, "cell-u_external_id": "X-0003"})
    assert contacts.counts == contacts.counted() == (1, 0, 2, 0)
    browser.send(f"{address(contacts)}/rows/{twin.sys_id}", {"version": 1, "cell-u_external_id": "X-0001"})
    assert contacts.counts == contacts.counted() == (1, 1, 1, 0)


def test_discarding_names_the_number_and_keeps_what_is_published(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1), *faulty(2, 3))
    contacts.publish()
    visit.open(f"{address(contacts)}?state=needs_attention")
    page = visit.press("Discard…", rows=[row.sys_id for row in contacts.rows("needs_attention")])
    assert "2 rows are taken out of the import" in page.text
    page = visit.press("Discard")
    assert contacts.counts == contacts.counted() == (0, 0, 0, 1)
    assert "3 rows · 2 discarded" in page.text
    assert breaches() == []
