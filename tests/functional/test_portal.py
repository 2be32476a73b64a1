"""The portal: a customer sees the own onboardings and tasks, answers, and never sees work notes or another customer."""

from collections.abc import Callable
from datetime import timedelta
from html import escape
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import SoldProduct
from ale.domains.imports.builder import UiView
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.people.records import User
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.reading import names_of
from tests.conftest import Browser
from tests.factories import make
from tests.pages import Page

LogOn = Callable[[str], Browser]


def _case(account: str) -> OnboardingCase:
    found = (
        select(OnboardingCase).join(Account, OnboardingCase.account == Account.sys_id).where(Account.name == account)
    )
    return session.scalars(found.order_by(OnboardingCase.sys_id.desc()).limit(1)).one()


def _visible_task(account: str) -> CaseTask:
    """An open task of the account, shown to its point of contact."""
    found = select(CaseTask, OnboardingCase).join(OnboardingCase, CaseTask.parent == OnboardingCase.sys_id)
    own = found.join(Account, CaseTask.account == Account.sys_id).where(
        Account.name == account, CaseTask.active.is_(True)
    )
    task, case = session.execute(own.order_by(CaseTask.sys_id).limit(1)).one()
    task.visible_to_customer, task.contact = True, case.contact
    session.commit()
    return task


def test_a_customer_is_led_to_the_own_onboardings(app: Flask, log_on: LogOn) -> None:
    page = log_on("genixify.admin").get("/", follow_redirects=True).text
    assert "Onboarding for Genixify" in page
    assert "Boxeo" not in page


def test_anothers_case_and_task_answer_as_missing_ones(app: Flask, log_on: LogOn) -> None:
    browser = log_on("genixify.admin")
    missing = browser.get(f"/portal/cases/{'0' * 32}")
    other = browser.get(f"/portal/cases/{_case('Boxeo').sys_id}")
    assert (missing.status_code, other.status_code) == (404, 404)
    assert browser.get(f"/portal/tasks/{_visible_task('Boxeo').sys_id}").status_code == 404


def test_work_notes_stay_inside_and_comments_reach_both(app: Flask, log_on: LogOn) -> None:
    case = _case("Genixify")
    save(case, {"work_notes": "canary-inside", "comments": "canary-for-you"}, by=Actor.system())
    session.commit()
    page = log_on("genixify.admin").get(f"/portal/cases/{case.sys_id}").text
    assert "canary-for-you" in page
    assert "canary-inside" not in page


def test_a_customer_answers_and_hands_in_for_review(app: Flask, log_on: LogOn) -> None:
    task = _visible_task("Genixify")
    save(task, {"state": "in_progress"}, by=Actor.system())
    session.commit()
    browser = log_on("genixify.admin")
    sent = {"comments": "Here it is.", "state": "review"}
    assert browser.send(f"/portal/tasks/{task.sys_id}", sent).status_code == 303
    session.expire_all()
    assert task.state.value == "review"
    assert "Here it is." in browser.get(f"/portal/tasks/{task.sys_id}").text


def test_a_customer_cannot_close_a_task(app: Flask, log_on: LogOn) -> None:
    task = _visible_task("Genixify")
    assert log_on("genixify.admin").send(f"/portal/tasks/{task.sys_id}", {"state": "closed"}).status_code == 422
    session.expire_all()
    assert task.state.value == "open"


def test_files_go_both_ways_but_not_across_customers(app: Flask, log_on: LogOn) -> None:
    task = _visible_task("Genixify")
    browser = log_on("genixify.admin")
    address = f"/portal/attachments/sn_ti_core_task/{task.sys_id}"
    assert browser.send(address, {"files": (BytesIO(b"bytes"), "list.csv")}).status_code == 303
    page = browser.get(f"/portal/tasks/{task.sys_id}").text
    href = page.split('href="/portal/attachments/')[1].split('"')[0]
    assert browser.get(f"/portal/attachments/{href}").data == b"bytes"
    assert log_on("boxeo.admin").get(f"/portal/attachments/{href}").status_code == 404


# --- lists, headers, products ---------------------------------------------------------------------------------------


def _lists(log_on: LogOn, user: str) -> dict[str, str]:
    """The lists that somebody is offered, with their counts."""
    page = Page(log_on(user).get("/portal").text)
    links = [one for one in page.find("a") if "/portal?list=" in one.attrs.get("href", "")]
    return {one.name.rpartition(" ")[0]: one.name.rpartition(" ")[2] for one in links}


@pytest.fixture
def three_cases(app: Flask) -> list[OnboardingCase]:
    """Cases of Genixify: of its case manager (and assigned to the agent), of its point of contact, of nobody."""
    account = session.scalars(select(Account).where(Account.name == "Genixify")).one()
    session.execute(update(OnboardingCase).values(contact=None, assigned_to=None))
    names = ("genixify.manager", "genixify.admin", None)
    cases = [make(OnboardingCase, account=account.sys_id, contact=_contact(name)) for name in names]
    cases[0].assigned_to = session.scalars(select(User.sys_id).where(User.user_name == "agent")).one()
    session.commit()
    return cases


def _contact(user_name: str | None) -> str | None:
    return session.scalar(
        select(Contact.sys_id).join(User, User.sys_id == Contact.user).where(User.user_name == user_name)
    )


def test_POR_01_agents_find_all_cases_and_their_own(three_cases: list[OnboardingCase], log_on: LogOn) -> None:
    total = session.scalar(select(func.count()).select_from(OnboardingCase))
    lists = _lists(log_on, "agent")
    assert (lists["All onboarding cases"], lists["My onboarding cases"]) == (str(total), "1")
    page = log_on("agent").get("/portal?list=cases").text
    assert three_cases[0].sys_id in page
    assert three_cases[1].sys_id not in page


def test_POR_02_case_managers_find_those_of_their_account_and_their_own(
    three_cases: list[OnboardingCase], log_on: LogOn
) -> None:
    of_account = select(func.count()).where(OnboardingCase.account == three_cases[0].account)
    lists = _lists(log_on, "genixify.manager")
    assert (lists["All onboarding cases"], lists["My onboarding cases"]) == (str(session.scalar(of_account)), "1")
    assert three_cases[0].sys_id in log_on("genixify.manager").get("/portal?list=cases").text


def test_POR_03_customers_find_their_own_alone(three_cases: list[OnboardingCase], log_on: LogOn) -> None:
    browser = log_on("genixify.sme")
    assert _lists(log_on, "genixify.sme") == {"My onboarding cases": "0", "My onboarding case tasks": "0"}
    assert three_cases[2].sys_id not in browser.get("/portal?list=all").text
    assert browser.get(f"/portal/cases/{three_cases[2].sys_id}").status_code == 404
    three_cases[2].contact = _contact("genixify.sme")
    session.commit()
    assert _lists(log_on, "genixify.sme")["My onboarding cases"] == "1"
    assert browser.get(f"/portal/cases/{three_cases[2].sys_id}").status_code == 200


def test_POR_04_products_are_shown_where_the_case_says_so(
    three_cases: list[OnboardingCase], log_on: LogOn, client: Browser
) -> None:
    case = three_cases[1]
    sold = session.scalars(select(SoldProduct).where(SoldProduct.account == case.account)).all()
    names = names_of("sn_install_base_sold_product", [one.sys_id for one in sold])
    save(case, {"products": list(names), "squad": []}, by=Actor.system())

    def seen(flag: bool) -> tuple[bool, str]:
        save(case, {"products_customer_visible": flag}, by=Actor.system())
        session.commit()
        page = log_on("genixify.admin").get(f"/portal/cases/{case.sys_id}").text
        row = client.get(f"/api/now/table/sn_acct_lc_onb_case/{case.sys_id}", auth=("genixify.admin", "demo")).json
        return all(escape(name) in page for name in names.values()), row["result"]["products"]

    assert len(names) >= 2
    assert seen(True) == (True, ",".join(names))
    assert seen(False) == (False, "")
    query = {"sysparm_query": f"productsLIKE{next(iter(names))}"}
    found = client.get("/api/now/table/sn_acct_lc_onb_case", query_string=query, auth=("genixify.admin", "demo"))
    assert found.json["result"] == []


def test_POR_06_the_header_shows_what_its_view_names(three_cases: list[OnboardingCase], log_on: LogOn) -> None:
    case = three_cases[1]
    case.go_live_date = today() + timedelta(days=10)
    case.assigned_to = session.scalars(select(User.sys_id).where(User.user_name == "agent")).one()
    session.commit()

    def headings() -> list[str]:
        page = Page(log_on("genixify.admin").get(f"/portal/cases/{case.sys_id}").text)
        return [one.text for one in page.find("dl", class_="facts")[0].find("dt")]

    default = ["Account", "Go live date", "Days before go-live", "State"]
    assert headings() == default
    view = session.scalars(select(UiView).where(UiView.table_name == "sn_acct_lc_onb_case")).one()
    save(view, {"columns": [*view.columns, "assigned_to"]}, by=Actor.system())
    session.commit()
    assert headings() == [*default, "Assigned to"]


def test_C138_view_more_shows_what_customers_may_see_and_no_more(
    three_cases: list[OnboardingCase], log_on: LogOn
) -> None:
    case = three_cases[1]
    save(case, {"description": "Bring your lists.", "close_notes": "canary-inside"}, by=Actor.system())
    session.commit()
    for user in ("genixify.admin", "agent"):
        page = Page(log_on(user).get(f"/portal/cases/{case.sys_id}").text)
        (section,) = [one for one in page.find("section") if one.attrs.get("aria-labelledby") == "general"]
        assert all(text in section.text for text in ("Bring your lists.", "View more", case.number, "Priority"))
        assert "canary-inside" not in section.text
