"""The health fields of accounts in lists and over the API, with their roles (SAG-05, C327, C330, C331)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.people.records import User
from ale.domains.people.service import grant, set_password
from ale.foundation.changes import create
from ale.foundation.db import session
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.functional.api.calls import Call
from tests.pages import Page, sent

HEALTH = ("health_score", "health_status", "churn_risk")


@pytest.fixture
def genixify(app: object) -> str:
    """The address of an account with a health score of 62."""
    key = session.scalars(select(Account.sys_id).where(Account.name == "Genixify")).one()
    return f"/api/now/table/customer_account/{key}"


@pytest.fixture(params=["ale.finance_user", "ale.finance_manager"])
def finance(request: pytest.FixtureRequest, app: object) -> str:
    """Somebody who holds one role of finance, which is the name as well."""
    user = make(User, user_name=request.param, name="Fin Ance")
    set_password(user, "demo")
    grant(user, request.param, SYSTEM)
    session.commit()
    return str(request.param)


def test_SAG_05_E1_the_fields_are_columns_that_sort_and_filter(log_on: Callable[[str], Browser]) -> None:
    address = f"/accounts?cols=name,{','.join(HEALTH)}&sort=-health_score&query=churn_risk=false^health_score>60"
    page = Page(log_on("agent").get(address).text)
    headings = [one.name for one in page.find("th")]
    assert {"Health score", "Health status", "At risk of churn"} <= {one.strip() for one in headings}
    assert "Genixify" in page.text
    assert "Genixify" not in log_on("agent").get(address.replace(">60", ">62")).text


def test_SAG_05_the_filter_panel_of_accounts_asks_for_the_risk_of_churn(log_on: Callable[[str], Browser]) -> None:
    create(Account, {"name": "Alderis", "churn_risk": True}, by=SYSTEM)
    browser = log_on("agent")
    form = Page(browser.get("/accounts").text)["list-filter"]
    (risk,) = form.find("select", name="churn_risk")
    assert [one.attrs["value"] for one in risk.find("option")] == ["", "true", "false"]
    listed = browser.get(form.attrs["action"], query_string=sent(form) | {"churn_risk": "true"}, follow_redirects=True)
    text = Page(listed.text)["rows"].text
    assert ("Alderis" in text, "Genixify" in text) == (True, False)


def test_SAG_05_E2_finance_reads_them(call: Call, genixify: str, finance: str) -> None:
    row = call("GET", genixify, finance).json["result"]
    assert (row["health_score"], set(HEALTH) - set(row)) == ("62", set())


def test_SAG_05_E2_the_short_address_does_the_same(call: Call, genixify: str) -> None:
    short = genixify.replace("/now/table/", "/v1/")
    assert call("PATCH", short, "admin", json={"health_score": 63}).json["result"]["health_score"] == "63"
    assert call("GET", short).json == call("GET", genixify).json
    made = call("POST", "/api/v1/customer_account", "admin", json={"name": "Alderis"})
    assert made.status_code == 201
    assert call("GET", made.headers["Location"].removeprefix("http://localhost")).json["result"]["name"] == "Alderis"
    assert len(call("GET", "/api/v1/customer_account").json["result"]) > 1
    assert "paths" in call("GET", "/api/v1/openapi.json").json


def test_C331_managers_of_finance_write_them_users_do_not(call: Call, genixify: str, finance: str) -> None:
    answer = call("PATCH", genixify, finance, json={"health_score": 40, "health_status": "at_risk"})
    assert answer.status_code == (200 if finance == "ale.finance_manager" else 403)
    stored = call("GET", genixify).json["result"]["health_score"]
    assert stored == ("40" if finance == "ale.finance_manager" else "62")


def test_C331_customers_do_not_see_them(call: Call, genixify: str) -> None:
    answer = call("GET", genixify, "genixify.admin")
    assert answer.status_code == 200
    assert not set(HEALTH) & set(answer.json["result"])
