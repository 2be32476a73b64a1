"""My success in the portal: what is done for a customer, its conversation, and raising a touchpoint (SUC-13)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.people.records import User
from ale.domains.people.service import grant
from ale.domains.plays.records import InternalPlay
from ale.domains.signals.records import RiskSignal
from ale.domains.success.actions import Touchpoint
from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.history import Journal
from ale.foundation.outbox import Email
from tests.conftest import Browser
from tests.factories import make
from tests.pages import Page
from tests.success import SYSTEM, Shelf, owner

HOME = "/portal/success"
LogOn = Callable[[str], Browser]


@pytest.fixture
def lea(log_on: LogOn) -> Browser:
    """The administrator of Genixify, who follows success."""
    grant(session.scalars(select(User).where(User.user_name == "genixify.admin")).one(), FOLLOWS, SYSTEM)
    return log_on("genixify.admin")


FOLLOWS = "sn_acct_lc.ale_success_customer"


def test_who_does_not_follow_success_is_not_led_there(log_on: LogOn) -> None:
    browser = log_on("genixify.manager")
    assert HOME not in browser.get("/portal").text
    assert browser.get(HOME).status_code == 403
    assert browser.send(f"{HOME}/touchpoints", {"subject": "Hello"}).status_code == 403


@pytest.mark.parametrize(("language", "title"), [("en", "My success"), ("fr", "Ma réussite")])
def test_the_own_records_stand_there_and_no_internal_ones(lea: Browser, language: str, title: str) -> None:
    """SUC-09: internal plays and risk signals never appear; nor does anything of another company."""
    shelf = Shelf()
    shelf.touchpoint(shelf.engagement("Genixify"), subject="Own talk")
    shelf.touchpoint(shelf.engagement("Boxeo"), subject="Foreign talk")
    own = owner("Genixify").sys_id
    make(InternalPlay, account=own, short_description="Secret play")
    make(RiskSignal, short_description="Secret risk", engagement=shelf.engagement("Genixify").sys_id)
    lea.send("/preferences", {"language": language})
    assert HOME in lea.get("/portal").text
    page = lea.get(HOME).text
    assert Page(page).title == title
    assert "Own talk" in page
    assert not [word for word in ("Foreign", "Secret") if word in page]


def test_what_is_open_stands_before_what_is_over_and_each_leads_back(lea: Browser) -> None:
    shelf = Shelf()
    first = shelf.touchpoint(shelf.engagement("Genixify"), subject="Still open")
    later = shelf.touchpoint(shelf.engagement("Genixify"), subject="Long over")
    save(later, {"state": "canceled", "close_notes": "Duplicate"}, by=SYSTEM)
    page = lea.get(HOME).text
    assert page.index("Still open") < page.index("Long over")
    assert first.number in page
    crumbs = [one.attrs["href"] for one in Page(lea.get(f"{HOME}/touchpoints/{first.sys_id}").text).find("a")]
    assert HOME in crumbs


def test_SUC_13_a_touchpoint_is_raised_and_talked_about(lea: Browser) -> None:
    jules = session.scalars(select(User).where(User.user_name == "csm")).one()
    engagement = Shelf().engagement("Genixify", customer_success_manager=jules.sys_id)
    given = {"subject": "Ask for a quote", "description": "For two years.", "engagement": engagement.sys_id}
    sent = lea.send(f"{HOME}/touchpoints", given | {"category": "renewal_support", "assigned_to": "x" * 32})
    assert sent.status_code == 303, Page(sent.text).text
    made = session.scalars(select(Touchpoint).where(Touchpoint.subject == given["subject"])).one()
    assert (made.assigned_to, made.account, made.channel, made.state) == (
        jules.sys_id, owner("Genixify").sys_id, "web", "new",
    )  # fmt: skip
    assert session.scalars(select(Email.recipient).where(Email.record == made.sys_id)).all() == [jules.email]
    address = f"{HOME}/touchpoints/{made.sys_id}"
    assert sent.location == address
    assert lea.send(address, {"comments": "When can we talk?"}).status_code == 303
    save(made, {"comments": "On Monday.", "work_notes": "Ask for 10 % more."}, by=SYSTEM)
    page = lea.get(address).text
    assert all(text in page for text in ("For two years.", "When can we talk?", "On Monday."))
    assert "10 %" not in page
    assert session.scalar(select(Journal.element).where(Journal.text == "When can we talk?")) == "comments"


def test_SUC_13_what_is_missing_or_not_theirs_is_said_beside_the_field(lea: Browser) -> None:
    foreign = Shelf().engagement("Boxeo").sys_id
    answer = lea.send(f"{HOME}/touchpoints", {"subject": "Kept text", "engagement": foreign})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Choose an engagement of your company." in page.text
    assert page.find("div", id="error-summary")
    assert 'value="Kept text"' in answer.text
    assert 'id="f-description-error"' in answer.text
    assert session.scalar(select(Touchpoint.sys_id).where(Touchpoint.subject == "Kept text")) is None


def test_a_record_of_another_company_answers_as_a_missing_one(lea: Browser) -> None:
    shelf = Shelf()
    foreign = shelf.touchpoint(shelf.engagement("Boxeo")).sys_id
    for method in ("GET", "POST"):
        answers = []
        for key in (foreign, "0" * 32):
            address = f"{HOME}/touchpoints/{key}"
            said = lea.get(address) if method == "GET" else lea.send(address, {"comments": "Hello"})
            answers.append((said.status_code, Page(said.text).text.replace(key, "")))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
