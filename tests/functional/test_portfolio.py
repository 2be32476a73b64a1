"""The success landing page: exact figures, tabs that swap, what needs somebody today."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.landing import portfolio
from ale.domains.landing.portfolio import TILES
from ale.domains.onboarding.teams import AccountTeamMember, SquadMember
from ale.domains.plays.launches import Definition
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.records import Engagement, contract_values
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.record import table_name
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, make
from tests.pages import Page
from tests.success import Shelf

ActorNamed = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]
TILE = {one.key: one for one in TILES}


@pytest.fixture
def csm(actor: ActorNamed) -> Actor:
    """A success manager without engagements and work: those of the demo are somebody else's."""
    by = actor("csm")
    for one in session.scalars(select(Engagement)).all():
        save(one, {"customer_success_manager": None, "account_manager": None, "squad": []}, by=SYSTEM)
    for kind in portfolio.WORK:
        for one in session.scalars(select(kind).where(kind.assigned_to == by.id)).all():
            save(one, {"assigned_to": None}, by=SYSTEM)
    return by


def engagement(csm: Actor, **given: Any) -> Engagement:
    """An engagement of Alderis that the success manager leads."""
    return Shelf().engagement(**({"customer_success_manager": csm.id} | given))


def count(key: str, by: Actor) -> int:
    """The figure of a tile."""
    return portfolio.count_of(TILE[key], by)


def test_LND_11_E1_own_engagements_count_in_any_state(csm: Actor) -> None:
    engagement(csm)
    closed = engagement(csm)
    save(closed, {"state": "closed", "closure_code": "achieved", "close_notes": "Done"}, by=SYSTEM)
    member = make(SquadMember, user=csm.id)
    Shelf().engagement(squad=[member.sys_id])
    Shelf().engagement()
    assert count("total", csm) == 3


def test_LND_11_account_managers_and_the_team_of_the_account_count_too(csm: Actor) -> None:
    Shelf().engagement(account_manager=csm.id)
    Shelf().engagement("Boxeo ltd")
    assert count("total", csm) == 1
    duty = make(AccountTeamMember).responsibility
    other = session.scalars(select(Account).where(Account.name == "Boxeo ltd")).one()
    session.add(AccountTeamMember(account=other.sys_id, user=csm.id, responsibility=duty, sys_domain=other.sys_domain))
    session.flush()
    assert count("total", csm) == 2


def test_LND_11_E2_LND_16_E1_E2_a_contract_counts_once(csm: Actor) -> None:
    shelf, first, second = Shelf(), engagement(csm), engagement(csm)
    for value in (10_000, 5_000):
        shelf.link(first, shelf.contract(value=value))
    assert portfolio.value_of(TILE["total"], csm) == 15_000
    shared = shelf.contract(value=10_000)
    shelf.link(first, shared)
    shelf.link(second, shared)
    assert portfolio.value_of(TILE["total"], csm) == 25_000
    assert contract_values([first.sys_id, second.sys_id], today()) == {first.sys_id: 25_000, second.sys_id: 10_000}


@pytest.mark.parametrize(
    ("history", "counted"),
    [
        (["green", "yellow"], 1), (["green", "red", "yellow"], 0), (["yellow"], 1), (["red"], 1),
        (["green", "yellow", "red"], 1), (["yellow", "green"], 0), (["unknown"], 0),
    ],
)  # fmt: skip
def test_LND_12_E1_E2_health_that_fell_and_did_not_recover(csm: Actor, history: list[str], counted: int) -> None:
    one = engagement(csm, perceived_health=history[0])
    for health in history[1:]:
        save(one, {"perceived_health": health}, by=SYSTEM)
    assert count("declined", csm) == counted


def test_LND_13_E1_E2_active_engagements_of_escalated_accounts(csm: Actor) -> None:
    first = engagement(csm)
    engagement(csm)
    closed = engagement(csm)
    save(closed, {"state": "closed", "closure_code": "achieved", "close_notes": "Done"}, by=SYSTEM)
    account = session.get_one(Account, first.account)
    save(account, {"escalated": True}, by=SYSTEM)
    assert count("escalated", csm) == 2
    save(account, {"escalated": False}, by=SYSTEM)
    assert count("escalated", csm) == 0


def test_LND_14_E1_E2_renewals_from_today_to_90_days_ahead(csm: Actor) -> None:
    for days in (0, 90, 91, -1):
        engagement(csm, renewal_date=today() + timedelta(days=days))
    engagement(csm)
    assert count("renewals", csm) == 2


def test_LND_15_E1_E2_new_engagements_have_no_objective(csm: Actor) -> None:
    one = engagement(csm)
    assert count("new", csm) == 1
    Shelf().objective(one)
    assert count("new", csm) == 0


def test_a_tile_lists_exactly_the_engagements_it_counts(log_on: LogOnAs, csm: Actor) -> None:
    engagement(csm, title="Renews soon", renewal_date=today() + timedelta(days=5))
    engagement(csm, title="Renews later")
    browser = log_on("csm")
    page = Page(browser.get("/success").text)
    address = next(one.attrs["href"] for one in page.find("a") if one.text == "Renewals due in 90 days")
    listed = Page(browser.get(address).text)["listed"].text
    assert ("Renews soon" in listed, "Renews later" in listed) == (True, False)


def test_many_engagements_of_a_tile_are_listed_page_by_page(
    log_on: LogOnAs, csm: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ale.blueprints.shown.portfolio.LISTED", 2)
    for number in range(5):
        engagement(csm, title=f"Engagement {number}")
    browser, address, seen = log_on("csm"), "/success?tile=total", []
    while address:
        listed = Page(browser.get(address).text)["listed"]
        seen += [one.text for one in listed.find("td") if one.text.startswith("Engagement ")]
        address = next((one.attrs["href"] for one in listed.find("a", rel="next")), "")
    assert seen == [f"Engagement {number}" for number in range(5)]
    assert "5–5 of 5" in listed.text


def test_the_selected_engagement_drives_the_tabs(log_on: LogOnAs, csm: Actor) -> None:
    shelf = Shelf()
    first, second = engagement(csm, title="First"), engagement(csm, title="Second")
    shelf.touchpoint(first, subject="Weekly call")
    shelf.initiative(shelf.outcome(shelf.objective(second)), subject="Portal launch")
    browser = log_on("csm")
    page = Page(browser.get("/success").text)
    assert "Weekly call" in page["portfolio"].text
    chosen = next(one.attrs["href"] for one in page["portfolio"].find("a") if "Second" in one.text)
    piece = Page(browser.get(chosen, headers={"HX-Request": "true", "HX-Target": "portfolio"}).text)
    assert "page-title" not in piece.ids
    assert "Active success initiatives 1" in [one.text for one in piece.find("a")]
    tab = next(one.attrs["href"] for one in piece.find("a") if one.text == "Active success initiatives 1")
    assert "Portal launch" in Page(browser.get(tab).text)["portfolio"].text


def test_more_engagements_than_cards_are_counted_selected_and_listed(
    log_on: LogOnAs, csm: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    renewals = [today() + timedelta(days=200 + number) for number in range(45)]
    made = [engagement(csm, title=f"Engagement {number}", renewal_date=day) for number, day in enumerate(renewals)]
    shelf.touchpoint(made[44], subject="Call of the last")
    browser = log_on("csm")
    page = Page(browser.get("/success").text)
    assert page["portfolio-title"].text == "Active engagements 45"
    (cards,) = page["portfolio"].find("ul", **{"class": "choices portfolio"})
    assert len(list(cards.find("li"))) == 40
    way = next(one.attrs["href"] for one in page["portfolio"].find("a") if one.text == "All 45 engagements")
    listed = Page(browser.get(way).text)["listed"]
    assert {one.text for one in listed.find("td")} >= {one.title for one in made}
    last = Page(browser.get(f"/success?engagement={made[44].sys_id}").text)["portfolio"]
    (current,) = [one for one in last.find("a", aria_current="true") if "Engagement" in one.text]
    assert current.text.startswith("Engagement 44")
    assert "Call of the last" in last.text
    monkeypatch.setattr("ale.blueprints.shown.portfolio.CARDS", 45)
    assert "All 45 engagements" not in browser.get("/success").text


def test_what_needs_somebody_today_leads_to_its_next_action(log_on: LogOnAs, csm: Actor) -> None:
    one = engagement(csm, title="Alderis platform", renewal_date=today() + timedelta(days=10))
    Shelf().touchpoint(one, subject="Call back", assigned_to=csm.id, due_date=now() - timedelta(days=2))
    make(RiskSignal, engagement=one.sys_id, short_description="Sponsor left")
    reasons = [(need.reason, need.days) for need in portfolio.needs_today(csm)]
    assert reasons == [("overdue", -2), ("risk", 0), ("renewal", 10)]
    text = log_on("csm").get("/success").text
    assert "Overdue by 2 days" in text
    assert f"/launch/sn_acct_lc_engagement/{one.sys_id}" in text


def test_the_next_action_is_the_details_of_its_play_while_that_is_published(log_on: LogOnAs, csm: Actor) -> None:
    renewing = engagement(csm, title="Renewing", renewal_date=today() + timedelta(days=10))
    falling = engagement(csm, title="Falling", perceived_health="red")
    risk = make(RiskSignal, engagement=renewing.sys_id, short_description="Sponsor left")
    browser = log_on("csm")

    def ways() -> dict[str, str]:
        needs = next(iter(Page(browser.get("/success").text).find("ul", **{"class": "needs"})))
        return {one.text: one.attrs["href"] for one in needs.find("a", **{"class": "small"})}

    titles = {"Get to green Falling": "Get to green", "Answer it Sponsor left": "Get to green",
              "Prepare it Renewing": "Prepare the renewal"}  # fmt: skip
    found = ways()
    assert set(found) == set(titles)
    for word, title in titles.items():
        assert "Due date" in (page := Page(browser.get(found[word]).text)).root.text
        assert title in [one.text for one in page.find("span", "b", "small")], page.root.text
    for title in set(titles.values()):
        play = session.scalars(select(Definition).where(Definition.title == title)).one()
        save(play, {"state": "closed"}, by=SYSTEM)
    first = {"Get to green Falling": falling, "Answer it Sponsor left": risk, "Prepare it Renewing": renewing}
    assert ways() == {word: f"/launch/{table_name(type(one))}/{one.sys_id}" for word, one in first.items()}


def test_all_own_work_that_is_late_needs_somebody(csm: Actor) -> None:
    shelf, late = Shelf(), {"assigned_to": csm.id, "due_date": now() - timedelta(days=2)}
    one = shelf.engagement()
    touchpoint = shelf.touchpoint(one, **late)
    play = make(InternalPlay, engagement=one.sys_id, **late)
    made = [
        touchpoint, shelf.initiative(shelf.outcome(shelf.objective(one)), **late), shelf.case(one, **late),
        shelf.task(touchpoint, **late), play, make(InternalPlayTask, internal_play=play.sys_id, **late),
    ]  # fmt: skip
    shelf.task(touchpoint, due_date=now() - timedelta(days=2))
    assert {need.record for need in portfolio.needs_today(csm)} == set(made)


def test_a_risk_with_a_solution_is_not_to_be_answered(csm: Actor) -> None:
    one = engagement(csm)
    answered, new = (make(RiskSignal, engagement=one.sys_id, short_description=text) for text in ("Old", "New"))
    play = make(InternalPlay, engagement=one.sys_id)
    create(Solution, {"risk_signal": answered.sys_id, "solution_record": play.sys_id}, by=SYSTEM)
    assert [need.record for need in portfolio.needs_today(csm)] == [new]


def test_the_page_needs_as_many_statements_for_two_engagements_as_for_twenty(log_on: LogOnAs, csm: Actor) -> None:
    browser = log_on("csm")

    def needed() -> int:
        with statements() as sent:
            assert browser.get("/success?tile=total").status_code == 200
        return len(sent)

    shelf = Shelf()
    for _ in range(2):
        shelf.link(engagement(csm), shelf.contract(value=10))
    browser.get("/success?tile=total")
    before = needed()
    for _ in range(18):
        shelf.link(engagement(csm), shelf.contract(value=10))
    assert needed() == before


def test_another_domains_engagement_is_not_there(log_on: LogOnAs, csm: Actor) -> None:
    browser = log_on("csm")
    assert browser.get(f"/success/engagements/{'0' * 32}").status_code == 404
    assert log_on("genixify.admin").get("/success").status_code in (302, 303)


def test_the_portfolio_speaks_french(log_on: LogOnAs, csm: Actor) -> None:
    one = engagement(csm)
    browser = log_on("csm")
    browser.send("/preferences", {"language": "fr"})
    text = browser.get("/success").text
    assert "Vue d’ensemble du portefeuille" in text
    assert "Renouvellements à 90 jours" in text
    assert "Prochains points de contact" in browser.get(f"/success/engagements/{one.sys_id}").text
