"""The pages of reports: built, shown with their picture and its table, kept, shared and exported."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import Role, User
from ale.domains.reports.records import Report
from ale.domains.reports.supplied import supply_reports
from ale.domains.success.actions import SuccessTask
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.web.reports import Question
from tests.conftest import Browser, statements
from tests.factories import SYSTEM, make
from tests.pages import Page, sent
from tests.reports import figures, kept, opened, zoes
from tests.success import Shelf, problems

ActorOf = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]


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


def test_a_question_is_built_shown_and_kept(log_on: LogOnAs, actor: ActorOf) -> None:
    zoes()
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


def test_words_of_an_address_that_make_no_sense_do_no_harm(log_on: LogOnAs) -> None:
    browser, table = log_on("csm"), "/reports/build?table_name=customer_contact"
    for words in ("group_by=sys_created_on&interval=zzz&aggregation=zzz&chart=zzz", "group_by=zzz", "filter=zzz"):
        assert browser.get(f"{table}&{words}").status_code == 200
        assert browser.get(f"{table.replace('build', 'file')}&{words}").status_code in (200, 404)
    assert browser.get("/reports/build?table_name=zzz").status_code == 200
    assert browser.get("/reports/file?table_name=zzz").status_code == 404


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


def test_a_page_needs_as_many_statements_for_many_groups_as_for_few(log_on: LogOnAs) -> None:
    zoes()
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
