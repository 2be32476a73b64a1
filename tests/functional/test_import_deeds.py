"""The deeds of an import on its page: publishing, starting anew, closing; the same from its playbook."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.imports.records import ImportTask
from ale.domains.onboarding.records import OnboardingCase
from ale.foundation.actor import Actor
from ale.foundation.db import session
from tests.conftest import Browser
from tests.import_pages import address, faulty, work
from tests.imports import CONTACTS, Import, contact
from tests.pages import Visit

ActorNamed = Callable[[str], Actor]


def test_publish_all_ready_rows_and_open_the_record(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2), *faulty(3))
    visit.open(address(contacts))
    visit.press("Publish 2 ready rows")
    work(contacts)
    assert contacts.counts == (0, 1, 0, 2)
    visit.open(f"{address(contacts)}?state=published")
    made = session.scalars(select(Contact).where(Contact.external_reference_id == "X-0001")).one()
    visit.follow("Open the record of line 2")
    assert visit.address == f"/contacts/{made.sys_id}"


def test_publish_only_what_is_selected(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2), contact(3))
    visit.open(f"{address(contacts)}?state=ready")
    visit.press("Publish selected", rows=[row.sys_id for row in contacts.rows()[:2]])
    work(contacts)
    assert contacts.counts == (0, 0, 1, 2)


def test_every_row_found_is_selected_also_on_other_pages(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(*(contact(number, Title="Boss" if number > 5 else "") for number in range(1, 71)))
    page = visit.open(f"{address(contacts)}?state=ready&q=boss")
    link = next(one for one in page.find("a") if one.name == "Select all 65")
    assert "All 65 selected" in visit.open(link.attrs["href"]).text
    visit.press("Publish selected")
    work(contacts)
    assert contacts.counts == (0, 0, 5, 65)


@pytest.mark.parametrize("given", [{"everything": "1"}, {"rows": []}])
def test_a_second_click_publishes_nothing_and_says_who_was_faster(
    browser: Browser, contacts: Import, given: dict[str, object]
) -> None:
    contacts.load_rows(contact(1))
    browser.send(f"{address(contacts)}/publish", {"everything": "1", "state": "ready"})
    work(contacts)
    late = browser.send(f"{address(contacts)}/publish", {"state": "ready"} | given)
    assert late.status_code == 422
    assert "No row is ready to publish any more; Olive Marchand published last." in late.text
    assert contacts.counts == (0, 0, 0, 1)


def test_restart_names_the_numbers_and_wants_them_confirmed(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2), *faulty(3))
    page = visit.open(f"{address(contacts)}/restart")
    assert "3 rows are deleted: 2 ready to publish, 1 needing attention." in page.text
    page = visit.press("Restart", confirmation="yes")
    assert (visit.status, page["restart-confirmation"].attrs["value"]) == (422, "yes")
    assert contacts.counts == (0, 1, 2, 0)
    visit.press("Restart", confirmation=contacts.task.number.lower())
    assert contacts.counts == contacts.counted() == (0, 0, 0, 0)


def test_restart_without_ready_rows_asks_for_no_typing(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(*faulty(1))
    assert "restart-confirmation" not in visit.open(f"{address(contacts)}/restart").ids
    visit.press("Restart")
    assert contacts.counts == (0, 0, 0, 0)


def test_close_warns_of_what_is_not_published_and_wants_notes(visit: Visit, contacts: Import) -> None:
    contacts.load_rows(contact(1))
    assert "Not published: 1 ready to publish." in visit.open(f"{address(contacts)}/close").text
    visit.press("Close task", close_notes="")
    assert visit.status == 422
    page = visit.press("Close task", close_notes="One contact is left out.")
    assert contacts.task.state == "closed"
    assert "Publish" not in [one.name.split()[0] for one in page.find("button")]


def test_the_dialogs_are_pieces(browser: Browser, contacts: Import) -> None:
    for name in ("restart", "close"):
        piece = browser.get(f"{address(contacts)}/{name}", headers={"HX-Request": "true", "HX-Target": "dialog"}).text
        assert piece.lstrip().startswith('<div class="dialog-head">')


def test_details_are_saved_beside_the_rows(visit: Visit, contacts: Import) -> None:
    visit.open(f"{address(contacts)}/details")
    page = visit.press("Save", within="form", subject="Contacts of the south")
    assert contacts.task.subject == page.title == "Contacts of the south"
    page = visit.press("Save", within="form", subject="")
    assert visit.status == 422


def test_the_activity_of_the_playbook_sums_the_import_up(visit: Visit, actor: ActorNamed) -> None:
    found = select(ImportTask).join(OnboardingCase, ImportTask.parent == OnboardingCase.sys_id)
    task = session.scalars(found.where(ImportTask.source_table == CONTACTS, ImportTask.state == "open")).first()
    assert task is not None
    one = Import(task, actor("analyst"))
    one.load_rows(contact(1), *faulty(2))
    page = visit.open(f"/imports/{task.sys_id}")
    crumb = [link for link in page.find("a") if "/activities/" in link.attrs["href"]]
    page = visit.open(crumb[0].attrs["href"])
    summed = page[f"import-{task.sys_id}"]
    assert "1 of 2 rows are ready." in summed.text
    assert [one.name for one in summed.find("button") if "primary" in one.attrs["class"]] == ["Publish 1 ready row"]
