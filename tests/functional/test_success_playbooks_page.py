"""The playbooks of customer success as a browser shows them: begun from a list, led to the end (PBK-12 to 16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.playbooks.instances import ContextState
from ale.domains.success.actions import Meeting
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.history import Audit
from tests.conftest import Browser
from tests.pages import Visit
from tests.stories import Story

ActorNamed = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]
CORE = {"short_description": "Faster reports", "description": "Reports take an hour."}
CLOSURE = {"closure_code": "achieved", "close_notes": "They take a minute."}


@pytest.mark.parametrize("listed", ["success-cases", "internal-plays"])
def test_new_in_the_list_leads_through_the_playbook(log_on: LogOnAs, engagement: Engagement, listed: str) -> None:
    visit = Visit(log_on("csm"))
    visit.open(f"/{listed}")
    visit.follow("New")
    assert visit.page["f-engagement"].attrs["aria-required"] == "true"
    page = visit.press("Continue", engagement_text=engagement.title)
    assert "Enter core information" in page.text
    page = visit.press("Mark complete", short_description="Faster reports", description="They take an hour.")
    assert page.title == "Faster reports"
    page = visit.press("Mark complete")
    assert "Send and continue" in page.text


def test_a_case_is_led_to_its_end_in_the_browser(log_on: LogOnAs, success_case: Story) -> None:
    visit = Visit(log_on("csm"))
    visit.open(f"/playbooks/of/sn_acct_lc_success_case/{success_case.case.sys_id}")
    visit.press("Mark complete", **CORE)
    visit.press("Mark complete")
    assert "Enter a text first." in visit.press("Send and continue").text
    visit.press("Send and continue", text="Faster reporting by June")
    visit.press("Send and continue", text="1. audit 2. fix")
    page = visit.press("Create meeting", subject="Kick-off")
    assert "Kick-off" in page["activities"].text
    assert "Complete or cancel the open meetings first." in visit.press("Mark complete").text
    save(
        session.scalars(select(Meeting).where(Meeting.subject == "Kick-off")).one(),
        {"state": "canceled"},
        by=success_case.by,
    )
    visit.press("Mark complete")
    page = visit.press("Create task", subject="Audit", description="All reports")
    assert "Audit" in page["activities"].text


@pytest.mark.parametrize("key", ["sample_task", "closure"])
def test_an_initiative_is_led_to_its_end_in_the_browser(log_on: LogOnAs, initiative: Story, key: str) -> None:
    initiative.complete("core_information", subject="Adopt it", description="All teams")
    visit = Visit(log_on("csm"))
    visit.open(f"/playbooks/of/sn_acct_lc_success_initiative/{initiative.case.sys_id}")
    page = visit.press("Create task" if key == "sample_task" else "Skip")
    assert ("Sample task" in page.text) is (key == "sample_task")
    page = visit.press("Mark complete", **CLOSURE)
    assert initiative.run.context.state == ContextState.COMPLETE


def test_PBK_15_close_is_offered_when_it_may_be(log_on: LogOnAs, initiative: Story) -> None:
    visit = Visit(log_on("csm"))
    address = f"/success-initiatives/{initiative.case.sys_id}"
    assert "Close initiative" not in visit.open(address).text
    initiative.complete("core_information", subject="Adopt it", description="All teams")
    initiative.complete("sample_task")
    initiative.complete("closure", **CLOSURE)
    assert "Close initiative" in visit.open(address).text


def test_PBK_07_ending_a_record_early_says_what_it_cancels(log_on: LogOnAs, success_case: Story) -> None:
    address = f"/success-cases/{success_case.case.sys_id}"
    visit = Visit(log_on("csm"))
    assert "8 open activities will be canceled" in visit.open(f"{address}/steps/cancel").text
    page = visit.press("Cancel success case", closure_code="canceled", close_notes="The customer left.")
    assert "Its playbook was canceled, with 8 open activities." in page.text
    page = visit.open(f"/playbooks/{success_case.run.context.sys_id}")
    assert "This playbook was canceled." in page.text
    assert "Locked." not in page["stages"].text
    assert page["stages"].text.count("Canceled") == 3
    assert page.faults() == []


def test_PBK_07_closing_by_the_form_says_it_too_and_in_french(log_on: LogOnAs, success_case: Story) -> None:
    success_case.complete("enter_core_information", **CORE)
    browser = log_on("csm")
    browser.send("/preferences", {"language": "fr"})
    visit = Visit(browser)
    visit.open(f"/success-cases/{success_case.case.sys_id}")
    page = visit.press("Enregistrer", within="form", priority="2")
    assert "Son playbook a été annulé" not in page.text
    page = visit.press("Enregistrer", within="form", state="closed", **CLOSURE)
    assert "Son playbook a été annulé, avec 7 activités ouvertes." in page.text


def test_PBK_16_E1_assign_to_me(log_on: LogOnAs, actor: ActorNamed, initiative: Story) -> None:
    visit = Visit(log_on("csm"))
    visit.open(f"/success-initiatives/{initiative.case.sys_id}")
    visit.press("Assign to me")
    session.refresh(initiative.case)
    assert initiative.case.assigned_to == actor("csm").id
    kept = select(Audit.new_value).where(Audit.record == initiative.case.sys_id, Audit.field_name == "assigned_to")
    assert session.scalars(kept).all() == [initiative.case.assigned_to]


def test_PBK_16_E2_a_viewer_is_not_offered_it(log_on: LogOnAs, initiative: Story) -> None:
    visit = Visit(log_on("viewer"))
    assert "Assign to me" not in visit.open(f"/success-initiatives/{initiative.case.sys_id}").text
    assert visit.browser.post(f"/playbooks/assign/{initiative.case.sys_id}").status_code in (400, 403)
