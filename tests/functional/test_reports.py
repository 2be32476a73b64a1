"""Reports: questions about any table, answered for each reader by the reader's rights, drawn, kept and exported."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import Role, User
from ale.domains.people.service import grant
from ale.domains.reports.records import Report
from ale.domains.reports.supplied import supply_reports
from ale.domains.success.actions import SuccessTask
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.problem import Forbidden
from ale.web.reports import Answer, Question
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, account, make
from tests.pages import Page, sent
from tests.success import Shelf, problems

ActorOf = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]


def kept(by: Actor = SYSTEM, **given: Any) -> Report:
    """A report about the contacts."""
    words = {"name": "Contacts by account", "table_name": "customer_contact", "group_by": "account", "chart": "bar"}
    return create(Report, words | {"audience": "everybody"} | given, by=by)


def told(by: Actor, table: str, **asked: str) -> dict[str, Any]:
    """The groups of an answer: their figures by what they are called."""
    answer = Answer(Question(table, **asked), by)
    return {one.text: one.figure if answer.is_measured else one.count for one in answer.groups}


def opened(browser: Browser, report: Report) -> Page:
    """The page of a report."""
    return Page(browser.get(f"/reports/{report.sys_id}/run").text)


def figures(page: Page) -> dict[str, list[str]]:
    """The table twin: what each line tells, by its heading."""
    lines = [one for one in page.find("tr") if any(one.find("th", scope="row"))]
    return {next(one.find("th")).text: [cell.text for cell in one.find("td")] for one in lines}


@pytest.fixture(autouse=True)
def _reading(app: Flask) -> Iterator[None]:
    """Labels and addresses of an answer are those of a request."""
    with app.test_request_context():
        yield


@pytest.fixture
def open_to_language(app: Flask) -> None:
    """Contacts of two languages in both accounts."""
    for name, language in (("Genixify", "fr"), ("Genixify", "fr"), ("Boxeo", "de")):
        make(Contact, account=account(name).sys_id, language=language, first_name="Zoe")


def test_C328_accounts_by_health_status_with_their_average_score(actor: ActorOf) -> None:
    for name, score, status in (("A1", 80, "healthy"), ("A2", 90, "healthy"), ("A3", 11, "at_risk")):
        create(Account, {"name": name, "health_score": score, "health_status": status}, by=SYSTEM)
    asked = {"group_by": "health_status", "aggregation": "avg", "measured": "health_score"}
    found = told(actor("csm"), "customer_account", filter="nameINA1,A2,A3", **asked)
    assert found == {"Healthy": 85, "At risk": 11}
    summed = told(actor("csm"), "customer_account", filter="nameINA1,A2,A3", **asked | {"aggregation": "sum"})
    assert summed == {"Healthy": 170, "At risk": 11}


@pytest.mark.usefixtures("open_to_language")
def test_groups_follow_references_and_the_greatest_comes_first(actor: ActorOf) -> None:
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


def test_who_may_not_make_figures_of_a_table_finds_no_report_about_it(log_on: LogOnAs, actor: ActorOf) -> None:
    report = kept(table_name="sys_user", group_by="active")
    assert log_on("admin").get(f"/reports/{report.sys_id}/run").status_code == 200
    browser = log_on("agent")
    assert browser.get(f"/reports/{report.sys_id}/run").status_code == 404
    assert browser.get("/reports/build?table_name=sys_user&group_by=active").status_code == 403
    assert browser.get("/reports/file?table_name=sys_user&group_by=active").status_code == 403
    offered = [one.attrs["value"] for one in Page(browser.get("/reports/build").text)["q-table_name"].find("option")]
    assert "customer_contact" in offered
    assert "sys_user" not in offered
    assert "/reports/build" not in browser.get("/users").text
    assert "/reports/build?table_name=customer_contact" in browser.get("/contacts").text


def test_reports_are_found_by_those_they_are_for(actor: ActorOf, log_on: LogOnAs) -> None:
    agents = session.scalars(select(Role.sys_id).where(Role.name == "sn_acct_lc.agent")).one()
    mine = kept(actor("agent"), name="Mine", audience="mine")
    ours = kept(actor("agent"), name="Ours", audience="role", shared_roles=[agents])
    everybodys = kept(actor("agent"), name="Everybody’s")
    expected = {"agent": (mine, ours, everybodys), "analyst": (ours, everybodys), "viewer": (everybodys,)}
    for who, found in expected.items():
        browser = log_on(who)
        assert [browser.get(f"/reports/{one.sys_id}/run").status_code for one in (mine, ours, everybodys)] == [
            200 if one in found else 404 for one in (mine, ours, everybodys)
        ]
    assert problems(kept, actor("agent"), audience="role") == [("REQUIRED_FIELD", "shared_roles")]


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


@pytest.mark.usefixtures("open_to_language")
def test_a_question_is_built_shown_and_kept(log_on: LogOnAs, actor: ActorOf) -> None:
    browser = log_on("csm")
    page = Page(browser.get("/reports/build?table_name=customer_contact").text)
    form = sent(page["question"]) | {"group_by": ["account"], "by-language": ["fr"], "chart": ["bar"]}
    address = browser.get("/reports/build", query_string=form).location
    asked = "filter=language%3Dfr&group_by=account&aggregation=count&chart=bar"
    assert address == f"/reports/build?table_name=customer_contact&{asked}"
    page = Page(browser.get(address).text)
    assert [one.text for one in page.find("a", **{"class": "chip"})] == ["Language: French"]
    assert page.find("ul", **{"class": "bars"})
    save_form = sent(page["keep"]) | {"name": ["French contacts"]}
    answer = browser.post("/reports/build", data=save_form)
    report = session.scalars(select(Report).where(Report.name == "French contacts")).one()
    assert answer.location == f"/reports/{report.sys_id}/run"
    assert (report.filter, report.group_by, report.audience) == ("language=fr", "account", "mine")
    change = Page(browser.get(f"{address}&report={report.sys_id}").text)
    assert browser.post("/reports/build", data=sent(change["keep"]) | {"name": ["French"]}).status_code == 303
    assert report.name == "French"


def test_another_table_begins_another_question(log_on: LogOnAs) -> None:
    browser = log_on("csm")
    page = Page(browser.get("/reports/build?table_name=customer_contact&group_by=account&filter=language=fr").text)
    form = sent(page["question"]) | {"table_name": ["customer_account"]}
    assert browser.get("/reports/build", query_string=form).location == (
        "/reports/build?table_name=customer_account&aggregation=count&chart=list"
    )


def test_a_report_without_a_name_is_not_kept_and_says_so(log_on: LogOnAs) -> None:
    browser = log_on("csm")
    page = Page(browser.get("/reports/build?table_name=customer_contact&group_by=account").text)
    answer = browser.post("/reports/build", data=sent(page["keep"]))
    assert answer.status_code == 422
    assert "Name" in Page(answer.text)["error-summary"].text


def test_figures_are_exported_without_a_formula(log_on: LogOnAs) -> None:
    trap = create(Account, {"name": "=1+1", "health_score": 7}, by=SYSTEM)
    asked = {"table_name": "customer_account", "group_by": "name", "filter": f"sys_id={trap.sys_id}",
             "aggregation": "avg", "measured": "health_score"}  # fmt: skip
    browser = log_on("csm")
    address = f"/reports/file?{urlencode(asked)}"
    text = browser.get(f"{address}&format=csv").get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [["'=1+1", "1", "7"], ["Total", "1", "7"]]
    sheet = load_workbook(io.BytesIO(browser.get(f"{address}&format=xlsx").data)).active
    assert [cell.value for cell in sheet[2]] == ["=1+1", 1, 7]
    assert sheet["A2"].data_type == "s"


def test_a_list_without_groups_shows_and_exports_its_rows(log_on: LogOnAs) -> None:
    report = kept(group_by=None, chart="list", columns="email,phone", filter="account.name=Genixify")
    browser = log_on("csm")
    page = opened(browser, report)
    assert [one.text for one in page.find("th", scope="col")] == ["Email", "Phone"]
    address = urlencode(Question.of(report).arguments)
    rows = list(
        csv.reader(io.StringIO(browser.get(f"/reports/file?format=csv&{address}").get_data().decode("utf-8-sig")))
    )
    assert rows[0] == ["Email", "Phone"]
    assert len(rows) > 1


@pytest.mark.parametrize(("chart", "drawn"), [("bar", "ul"), ("line", "svg"), ("pie", "div"), ("single", "p")])
def test_every_picture_has_its_table(log_on: LogOnAs, chart: str, drawn: str) -> None:
    page = opened(log_on("csm"), kept(chart=chart))
    names = {"bar": "bars", "line": "line", "pie": "pie", "single": "single num"}
    assert page.find(drawn, **{"class": names[chart]})
    assert {"Genixify", "Boxeo", "Total"} <= set(figures(page))


@pytest.mark.usefixtures("open_to_language")
def test_a_page_needs_as_many_statements_for_many_groups_as_for_few(log_on: LogOnAs) -> None:
    address, browser = f"/reports/{kept(group_by='account').sys_id}/run", log_on("csm")

    def needed() -> int:
        browser.get(address)  # which writes what the test has made
        with statements() as sent_:
            assert browser.get(address).status_code == 200
        return len(sent_)

    before = needed()
    for number in range(30):
        make(Contact, account=create(Account, {"name": f"Further {number}"}, by=SYSTEM).sys_id)
    assert needed() == before


def test_the_supplied_reports_are_there_once_and_open_in_both_languages(log_on: LogOnAs) -> None:
    supply_reports(SYSTEM)
    reports = session.scalars(select(Report)).all()
    assert sorted(one.name for one in reports) == [
        "Accounts by health status", "Onboarding duration", "Outcomes reached by quarter", "Overdue work by squad",
        "Portfolio health",
    ]  # fmt: skip
    browser = log_on("csm")
    for language, name in (("en", "name"), ("fr", "name_fr")):
        browser.send("/preferences", {"language": language})
        for report in reports:
            assert opened(browser, report).title == getattr(report, name)


def test_overdue_work_counts_for_each_member_of_its_squad(log_on: LogOnAs) -> None:
    shelf = Shelf()
    case = shelf.case(shelf.engagement())
    ada = make(SquadMember, user=make(User, name="Ada").sys_id)
    late: dict[str, Any] = {"squad": [ada.sys_id], "due_date": now() - timedelta(days=1)}
    shelf.task(case, **late)
    shelf.task(case, **late | {"due_date": now() + timedelta(days=1)})
    closed = shelf.task(case, **late)
    save(closed, {"state": "closed", "closure_code": "achieved", "close_notes": "Done"}, by=SYSTEM)
    assert session.get_one(SuccessTask, closed.sys_id).active is False
    report = session.scalars(select(Report).where(Report.name == "Overdue work by squad")).one()
    assert figures(opened(log_on("csm"), report))["Ada"] == ["1"]


def test_outcomes_reached_count_in_their_quarter(log_on: LogOnAs, actor: ActorOf) -> None:
    shelf = Shelf()
    outcome = shelf.outcome(shelf.objective(shelf.engagement()))
    report = session.scalars(select(Report).where(Report.name == "Outcomes reached by quarter")).one()
    assert "Total" in (before := figures(opened(log_on("csm"), report)))
    save(outcome, {"state": "closed", "closure_code": "achieved", "close_notes": "Measured"}, by=SYSTEM)
    after = figures(opened(log_on("csm"), report))
    assert int(after["Total"][0]) == int(before["Total"][0]) + 1


def test_a_customer_has_no_reports(log_on: LogOnAs) -> None:
    report = kept()
    assert log_on("genixify.admin").get(f"/reports/{report.sys_id}/run").location == "/portal"
