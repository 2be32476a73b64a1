"""The page of an engagement: people, overview and blueprint, the timeline as picture and table, the hierarchy."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from ale.domains.accounts.records import Contact
from ale.domains.onboarding.teams import CustomerTeamMember
from ale.domains.people.records import User
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.clock import now, today
from ale.foundation.db import session
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, make
from tests.pages import Page
from tests.success import Shelf

LogOnAs = Callable[[str], Browser]


@pytest.fixture
def csm(actor: Callable[[str], Actor]) -> Actor:
    """The success manager."""
    return actor("csm")


def engagement(csm: Actor, **given: Any) -> Engagement:
    """An engagement of Alderis that the success manager leads."""
    return Shelf().engagement(**({"customer_success_manager": csm.id} | given))


def test_the_page_of_an_engagement_shows_people_overview_and_blueprint(log_on: LogOnAs, csm: Actor) -> None:
    shelf = Shelf()
    one = engagement(csm, renewal_date=today() + timedelta(days=40))
    lea = make(Contact, account=one.account, first_name="Lea", last_name="Martin")
    make(CustomerTeamMember, onboarding_case=one.initial_onboarding, contact=lea.sys_id)
    save(one, {"key_customer_contact": lea.sys_id}, by=SYSTEM)
    shelf.touchpoint(one, subject="Coming", meeting_date=now() + timedelta(days=3))
    shelf.touchpoint(one, subject="Long past", meeting_date=now() - timedelta(days=3))
    goal = shelf.objective(one, title="Cut handling time")
    browser = log_on("csm")
    page = Page(browser.get(f"/success/engagements/{one.sys_id}").text)
    text = page.root.text
    assert "Success initiatives: 40 days left until renewal" in text
    assert "Lea Martin" in text
    assert "Cut handling time" not in text
    coming = next(iter(page.find("div", aria_label="Upcoming touchpoints")))
    assert ("Coming" in coming.text, "Long past" in coming.text) == (True, False)
    goals = Page(browser.get(f"/success/engagements/{one.sys_id}?tab=blueprint").text)
    ways = [one.attrs["href"] for one in goals.find("a") if one.text == "Cut handling time"]
    assert ways == [f"/success/objectives/{goal.sys_id}"]


def test_C231_upcoming_is_what_meets_or_is_due_from_today_on_the_nearest_first(
    log_on: LogOnAs, csm: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, one, noon = Shelf(), engagement(csm), datetime.combine(today(), time(12))
    monkeypatch.setattr("ale.blueprints.shown.engagement.now", lambda: noon)
    save(session.get_one(User, csm.id), {"time_zone": "Asia/Tokyo"}, by=SYSTEM)  # whose day began at 15:00 UTC
    dates: dict[str, tuple[int | None, int | None]] = {
        "Met, still due": (-90, 50), "Meets later": (30, None), "Due before it meets": (80, 10),
        "This morning": (-20, None), "Late last night": (-22, -30), "Past": (-40, None),
    }  # fmt: skip
    for subject, hours in dates.items():
        meets, due = (None if ahead is None else noon + timedelta(hours=ahead) for ahead in hours)
        shelf.touchpoint(one, subject=subject, meeting_date=meets, due_date=due)
    page = Page(log_on("csm").get(f"/success/engagements/{one.sys_id}").text)
    upcoming = next(iter(page.find("div", aria_label="Upcoming touchpoints")))
    told = [cell.text for cell in upcoming.find("td") if cell.text in dates]
    assert told == ["This morning", "Due before it meets", "Meets later", "Met, still due"]


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
