"""The portal: a customer sees the own onboardings and tasks, answers, and never sees work notes or another customer."""

from collections.abc import Callable
from io import BytesIO

from flask import Flask
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from tests.conftest import Browser

LogOn = Callable[[str], Browser]


def _case(account: str) -> OnboardingCase:
    found = (
        select(OnboardingCase).join(Account, OnboardingCase.account == Account.sys_id).where(Account.name == account)
    )
    return session.scalars(found.order_by(OnboardingCase.sys_id.desc()).limit(1)).one()


def _visible_task(account: str) -> CaseTask:
    """An open task of the account, shown to its point of contact."""
    found = select(CaseTask, OnboardingCase).join(OnboardingCase, CaseTask.parent == OnboardingCase.sys_id)
    own = found.join(Account, CaseTask.account == Account.sys_id).where(
        Account.name == account, CaseTask.active.is_(True)
    )
    task, case = session.execute(own.order_by(CaseTask.sys_id).limit(1)).one()
    task.visible_to_customer, task.contact = True, case.contact
    session.commit()
    return task


def test_a_customer_is_led_to_the_own_onboardings(app: Flask, log_on: LogOn) -> None:
    page = log_on("genixify.admin").get("/", follow_redirects=True).text
    assert "Onboarding for Genixify" in page
    assert "Boxeo" not in page


def test_anothers_case_and_task_answer_as_missing_ones(app: Flask, log_on: LogOn) -> None:
    browser = log_on("genixify.admin")
    missing = browser.get(f"/portal/cases/{'0' * 32}")
    other = browser.get(f"/portal/cases/{_case('Boxeo').sys_id}")
    assert (missing.status_code, other.status_code) == (404, 404)
    assert browser.get(f"/portal/tasks/{_visible_task('Boxeo').sys_id}").status_code == 404


def test_work_notes_stay_inside_and_comments_reach_both(app: Flask, log_on: LogOn) -> None:
    case = _case("Genixify")
    save(case, {"work_notes": "canary-inside", "comments": "canary-for-you"}, by=Actor.system())
    session.commit()
    page = log_on("genixify.admin").get(f"/portal/cases/{case.sys_id}").text
    assert "canary-for-you" in page
    assert "canary-inside" not in page


def test_a_customer_answers_and_hands_in_for_review(app: Flask, log_on: LogOn) -> None:
    task = _visible_task("Genixify")
    save(task, {"state": "in_progress"}, by=Actor.system())
    session.commit()
    browser = log_on("genixify.admin")
    sent = {"comments": "Here it is.", "state": "review"}
    assert browser.send(f"/portal/tasks/{task.sys_id}", sent).status_code == 303
    session.expire_all()
    assert task.state.value == "review"
    assert "Here it is." in browser.get(f"/portal/tasks/{task.sys_id}").text


def test_a_customer_cannot_close_a_task(app: Flask, log_on: LogOn) -> None:
    task = _visible_task("Genixify")
    assert log_on("genixify.admin").send(f"/portal/tasks/{task.sys_id}", {"state": "closed"}).status_code == 422
    session.expire_all()
    assert task.state.value == "open"


def test_files_go_both_ways_but_not_across_customers(app: Flask, log_on: LogOn) -> None:
    task = _visible_task("Genixify")
    browser = log_on("genixify.admin")
    address = f"/portal/attachments/sn_ti_core_task/{task.sys_id}"
    assert browser.send(address, {"files": (BytesIO(b"bytes"), "list.csv")}).status_code == 303
    page = browser.get(f"/portal/tasks/{task.sys_id}").text
    href = page.split('href="/portal/attachments/')[1].split('"')[0]
    assert browser.get(f"/portal/attachments/{href}").data == b"bytes"
    assert log_on("boxeo.admin").get(f"/portal/attachments/{href}").status_code == 404
