"""What happens on the page of a record beside its form: steps of the flow, comments and work notes, what changed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import CaseState, OnboardingCase
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session, transaction
from ale.foundation.history import Audit, Journal
from ale.web.stream import entries
from tests.conftest import Browser

LogOnAs = Callable[[str], Browser]
BY = Actor.system()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def account(app: object) -> Account:
    return session.scalars(select(Account).where(Account.name == "Genixify")).one()


@pytest.fixture
def contact(account: Account) -> Contact:
    return session.scalars(select(Contact).where(Contact.account == account.sys_id).order_by(Contact.email)).first()  # type: ignore[return-value]


@pytest.fixture
def case(account: Account) -> OnboardingCase:
    return session.scalars(select(OnboardingCase).where(OnboardingCase.state == CaseState.NEW)).first()  # type: ignore[return-value]


def test_a_step_asks_for_its_fields_and_moves(log_on: LogOnAs, case: OnboardingCase) -> None:
    browser, address = log_on("agent"), f"/cases/{case.sys_id}/steps/cancel"
    asked = browser.get(address, headers={"HX-Request": "true", "HX-Target": "dialog"})
    assert "<html" not in asked.text
    assert 'id="step-close_notes"' in asked.text
    assert "<html" in browser.get(address).text
    refused = browser.send(address, {"close_notes": ""})
    assert refused.status_code == 422
    assert 'id="step-close_notes-error"' in refused.text
    headers = {"HX-Request": "true", "HX-Target": "dialog"}
    done = browser.send(address, {"close_notes": "Not needed any more"}, headers=headers)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, f"/cases/{case.sys_id}")
    assert case.state == CaseState.CANCELED


def test_a_step_that_is_not_offered_is_refused(log_on: LogOnAs, case: OnboardingCase) -> None:
    browser = log_on("agent")
    browser.send(f"/cases/{case.sys_id}/steps/activate")
    assert case.state == CaseState.ACTIVE
    assert browser.send(f"/cases/{case.sys_id}/steps/activate").status_code == 422
    assert browser.get(f"/cases/{case.sys_id}/steps/fly").status_code == 404


def test_comments_and_work_notes_are_told_apart(log_on: LogOnAs, case: OnboardingCase) -> None:
    browser, address = log_on("agent"), f"/cases/{case.sys_id}/say"
    for element in ("work_notes", "comments"):
        assert browser.send(address, {"element": element, "text": f"In {element}"}).status_code == 303
    page = browser.get(f"/cases/{case.sys_id}", headers={"HX-Request": "true", "HX-Target": "stream"}).text
    assert re.search(r'<li class="work_note".*?In work_notes', page, re.DOTALL)
    assert re.search(r'<li class="comment".*?In comments', page, re.DOTALL)
    assert browser.send(address, {"element": "work_notes", "text": " "}).status_code == 422
    assert browser.send(address, {"element": "close_notes", "text": "x"}).status_code == 422
    assert session.scalar(select(func.count()).where(Journal.record == case.sys_id)) == 2


def test_customers_never_get_work_notes(app: Flask, actor: Callable[[str], Actor], case: OnboardingCase) -> None:
    for element in ("work_notes", "comments"):
        save(case, {element: f"In {element}"}, by=BY)
    with app.test_request_context():
        texts = {name: [one["text"] for one in entries(case, actor(name))] for name in ("agent", "genixify.admin")}
    assert "In work_notes" in texts["agent"]
    assert "In comments" in texts["genixify.admin"]
    assert "In work_notes" not in texts["genixify.admin"]


def test_a_refusal_htmx_cannot_place_is_said_beside_the_page(log_on: LogOnAs, case: OnboardingCase) -> None:
    headers = {"HX-Request": "true", "HX-Target": "stream"}
    response = log_on("agent").send(f"/cases/{case.sys_id}/say", {"element": "comments"}, headers=headers)
    assert response.status_code == 422
    assert "Write something first." in response.headers["HX-Trigger"]


def test_the_stream_says_what_changed_in_words(log_on: LogOnAs, contact: Contact) -> None:
    browser = log_on("agent")
    browser.send("/preferences", {"language": "fr"})
    browser.send(f"/contacts/{contact.sys_id}", {"language": "de", "present": ""})
    page = browser.get(f"/contacts/{contact.sys_id}").text
    assert re.search(r"Langue.*?<del>Anglais</del>.*?<ins>Allemand</ins>", page, re.DOTALL)


def test_an_act_is_one_moment_in_the_history_however_long_it_takes(case: OnboardingCase) -> None:
    with time_machine.travel(NOON, tick=False) as clock, transaction():
        save(case, {"short_description": "First"}, by=BY)
        clock.shift(90)
        save(case, {"short_description": "Second"}, by=BY)
    changes = select(Audit.at).where(Audit.record == case.sys_id, Audit.new_value.in_(["First", "Second"]))
    assert case.sys_updated_on == NOON.replace(tzinfo=None)
    assert session.scalars(changes).all() == [case.sys_updated_on] * 2
