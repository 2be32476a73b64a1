"""History and journals as pages: read-only, of the records and fields that one may read (C361)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.onboarding.records import OnboardingCase
from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.history import Audit, Journal
from tests.conftest import Browser
from tests.factories import SYSTEM, account, make
from tests.imports import import_task
from tests.pages import Page

LogOnAs = Callable[[str], Browser]


@pytest.fixture
def contact(app: object) -> Contact:
    """A contact of Genixify that was renamed."""
    made = make(Contact, account=account("Genixify").sys_id, last_name="Okoro")
    save(made, {"last_name": "Zwart"}, by=SYSTEM)
    return made


def cells(text: str) -> list[list[str]]:
    """What stands in each row of the table."""
    return [[cell.text for cell in row.find("td")] for row in Page(text).root.find("tr") if list(row.find("td"))]


def test_the_history_is_a_list_with_pages_of_its_rows(log_on: LogOnAs, contact: Contact) -> None:
    browser = log_on("agent")
    found = browser.get("/sys_audit.list?sysparm_query=table_name=customer_contact^record=" + contact.sys_id)
    assert found.location.startswith("/history?query=")
    first, second = cells(browser.get(found.location).text)
    assert first[1:6] == ["Customer contact", contact.email, "Last name", "Okoro", "Zwart"]
    assert second[3] == "Created"
    for row in session.scalars(select(Audit).where(Audit.record == contact.sys_id)):
        page = browser.get(browser.get(f"/sys_audit.do?sys_id={row.sys_id}").location).text
        assert contact.email in page
        assert ("Zwart" if row.field_name else "Okoro") in page


def test_the_history_pages_on_by_what_came_before(log_on: LogOnAs) -> None:
    browser = log_on("admin")
    first = browser.get("/history").text
    page = Page(first)
    [older] = [one.attrs["href"] for one in page.find("a") if one.attrs.get("rel") == "next"]
    second = browser.get(older).text
    assert len(cells(first)) == 50
    assert cells(second)
    links = [{one.attrs["href"] for one in Page(text).find("a") if "/history/" in one.attrs.get("href", "")}
             for text in (first, second)]  # fmt: skip
    assert not links[0] & links[1]


def test_work_notes_are_journal_entries_for_those_who_may_read_them(log_on: LogOnAs) -> None:
    task = import_task()
    save(task, {"work_notes": "internal words", "comments": "open words"}, by=SYSTEM)
    entries = {one.element: one for one in session.scalars(select(Journal).where(Journal.record == task.sys_id))}
    agent = log_on("agent").get(f"/journal?query=record={task.sys_id}").text
    assert {row[3] for row in cells(agent)} == {"Work note", "Additional comment"}
    assert "internal words" in log_on("agent").get(f"/journal/{entries['work_notes'].sys_id}").text


def test_nobody_is_told_of_records_that_they_may_not_read(log_on: LogOnAs, contact: Contact) -> None:
    user = session.scalars(select(Audit).where(Audit.table_name == "sys_user_has_role")).first()
    assert user is not None
    agent = log_on("agent")
    assert agent.get(f"/history/{user.sys_id}").status_code == 404
    assert cells(agent.get("/history?table=sys_user_has_role").text) == []
    assert log_on("admin").get(f"/history/{user.sys_id}").status_code == 200
    assert log_on("genixify.admin").get("/history").location == "/portal"


def test_history_of_a_closed_field_is_closed_with_it(log_on: LogOnAs) -> None:
    case = session.scalars(select(OnboardingCase)).first()
    assert case is not None
    save(case, {"go_live_date": "2031-05-17"}, by=SYSTEM)
    told = Audit.record == case.sys_id, Audit.field_name == "go_live_date"
    key = session.scalars(select(Audit.sys_id).where(*told).order_by(Audit.sys_id.desc())).first()
    assert log_on("agent").get(f"/history/{key}").status_code == 200
    assert log_on("viewer").get(f"/history/{key}").status_code == 404
    assert "2031" not in log_on("viewer").get(f"/history?query=record={case.sys_id}").text
