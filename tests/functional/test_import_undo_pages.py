"""Publications on the pages of their import: what an undo would do, the deed, what was left alone and why."""

from collections.abc import Callable

from sqlalchemy import select

from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.ledger import Job
from tests.conftest import Browser
from tests.imports import SYSTEM, Import, contact, made, run
from tests.pages import Page


def test_the_page_of_an_import_leads_to_its_publications(log_on: Callable[[str], Browser], contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2))
    contacts.publish()
    save(made(2), {"notes": "Called"}, by=SYSTEM)
    browser, told = log_on("agent"), contacts.publication
    page = Page(browser.get(f"/imports/{contacts.task.sys_id}").text)
    assert "2 created" in page["publications"].text
    address = next(one.attrs["href"] for one in page["publications"].find("a") if one.text == told.number)
    shown = browser.get(address).text
    assert "1 taken back, 1 kept" in shown
    assert "ALE changed it" in shown
    answer = browser.send(f"{address}/undo", {})
    assert (answer.status_code, answer.location) == (303, f"/imports/{contacts.task.sys_id}")
    job = session.scalars(select(Job).where(Job.kind == "import.undo")).one()
    assert "Taking records back" in browser.get(answer.location).text
    run(job)
    shown = browser.get(address).text
    assert "Redo this publication" in shown
    assert "Undo this publication" not in shown
    assert "ALE changed it" in shown


def test_a_second_undo_is_told_why_it_cannot_be(log_on: Callable[[str], Browser], contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    browser = log_on("agent")
    address = f"/imports/{contacts.task.sys_id}/publications/{contacts.publication.sys_id}"
    assert browser.send(f"{address}/undo", {}).status_code == 303
    answer = browser.send(f"{address}/undo", {})
    assert answer.status_code == 422
    assert "Wait until the work on this import is done; Olive Marchand began it." in answer.text


def test_customers_and_readers_have_no_undo(log_on: Callable[[str], Browser], contacts: Import) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    address = f"/imports/{contacts.task.sys_id}/publications/{contacts.publication.sys_id}"
    assert log_on("viewer").send(f"{address}/undo", {}).status_code in (403, 404)
    assert log_on("genixify.admin").get(address).status_code in (302, 303, 403, 404)
