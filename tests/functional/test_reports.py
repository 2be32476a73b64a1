"""Reports: questions about any table, answered for each reader by the reader's rights."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import User
from ale.domains.people.service import grant
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.problem import Forbidden
from ale.web.reports import Answer, Question
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.reports import figures, kept, opened, zoes
from tests.success import Shelf, problems

ActorOf = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]


def told(by: Actor, table: str, **asked: str) -> dict[str, Any]:
    """The groups of an answer: their figures by what they are called."""
    answer = Answer(Question(table, **asked), by)
    return {one.text: one.figure if answer.is_measured else one.count for one in answer.groups}


@pytest.fixture(autouse=True)
def _reading(app: Flask) -> Iterator[None]:
    """Labels and addresses of an answer are those of a request."""
    with app.test_request_context():
        yield


def test_C328_accounts_by_health_status_with_their_average_score(actor: ActorOf) -> None:
    for name, score, status in (("A1", 80, "healthy"), ("A2", 90, "healthy"), ("A3", 11, "at_risk")):
        create(Account, {"name": name, "health_score": score, "health_status": status}, by=SYSTEM)
    asked = {"group_by": "health_status", "aggregation": "avg", "measured": "health_score"}
    found = told(actor("csm"), "customer_account", filter="nameINA1,A2,A3", **asked)
    assert found == {"Healthy": 85, "At risk": 11}
    summed = told(actor("csm"), "customer_account", filter="nameINA1,A2,A3", **asked | {"aggregation": "sum"})
    assert summed == {"Healthy": 170, "At risk": 11}


def test_groups_follow_references_and_the_greatest_comes_first(actor: ActorOf) -> None:
    zoes()
    found = told(actor("csm"), "customer_contact", group_by="account.name", filter="first_name=Zoe")
    assert list(found.items()) == [("Genixify", 2), ("Boxeo", 1)]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("month", {"Nov 2025": 1, "Dec 2025": 1, "Jan 2026": 0, "Feb 2026": 1, "(empty)": 1}),
        ("quarter", {"Q4 2025": 2, "Q1 2026": 1, "(empty)": 1}),
        ("year", {"2025": 2, "2026": 1, "(empty)": 1}),
    ],
)
def test_days_are_grouped_into_periods_in_the_order_of_the_calendar(
    actor: ActorOf, interval: str, expected: dict[str, int]
) -> None:
    case = session.scalars(select(OnboardingCase)).first()
    assert case is not None
    for day in ("2025-11-30", "2025-12-01", "2026-02-15", None):
        make(OnboardingCase, account=case.account, go_live_date=day, short_description="Periods")
    asked = {"filter": "short_description=Periods", "group_by": "go_live_date", "interval": interval}
    found = told(actor("agent"), "sn_acct_lc_onb_case", **asked)
    assert list(found.items()) == list(expected.items())


def test_every_group_leads_to_exactly_its_rows(log_on: LogOnAs, actor: ActorOf, by: Actor) -> None:
    shelf, engagement = Shelf(), Shelf().engagement()
    case = shelf.case(engagement)
    people = [make(SquadMember, user=make(User, name=name).sys_id) for name in ("Ada", "Ben")]
    for squad in (people, people[:1], []):
        shelf.task(case, squad=[one.sys_id for one in squad], due_date=now() - timedelta(days=40))
    browser = log_on("csm")
    for group_by in ("squad", "due_date", "state", "active", "account.tier", "assigned_to"):
        answer = Answer(Question("sn_acct_lc_success_task", f"parent={case.sys_id}", group_by), actor("csm"))
        groups = answer.groups
        assert groups
        for one in groups:
            rows = list(csv.reader(io.StringIO(browser.get(str(one.href).replace("?", "/export?format=csv&")).text)))
            assert len(rows) - 1 == one.count, (group_by, one)


def test_a_record_counts_in_each_group_that_its_list_names_and_once_in_the_total(actor: ActorOf) -> None:
    shelf = Shelf()
    case = shelf.case(shelf.engagement())
    ada, ben = (make(SquadMember, user=make(User, name=name).sys_id) for name in ("Ada", "Ben"))
    shelf.task(case, squad=[ada.sys_id, ben.sys_id])
    shelf.task(case, squad=[ada.sys_id])
    shelf.task(case)
    answer = Answer(Question("sn_acct_lc_success_task", f"parent={case.sys_id}", "squad"), actor("csm"))
    assert {one.text: one.count for one in answer.groups} == {"Ada": 2, "Ben": 1, "(empty)": 1}
    assert answer.total.count == 3


def test_days_between_two_dates_are_averaged(actor: ActorOf) -> None:
    first, second = (make(OnboardingCase, short_description="Spans") for _ in range(2))
    for case, days in ((first, 10), (second, 21)):
        case.opened_at, case.closed_at = now() - timedelta(days=days), now()
    session.flush()
    asked = {"aggregation": "avg", "measured": "closed_at", "since": "opened_at"}
    answer = Answer(Question("sn_acct_lc_onb_case", "short_description=Spans", **asked), actor("agent"))
    assert (answer.total.count, answer.total.figure) == (2, pytest.approx(15.5))


def test_two_readers_see_the_totals_of_what_each_may_read(log_on: LogOnAs, actor: ActorOf) -> None:
    report = kept(group_by="account.name")
    own = make(User, user_name="inside", sys_domain="TOP/Genixify")
    session.execute(User.__table__.update().where(User.sys_id == own.sys_id).values(sys_domain="TOP/Genixify"))  # type: ignore[attr-defined]
    session.expire(own)
    grant(own, "sn_acct_lc.ale_success_viewer", SYSTEM)
    outside, inside = (figures(opened(log_on(name), report)) for name in ("viewer", "inside"))
    assert set(outside) == {"Boxeo", "Genixify", "Total"}
    assert set(inside) == {"Genixify", "Total"}
    assert inside["Total"] == outside["Genixify"]


def test_a_report_about_a_closed_field_tells_nothing_instead_of_something_else(log_on: LogOnAs) -> None:
    by_day = {"table_name": "sn_acct_lc_onb_case", "group_by": "go_live_date", "interval": "month"}
    measured = by_day | {"group_by": "state", "interval": None, "aggregation": "avg", "measured": "go_live_date",
                         "since": "opened_at"}  # fmt: skip
    filtered = by_day | {"group_by": "state", "interval": None, "filter": "go_live_dateISNOTEMPTY"}
    for words in (by_day, measured, filtered):
        report = kept(**words)
        assert figures(opened(log_on("agent"), report))
        page = opened(log_on("viewer"), report)
        assert figures(page) == {}
        assert "These figures are not open to you" in page.text
        address = urlencode(Question.of(report).arguments)
        assert log_on("viewer").get(f"/reports/file?format=csv&{address}").status_code == 404


def test_only_its_maker_and_administrators_change_a_report(actor: ActorOf) -> None:
    report = kept(actor("agent"))
    for change in (lambda by: save(report, {"name": "Mine now"}, by=by), lambda by: remove(report, by=by)):
        with pytest.raises(Forbidden):
            change(actor("csm"))
    save(report, {"name": "Better"}, by=actor("admin"))
    assert report.name == "Better"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"table_name": "nope"}, ("UNKNOWN_TABLE", "table_name")),
        ({"group_by": "nope"}, ("UNKNOWN_FIELD", "group_by")),
        ({"group_by": "account.nope"}, ("UNKNOWN_FIELD", "group_by")),
        ({"filter": "nope=1"}, ("UNKNOWN_FIELD", "filter")),
        ({"filter": "of course"}, ("INVALID_FILTER", "filter")),
        ({"columns": "email,nope"}, ("UNKNOWN_FIELD", "columns")),
        ({"interval": "month"}, ("NO_PERIODS", "interval")),
        ({"aggregation": "sum"}, ("NO_FIGURE", "measured")),
        ({"aggregation": "avg", "measured": "email"}, ("NO_FIGURE", "measured")),
        ({"aggregation": "avg", "measured": "sys_updated_on"}, ("NO_SPAN", "since")),
        ({"group_by": ""}, ("NO_GROUP", "group_by")),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_field(words: dict[str, str], problem: tuple[str, str]) -> None:
    assert problems(kept, **words) == [problem]
