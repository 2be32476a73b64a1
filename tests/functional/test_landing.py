"""The onboarding landing page: what each card counts, the list behind it, its trend, and what needs somebody today."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from ale.domains.accounts.records import Account
from ale.domains.landing.queries import CARDS, TREND_DAYS, cards_for, count_of, needs_today, rows_of, trends
from ale.domains.landing.records import Snapshot
from ale.domains.landing.service import store_snapshots
from ale.domains.landing.supplied import NAME
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.service import FLOW
from ale.domains.people.records import User
from ale.domains.people.roles import closure
from ale.domains.people.service import grant
from ale.domains.signals.records import RiskSignal
from ale.domains.system.records import Property, ScheduledJob
from ale.domains.system.service import due_jobs, run
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import save
from ale.foundation.clock import now, today
from ale.foundation.db import enter_domain, session
from ale.foundation.query import apply
from ale.foundation.reading import visible
from tests.conftest import Browser
from tests.factories import SYSTEM, make, user
from tests.pages import Visit

LogOnAs = Callable[[str], Browser]
CARD = {card.key: card for card in CARDS}
CLOSED = {"state": "closed", "resolution_code": "successful_no_issues", "close_notes": "Live."}


@pytest.fixture
def me(app: object) -> Actor:
    """An agent in a domain where nothing has happened yet; no case begins by itself."""
    for name, value in ((FLOW, "false"), ("csm_auto_account_domain_generation", "true")):
        save(session.scalars(select(Property).where(Property.name == name)).one(), {"value": value}, by=SYSTEM)
    account = make(Account, name="Alderis")
    assert account.sys_domain == "TOP/Alderis"
    enter_domain("TOP/Alderis")
    somebody = make(User, Actor.system("TOP/Alderis"), name="Ana Sol", user_name="ana")
    grant(somebody, "sn_acct_lc.agent", SYSTEM)
    assert somebody.sys_domain == "TOP/Alderis"
    return Actor(somebody.sys_id, somebody.name, somebody.sys_domain, closure(["sn_acct_lc.agent"]))


@pytest.fixture
def colleague(me: Actor) -> str:
    return make(User, Actor.system(me.domain)).sys_id


def case(**values: Any) -> OnboardingCase:
    account = session.scalars(select(Account).where(Account.name == "Alderis")).one()
    return make(OnboardingCase, account=account.sys_id, **values)


def task(parent: OnboardingCase, **values: Any) -> CaseTask:
    return make(CaseTask, parent=parent.sys_id, account=parent.account, **values)


def signal(parent: OnboardingCase, **values: Any) -> RiskSignal:
    given = {"onboarding_case": parent.sys_id, "account": parent.account, "scope": "onboarding"}
    return make(RiskSignal, **(given | values))


def aged(record: OnboardingCase, hours: float) -> OnboardingCase:
    """The record as if it had last been touched so many hours ago."""
    record.sys_updated_on = now() - timedelta(hours=hours)
    session.flush()
    return record


def figure(key: str, by: Actor) -> int:
    """What a card shows; its list, and the encoded query behind it, hold exactly as many."""
    card = CARD[key]
    listed = {one.sys_id for one in session.scalars(rows_of(card, by))}
    asked = session.scalars(apply(visible(card.record_type, by), card.record_type, card.query(by), by)).all()
    assert {one.sys_id for one in asked} == listed
    assert count_of(card, by) == len(listed)
    return len(listed)


def test_LND_01_E1_my_cases_that_are_not_over(me: Actor, colleague: str) -> None:
    case(assigned_to=me.id)
    case(assigned_to=me.id, **CLOSED)
    for _ in range(3):
        case(assigned_to=colleague)
    assert figure("my_active_cases", me) == 1


def test_LND_01_E2_the_list_holds_exactly_that_case(log_on: LogOnAs) -> None:
    page = Visit(log_on("agent")).open("/?card=my_active_cases")
    headings = [one.text for one in page["rows"].find("th")]
    assert headings[:8] == [
        "Number", "Account", "Parent", "Short description", "Priority", "State", "Stage", "Go live date",
    ]  # fmt: skip
    mine = session.scalars(
        select(OnboardingCase.number).where(OnboardingCase.assigned_to == user("agent"), OnboardingCase.active)
    ).all()
    (body,) = page["rows"].find("tbody")
    assert len(list(body.find("tr"))) == len(mine) > 0
    assert all(number in body.text for number in mine)


def test_LND_02_E1_cases_not_touched_for_more_than_three_days(me: Actor, colleague: str) -> None:
    aged(case(assigned_to=colleague), 73)
    aged(case(assigned_to=me.id), 71)
    aged(case(**CLOSED), 200)
    assert figure("stale_cases", me) == 1


def test_LND_02_E2_a_comment_wakes_a_case_up(me: Actor) -> None:
    stale = aged(case(), 73)
    assert figure("stale_cases", me) == 1
    save(stale, {"comments": "Still with us?"}, by=me)
    assert figure("stale_cases", me) == 0


def test_LND_03_E1_open_tasks_of_open_cases(me: Actor) -> None:
    active, canceled = case(state="active"), case(state="canceled", close_notes="They left.")
    for state in ("open", "in_progress", "awaiting_customer", "closed"):
        task(active, state=state)
    for _ in range(2):
        task(canceled)
    assert figure("active_tasks", me) == 3


def test_LND_03_E2_a_canceled_task_counts_no_more(me: Actor) -> None:
    active = case(state="active")
    first = task(active)
    for _ in range(2):
        task(active)
    save(first, {"state": "canceled"}, by=me)
    assert figure("active_tasks", me) == 2


def test_LND_04_E1_tasks_that_are_late(me: Actor) -> None:
    active = case()
    for due in (now() - timedelta(days=1), now() + timedelta(days=1), None):
        task(active, due_date=due)
    assert figure("overdue_tasks", me) == 1


def test_LND_04_E2_a_closed_task_is_late_no_more(me: Actor) -> None:
    late = task(case(), due_date=now() - timedelta(days=1))
    save(late, {"state": "closed"}, by=me)
    assert figure("overdue_tasks", me) == 0


def test_LND_05_E1_signals_of_open_cases(me: Actor) -> None:
    new, over = case(), case(**CLOSED)
    signal(new, state="active")
    signal(new, state="closed", closure_code="achieved", close_notes="Over.")
    signal(over, state="active")
    assert figure("active_risks", me) == 1


def test_LND_05_E2_that_signal_only(log_on: LogOnAs) -> None:
    page = Visit(log_on("agent")).open("/?card=active_risks")
    (body,) = page["rows"].find("tbody")
    assert len(list(body.find("tr"))) == 2
    assert "Location data comes late" in body.text
    assert "Key developer on leave" in body.text


def test_LND_06_E1_three_months_as_a_line_with_its_numbers(log_on: LogOnAs) -> None:
    page = Visit(log_on("agent")).open("/")
    assert len(page.find("polyline")) == 5
    for one in page.find("article"):
        (line,) = one.find("polyline")
        (table,) = one.find("tbody")
        assert len(line.attrs["points"].split()) == len(list(table.find("tr"))) == TREND_DAYS - 1
    assert "Updated at" in page.text


def test_LND_06_E2_one_value_a_day_and_the_later_one(me: Actor) -> None:
    def stored() -> list[tuple[str, int]]:
        rows = select(Snapshot.user, Snapshot.value).where(Snapshot.metric == "my_active_cases", Snapshot.user == me.id)
        return [tuple(row) for row in session.execute(rows)]

    mine = case(assigned_to=me.id)
    enter_domain(ROOT_DOMAIN)
    store_snapshots(Actor.system())
    assert stored() == [(me.id, 1)]
    mine = session.get_one(OnboardingCase, mine.sys_id)
    save(mine, {"state": "canceled", "close_notes": "They left."}, by=SYSTEM)
    store_snapshots(Actor.system())
    assert stored() == [(me.id, 0)]


def test_LND_06_each_domain_has_its_own_figures(me: Actor) -> None:
    aged(case(), 100)
    enter_domain(ROOT_DOMAIN)
    everywhere = session.scalar(
        select(func.count()).where(OnboardingCase.active, OnboardingCase.sys_updated_on < now() - timedelta(hours=72))
    )
    store_snapshots(Actor.system())
    found = select(Snapshot.sys_domain, Snapshot.value).where(Snapshot.metric == "stale_cases", Snapshot.day == today())
    assert dict(session.execute(found).all()) == {"TOP": everywhere, "TOP/Alderis": 1}
    assert (everywhere or 0) > 1


def test_LND_06_a_trend_shows_the_own_figures_only(me: Actor, colleague: str) -> None:
    for who, value in ((me.id, 7), (colleague, 9)):
        session.add(Snapshot(metric="my_active_cases", user=who, day=today(), value=value, sys_domain="TOP/Alderis"))
    session.flush()
    series = trends(me)
    assert [value for _, value in series["my_active_cases"]] == [7]
    assert series["stale_cases"] == []


def test_LND_06_what_is_older_than_three_months_is_not_drawn(me: Actor) -> None:
    for back in (TREND_DAYS + 1, TREND_DAYS - 1, 0):
        day = today() - timedelta(days=back)
        session.add(Snapshot(metric="stale_cases", user="", day=day, value=back, sys_domain="TOP/Alderis"))
    session.flush()
    assert [value for _, value in trends(me)["stale_cases"]] == [TREND_DAYS - 1, 0]


def test_LND_06_the_job_is_delivered_and_runs_once_a_day(app: object) -> None:
    job = session.scalars(select(ScheduledJob).where(ScheduledJob.name == NAME.en)).one()
    assert job.active
    evening = datetime(2025, 3, 10, 23, 30, tzinfo=UTC)
    with time_machine.travel(evening + timedelta(seconds=5), tick=False):
        assert job in due_jobs(now())
        assert run(job, Actor.system()).endswith("figures")
        session.refresh(job)
        assert job.last_run == now()
        assert job.next_run == datetime(2025, 3, 11, 23, 30)  # noqa: DTZ001 -- stored without zone
        assert job not in due_jobs(now())
    with time_machine.travel(evening + timedelta(days=1)):
        assert job in due_jobs(now())


def test_what_needs_me_today_comes_once_and_the_latest_first(me: Actor, colleague: str) -> None:
    first = case(assigned_to=me.id, go_live_date=today() + timedelta(days=3))
    aged(first, 100)
    case(assigned_to=me.id, go_live_date=today() + timedelta(days=40))
    case(assigned_to=colleague, go_live_date=today())
    late = task(case(), assigned_to=me.id, due_date=now() - timedelta(days=9))
    task(case(), assigned_to=colleague, due_date=now() - timedelta(days=9))
    found = [(one.reason, one.record.sys_id, one.days) for one in needs_today(me)]
    assert found == [("overdue", late.sys_id, -9), ("go_live", first.sys_id, 3)]


def test_somebody_without_roles_for_it_sees_no_figures(app: object) -> None:
    nobody = Actor("x", "Nobody", ROOT_DOMAIN, frozenset())
    assert cards_for(nobody) == []


def test_the_page_of_somebody_who_may_read_nothing_says_so(log_on: LogOnAs) -> None:
    make(User, user_name="guest", name="Guest")
    page = Visit(log_on("guest")).open("/")
    assert "Nothing to show" in page.text


def test_the_first_card_is_chosen_and_unknown_ones_are_ignored(log_on: LogOnAs) -> None:
    visit = Visit(log_on("agent"))
    for address in ("/", "/?card=nonsense"):
        assert visit.open(address)["rows"].attrs["aria-label"] == "My active onboarding cases"


def test_each_card_leads_to_its_list_and_the_whole_list(log_on: LogOnAs) -> None:
    visit = Visit(log_on("agent"))
    for card in CARDS:
        visit.open("/")
        page = visit.follow(card.label.en)
        assert page["rows"].attrs["aria-label"] == card.label.en
        shown = [one.text for one in next(page["rows"].find("tbody")).find("tr")]
        page = visit.follow("Open as list", within="rows")
        listed = page["rows"].text  # risk signals have their matrix above
        assert all(number in listed for number in (one.split()[0] for one in shown))


def test_needs_me_today_leads_on(log_on: LogOnAs) -> None:
    visit = Visit(log_on("agent"))
    page = visit.open("/")
    needs = [one for one in page.find("ul") if one.attrs.get("class") == "needs"]
    assert len(needs) == 1
    link = next(needs[0].find("a"))
    assert visit.open(link.attrs["href"]).title


def test_the_landing_page_in_french(log_on: LogOnAs) -> None:
    visit = Visit(log_on("agent"))
    visit.open("/")
    page = visit.press("FR Français")
    assert "Mes dossiers d’intégration actifs" in page.text
    assert "Date de mise en service" in page["rows"].text
