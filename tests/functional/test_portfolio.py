"""The success landing page and the page of an engagement: exact figures, tabs that swap, what needs somebody today."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.landing import portfolio
from ale.domains.landing.portfolio import TILES
from ale.domains.onboarding.teams import AccountTeamMember, CustomerTeamMember, SquadMember
from ale.domains.signals.records import RiskSignal
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.clock import now, today
from ale.foundation.db import session
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, make
from tests.pages import Page
from tests.success import Shelf

ActorNamed = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]
TILE = {one.key: one for one in TILES}


@pytest.fixture
def csm(actor: ActorNamed) -> Actor:
    """A success manager without engagements: those of the demo are somebody else's."""
    by = actor("csm")
    for one in session.scalars(select(Engagement)).all():
        save(one, {"customer_success_manager": None, "account_manager": None, "squad": []}, by=SYSTEM)
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
    assert portfolio.contract_values([first.sys_id, second.sys_id]) == {first.sys_id: 25_000, second.sys_id: 10_000}


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


def test_what_needs_somebody_today_leads_to_its_next_action(log_on: LogOnAs, csm: Actor) -> None:
    one = engagement(csm, title="Alderis platform", renewal_date=today() + timedelta(days=10))
    Shelf().touchpoint(one, subject="Call back", assigned_to=csm.id, due_date=now() - timedelta(days=2))
    make(RiskSignal, engagement=one.sys_id, short_description="Sponsor left")
    reasons = [(need.reason, need.days) for need in portfolio.needs_today(csm)]
    assert reasons == [("overdue", -2), ("risk", 0), ("renewal", 10)]
    text = log_on("csm").get("/success").text
    assert "Overdue by 2 days" in text
    assert f"/launch/sn_acct_lc_engagement/{one.sys_id}" in text


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


def test_the_page_of_an_engagement_shows_people_overview_and_blueprint(log_on: LogOnAs, csm: Actor) -> None:
    shelf = Shelf()
    one = engagement(csm, renewal_date=today() + timedelta(days=40))
    lea = make(Contact, account=one.account, first_name="Lea", last_name="Martin")
    make(CustomerTeamMember, onboarding_case=one.initial_onboarding, contact=lea.sys_id)
    save(one, {"key_customer_contact": lea.sys_id}, by=SYSTEM)
    shelf.touchpoint(one, subject="Coming", meeting_date=now() + timedelta(days=3))
    shelf.touchpoint(one, subject="Long past", meeting_date=now() - timedelta(days=3))
    shelf.objective(one, title="Cut handling time")
    browser = log_on("csm")
    page = Page(browser.get(f"/success/engagements/{one.sys_id}").text)
    text = page.root.text
    assert "Success initiatives: 40 days left until renewal" in text
    assert "Lea Martin" in text
    assert "Cut handling time" not in text
    coming = next(iter(page.find("div", aria_label="Upcoming touchpoints")))
    assert ("Coming" in coming.text, "Long past" in coming.text) == (True, False)
    goals = browser.get(f"/success/engagements/{one.sys_id}?tab=blueprint").text
    assert "Cut handling time" in goals


def test_the_timeline_is_in_order_and_tells_changes_of_health(log_on: LogOnAs, csm: Actor) -> None:
    one = engagement(csm, perceived_health="green", renewal_date=today() + timedelta(days=40))
    save(one, {"perceived_health": "red"}, by=SYSTEM)
    Shelf().touchpoint(one, subject="Kick-off", meeting_date=now() - timedelta(days=30))
    page = Page(log_on("csm").get(f"/success/engagements/{one.sys_id}").text)
    told = [[cell.text for cell in line.find("td")] for line in page["timeline"].find("tr")][1:]
    assert [line[2] for line in told] == ["Kick-off", "Green → Red", one.title]
    assert [line[1] for line in told] == ["Touchpoint", "Perceived health", "Renewal"]


def test_the_picture_of_the_timeline_tells_what_its_table_tells(log_on: LogOnAs, csm: Actor) -> None:
    shelf, one = Shelf(), engagement(csm, renewal_date=today() + timedelta(days=40))
    shelf.touchpoint(one, subject="Kick-off", meeting_date=now() - timedelta(days=30))
    shelf.touchpoint(one, subject="Review", due_date=now() + timedelta(days=9))
    outcome = shelf.outcome(shelf.objective(one))
    shelf.initiative(outcome, subject="Portal", due_date=now() + timedelta(days=20))
    contract = shelf.contract(ends=today() - timedelta(days=100), short_description="First year")
    shelf.link(one, contract)
    save(one, {"renewal_date": today() + timedelta(days=40)}, by=SYSTEM)
    page = Page(log_on("csm").get(f"/success/engagements/{one.sys_id}").text)
    marks = page["timeline"].find("circle")
    places = {next(mark.parent.find("title")).text: mark for mark in marks if mark.parent}
    lines = [[cell.text for cell in line.find("td")] for line in page["timeline"].find("tr")][1:]
    assert sorted(places) == sorted(f"{day}: {text}" for day, _kind, text, _state in lines)
    assert {text for _day, _kind, text, _state in lines} == {"Kick-off", "Review", "Portal", contract.number, one.title}
    along = [float(places[f"{day}: {text}"].attrs["cx"].rstrip("%")) for day, _kind, text, _state in lines]
    assert along == sorted(along)
    planned = {mark for mark, found in places.items() if "planned" in found.attrs["class"]}
    assert {mark.split(": ")[1] for mark in planned} == {"Review", "Portal", one.title}


def test_of_many_touchpoints_the_timeline_tells_those_around_today(log_on: LogOnAs, csm: Actor) -> None:
    shelf, one = Shelf(), engagement(csm)
    for days in range(-45, 45):
        shelf.touchpoint(one, subject=f"Day {days}", meeting_date=now() + timedelta(days=days, minutes=5))
    text = Page(log_on("csm").get(f"/success/engagements/{one.sys_id}").text)["timeline"].text
    assert ("Day -40" in text, "Day -41" in text, "Day 39" in text, "Day 40" in text) == (True, False, True, False)


def test_the_hierarchy_of_engagements_is_a_tree_from_its_top(log_on: LogOnAs, csm: Actor) -> None:
    top = engagement(csm, title="Group")
    left, right = (engagement(csm, title=name, parent=top.sys_id) for name in ("Left", "Right"))
    engagement(csm, title="Leaf", parent=left.sys_id)
    browser = log_on("csm")
    page = Page(browser.get(f"/success/engagements/{right.sys_id}").text)
    (tree,) = page.find("ul", **{"class": "tree"})
    assert [one.text for one in tree.find("b", aria_current="page")] == ["Right"]
    assert [one.text for one in tree.find("a")] == ["Group", "Left", "Leaf"]
    (leaf,) = [one for one in tree.find("a") if one.text == "Leaf"]
    assert len([None for ul in tree.find("ul") if leaf in ul.find("a")]) == 2
    alone = engagement(csm)
    assert not Page(browser.get(f"/success/engagements/{alone.sys_id}").text).find("ul", **{"class": "tree"})


def test_an_engagement_needs_as_many_statements_with_two_events_as_with_forty(log_on: LogOnAs, csm: Actor) -> None:
    shelf, one = Shelf(), engagement(csm)
    goal = shelf.objective(one)
    outcome = shelf.outcome(goal)
    addresses = (f"/success/engagements/{one.sys_id}", f"/success/objectives/{goal.sys_id}")
    browser = log_on("csm")

    def grown(times: int) -> list[int]:
        for number in range(times):
            shelf.touchpoint(one, subject=f"Call {number}", meeting_date=now() + timedelta(days=number))
            shelf.initiative(outcome, subject=f"Do {number}", due_date=now() + timedelta(days=number))
            shelf.link(one, shelf.contract(ends=today() + timedelta(days=number + 300)))
            shelf.outcome(goal)
        counts = []
        for address in addresses:
            browser.get(address)  # which writes what the test has made
            with statements() as sent:
                assert browser.get(address).status_code == 200
            counts.append(len(sent))
        return counts

    assert grown(2) == grown(18)


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
