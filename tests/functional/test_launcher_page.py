"""The launcher in the browser: category, activity, details, Finish; who is offered it, and where."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from ale.domains.onboarding.records import OnboardingCase
from ale.domains.plays.launches import AleChoice, Definition, Launch, Subflow
from ale.domains.plays.records import InternalPlay
from ale.domains.success.actions import Touchpoint
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, remove
from ale.foundation.db import session
from ale.foundation.record import RECORDS, Record
from ale.web.addresses import form_href
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.pages import Page, Visit, sent
from tests.success import Shelf, owner

LogOnAs = Callable[[str], Browser]
TABLES = ("sn_acct_lc_engagement", "sn_acct_lc_success_initiative", "sn_acct_lc_success_objective",
          "sn_acct_lc_touchpoint", "sn_acct_lc_success_case", "sn_acct_lc_internal_play",
          "sn_acct_lc_risk_signal_issue")  # fmt: skip


@pytest.fixture
def csm(log_on: LogOnAs) -> Browser:
    """A success agent at the screen."""
    return log_on("csm")


@pytest.fixture
def engagement(app: object) -> Engagement:
    """An engagement of Alderis."""
    return Shelf().engagement()


def link(page: Page, text: str) -> str:
    """Where the link with this text leads."""
    return next(one.attrs["href"] for one in page.find("a") if text in one.text)


def page_of(browser: Browser, record: Record) -> Page:
    """The form of a record."""
    with browser.application.test_request_context():
        address = str(form_href(type(record), record.sys_id))
    return Page(browser.get(address).text)


def details(browser: Browser, engagement: Engagement, category: str, title: str) -> tuple[str, Page]:
    """The last step of the launcher, reached by its links: its address and its page."""
    first = Page(browser.get(link(page_of(browser, engagement), "Create success play")).text)
    second = Page(browser.get(link(first, category)).text)
    address = link(second, title)
    return address, Page(browser.get(address).text)


def form_of(page: Page) -> dict[str, list[str]]:
    """What the form of the details would send."""
    return sent(next(one for one in page.find("form") if list(one.find("input", name="key"))))


@pytest.mark.parametrize("table", TABLES)
def test_SUC_08_E1_seven_kinds_of_record_offer_a_success_play(csm: Browser, table: str) -> None:
    page = page_of(csm, make(RECORDS[table]))
    answer = csm.get(link(page, "Create success play"))
    assert answer.status_code == 200
    assert "Health and risk" in answer.text


def test_SUC_08_E2_an_outcome_does_not(csm: Browser) -> None:
    assert "Create success play" not in csm.get(f"/success-outcomes/{make(RECORDS[OUTCOME]).sys_id}").text


OUTCOME = "sn_acct_lc_success_outcome"


def test_who_is_no_success_agent_is_not_offered_it_and_kept_out(log_on: LogOnAs, engagement: Engagement) -> None:
    agent = log_on("agent")
    assert "Create success play" not in page_of(agent, engagement).root.text
    assert agent.get(f"/launch/sn_acct_lc_engagement/{engagement.sys_id}").status_code == 403
    assert agent.send(f"/launch/sn_acct_lc_engagement/{engagement.sys_id}", {"go": "finish"}).status_code == 403


def test_a_record_that_is_not_there_cannot_be_launched_from(csm: Browser) -> None:
    assert csm.get(f"/launch/sn_acct_lc_engagement/{'0' * 32}").status_code == 404


def test_SUC_04_E2_a_category_without_anything_published_is_not_there(csm: Browser, engagement: Engagement) -> None:
    draft = make(AleChoice, name="Only drafts")
    make(Definition, category=draft.sys_id, title="Later", state="draft")
    assert "Only drafts" not in csm.get(f"/launch/sn_acct_lc_engagement/{engagement.sys_id}").text


def test_the_wizard_leads_from_category_to_finish_and_back_to_the_record(csm: Browser, engagement: Engagement) -> None:
    address, page = details(csm, engagement, "Health and risk", "Get to green")
    form = form_of(page)
    assert form["short_description"] == ["Get Alderis back to green"]
    answer = csm.post(address, data=form | {"go": "finish"})
    assert (answer.status_code, answer.location) == (303, f"/engagements/{engagement.sys_id}")
    assert "is complete" in csm.get(answer.location).text


def test_finish_pressed_twice_makes_one_play(csm: Browser, engagement: Engagement) -> None:
    address, page = details(csm, engagement, "Health and risk", "Get to green")
    form = form_of(page) | {"go": "finish"}
    assert [csm.post(address, data=form).status_code for _ in range(2)] == [303, 303]
    mine = InternalPlay.engagement == engagement.sys_id
    assert session.scalar(select(func.count()).select_from(InternalPlay).where(mine)) == 1


@pytest.mark.parametrize("table", ["sn_acct_lc_success_launcher_notifier", "sn_acct_lc_success_notifier_launcher"])
def test_C201_each_launch_is_listed_with_what_it_came_from(csm: Browser, engagement: Engagement, table: str) -> None:
    address, page = details(csm, engagement, "Health and risk", "Get to green")
    csm.post(address, data=form_of(page) | {"go": "finish"})
    launch = session.scalars(select(Launch).where(Launch.source_record == engagement.sys_id)).one()
    answer = csm.get("/go", query_string={"q": f"{table}.list"}, follow_redirects=True)
    shown = Page(answer.text)["rows"]
    (line,) = [one for one in shown.find("tr") if launch.number in one.text]
    assert [one.text for one in shown.find("th") if one.text] == [
        "Number", "Definition record", "Launched from", "Launched by", "Status", "Started", "Ended"
    ]  # fmt: skip
    assert f"/engagements/{engagement.sys_id}" in [one.attrs["href"] for one in line.find("a")]
    texts = [one.text for one in line.find("td")]
    assert {"Get to green", engagement.title, "Jules Hamel", "Complete"} <= set(texts)
    record = csm.get(f"/{table}.do?sys_id={launch.sys_id}", follow_redirects=True)
    assert str(launch.message) in Page(record.text).text


def test_what_a_play_was_launched_from_may_still_be_deleted(app: object) -> None:
    touchpoint = Shelf().touchpoint(Shelf().engagement())
    create(Launch, {"source_table": "sn_acct_lc_touchpoint", "source_record": touchpoint.sys_id}, by=SYSTEM)
    remove(touchpoint, by=SYSTEM)
    assert session.get(Touchpoint, touchpoint.sys_id) is None


def test_looking_ahead_tells_what_would_be_made_and_stores_nothing(csm: Browser, engagement: Engagement) -> None:
    before = session.scalar(select(func.count()).select_from(Launch))
    address, page = details(csm, engagement, "Health and risk", "Get to green")
    answer = csm.post(address, data=form_of(page) | {"go": "try"})
    assert answer.status_code == 200
    assert "These 5 records would be made" in answer.text
    assert not session.scalars(select(InternalPlay).where(InternalPlay.engagement == engagement.sys_id)).all()
    assert session.scalar(select(func.count()).select_from(Launch)) == before


def test_a_missing_input_is_named_and_what_was_typed_stays(csm: Browser, engagement: Engagement) -> None:
    address, page = details(csm, engagement, "Health and risk", "Record a risk or issue")
    answer = csm.post(address, data=form_of(page) | {"short_description": "Sponsor left", "go": "finish"})
    assert answer.status_code == 422
    shown = Page(answer.text)
    assert "Description is required." in shown["error-summary"].text
    assert shown["f-short_description"].attrs["value"] == "Sponsor left"
    assert not session.scalars(select(Launch).where(Launch.source_record == engagement.sys_id)).all()


def test_SUC_19_E2_a_blueprint_that_is_left_before_finish_makes_nothing(csm: Browser, engagement: Engagement) -> None:
    first = Page(csm.get(link(page_of(csm, engagement), "Create success blueprint")).text)
    second = Page(csm.get(link(first, "Customer experience")).text)
    assert "Digital transformation - standard" in second.root.text
    csm.get(link(second, "Digital transformation - standard"))
    assert not session.scalars(select(Launch).where(Launch.source_record == engagement.sys_id)).all()


def test_SUC_20_the_new_case_page_leads_to_a_journey_that_opens_its_case(csm: Browser) -> None:
    boxeo = owner("Boxeo ltd")
    page = Page(csm.get("/launch/onboarding").text)  # one category: its activities come at once
    address = link(page, "Initiate a new onboarding journey")
    form = form_of(Page(csm.get(address).text))
    texts = {"account": boxeo.sys_id, "account_text": boxeo.name, "short_description": "Two", "description": "South"}
    answer = csm.post(address, data=form | texts | {"go": "finish"})
    case = session.scalars(select(OnboardingCase).order_by(OnboardingCase.sys_id.desc())).first()
    assert case is not None
    assert (answer.status_code, case.short_description) == (303, "Two")
    assert case.sys_id in answer.location


@pytest.mark.parametrize("name", ["Boxeo ltd", ""])
def test_SUC_20_the_account_chosen_on_the_new_case_page_comes_along(log_on: LogOnAs, name: str) -> None:
    key = owner(name).sys_id if name else ""
    visit = Visit(log_on("admin"))
    visit.open("/playbooks/new")
    visit.press("Create success play", account_text=name)
    assert "token" not in visit.address
    page = visit.follow(next(one.name for one in visit.page.find("a") if "Initiate a new onboarding" in one.name))
    assert sent(page.button("Finish").within("form"))["account"] == [key]
    assert page["f-account"].attrs["value"] == name


def test_a_case_without_an_account_is_refused_and_the_field_marked(csm: Browser) -> None:
    address = link(Page(csm.get("/launch/onboarding").text), "Initiate a new onboarding journey")
    page = Page(csm.get(address).text)
    assert page["f-description"].attrs["aria-required"] == "true"
    answer = csm.post(address, data=form_of(page) | {"go": "finish"})
    assert answer.status_code == 422
    assert "Account is required." in Page(answer.text)["error-summary"].text


def test_the_launcher_speaks_french(csm: Browser, engagement: Engagement) -> None:
    csm.send("/preferences", {"language": "fr"})
    text = csm.get(f"/launch/sn_acct_lc_engagement/{engagement.sys_id}").text
    assert "Créer un scénario de réussite" in text
    assert "Santé et risque" in text
    assert not re.search(r"Health and risk|Choose a category", text)


def test_keepers_try_a_subflow_without_storing_anything(log_on: LogOnAs, engagement: Engagement) -> None:
    admin = log_on("admin")
    flow = session.scalars(select(Subflow).where(Subflow.name == "Get to Green play")).one()
    assert "Try it" in page_of(admin, flow).root.text
    address = f"/launch/try/{flow.sys_id}?engagement={engagement.sys_id}"
    assert admin.get(address).status_code == 200
    answer = admin.send(address, {"go": "try"})
    assert "These 5 records would be made" in answer.text
    assert not session.scalars(select(InternalPlay).where(InternalPlay.engagement == engagement.sys_id)).all()
