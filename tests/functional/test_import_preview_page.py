"""The page of a preview: counts, differences field by field, export, and publishing exactly what was seen."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.ledger import Job
from tests.conftest import Browser
from tests.imports import SYSTEM, Import, contact, made, run
from tests.pages import Element, Page, sent

LogOnAs = Callable[[str], Browser]


@pytest.fixture
def address(contacts: Import) -> str:
    """The preview of an import that would create, update, leave and refuse one row each."""
    contacts.load_rows(contact(1, Phone="+33 1"), contact(2))
    contacts.publish()
    contacts.load_rows(
        contact(1, Phone="+33 2"), contact(2), contact(3, Notes="=1+1"), contact(4, Email="row2@example.com")
    )
    return f"/imports/{contacts.task.sys_id}/preview"


def publish_form(browser: Browser, address: str) -> Element:
    """The form that publishes what the page shows."""
    return next(one for one in Page(browser.get(address).text).find("form") if "/publish" in one.attrs["action"])


def test_the_page_counts_and_shows_each_difference(log_on: LogOnAs, address: str) -> None:
    browser = log_on("agent")
    page = Page(browser.get(address).text)
    tabs = [one.text for one in page.find("a") if "event=" in one.attrs.get("href", "")]
    assert tabs == ["Created 1", "Updated 1", "Unchanged 1", "Conflict 1"]
    assert "another record already has this value" in page.root.text
    updated = Page(browser.get(f"{address}?event=save").text)
    assert [one.text for one in updated.find("del")] == ["+33 1"]
    assert [one.text for one in updated.find("ins")] == ["+33 2"]


def test_publishing_from_the_preview_does_exactly_that(log_on: LogOnAs, contacts: Import, address: str) -> None:
    browser = log_on("agent")
    form = publish_form(browser, address)
    assert browser.post(form.attrs["action"], data=sent(form)).status_code == 303
    job = session.scalars(select(Job).where(Job.kind == "import.publish").order_by(Job.sys_id.desc())).first()
    assert job is not None
    run(job)
    told = contacts.publication
    assert (told.created, told.updated, told.unchanged, told.refused) == (1, 1, 1, 1)


def test_publishing_is_refused_when_a_record_changed_in_between(log_on: LogOnAs, address: str) -> None:
    browser = log_on("agent")
    form = publish_form(browser, address)
    save(made(1), {"notes": "Called"}, by=SYSTEM)
    answer = browser.post(form.attrs["action"], data=sent(form))
    assert answer.status_code == 422
    assert "those of the lines 2" in Page(answer.text)["error-summary"].text


def test_everything_is_exported_field_by_field_and_harmless(log_on: LogOnAs, address: str) -> None:
    browser = log_on("agent")
    text = browser.get(f"{address}/export?format=csv").get_data(as_text=True)
    rows = list(csv.reader(StringIO(text.lstrip("\ufeff"))))
    assert rows[0] == ["Line", "What happens", "Record", "Field", "Before", "After", "Problem"]
    assert ["2", "Updated", "row1@example.com", "Phone", "'+33 1", "'+33 2", ""] in rows
    assert ["4", "Created", "row3@example.com", "Notes", "", "'=1+1", ""] in rows
    assert [row[6] != "" for row in rows if row[1] == "Conflict"] == [True]
    book = load_workbook(BytesIO(browser.get(f"{address}/export?format=xlsx").data))
    assert book.worksheets[0].max_row == len(rows)


def test_others_do_not_see_it(log_on: LogOnAs, address: str) -> None:
    assert log_on("viewer").get(address).status_code in (403, 404)
