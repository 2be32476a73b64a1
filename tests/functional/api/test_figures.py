"""What is calculated and what the platform keeps, over the API: figures beside fields, the outbox, the trends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.landing.service import store
from ale.domains.people.records import User
from ale.foundation import clock
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.clock import today
from ale.foundation.db import session, transaction
from ale.foundation.outbox import post
from tests.factories import make
from tests.functional.api.calls import CASES, Call, Rows
from tests.success import Shelf

Case = dict[str, Any]
ENGAGEMENTS = "sn_acct_lc_engagement"


@pytest.fixture
def case(rows: Rows, call: Call) -> Case:
    """A case that goes live in ten days."""
    (row,) = rows("sn_acct_lc_onb_case", query="account.name=Genixify", limit=1)
    live = str(today() + timedelta(days=10))
    assert call("PATCH", f"{CASES}/{row['sys_id']}", json={"go_live_date": live}).status_code == 200
    return row


def test_ONB_20_days_before_go_live_stand_beside_the_fields(case: Case, rows: Rows, call: Call) -> None:
    assert call("GET", f"{CASES}/{case['sys_id']}").json["result"]["days_remaining"] == "10"
    query = f"sys_id={case['sys_id']}"
    (shown,) = rows("sn_acct_lc_onb_case", query=query, fields="days_remaining,number", display_value="all")
    assert next(iter(shown.items())) == ("days_remaining", {"display_value": "10", "value": "10"})
    call("PATCH", f"{CASES}/{case['sys_id']}", json={"go_live_date": "", "days_remaining": 5})
    assert rows("sn_acct_lc_onb_case", query=query, fields="days_remaining") == [{"days_remaining": ""}]


def test_ONB_20_days_are_those_of_the_caller(case: Case, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    evening = datetime.combine(today(), datetime.min.time()) + timedelta(hours=20)
    monkeypatch.setattr(clock, "_held", clock.ContextVar("held", default=evening))
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    for zone, days in (("Pacific/Auckland", "9"), ("America/New_York", "10")):
        with transaction():
            user.time_zone = zone
        assert rows("sn_acct_lc_onb_case", query=f"sys_id={case['sys_id']}", fields="days_remaining") == [
            {"days_remaining": days}
        ]


def test_C248_a_figure_is_open_to_whom_its_field_is(case: Case, rows: Rows) -> None:
    (row,) = rows("sn_acct_lc_onb_case", "viewer", query=f"sys_id={case['sys_id']}")
    assert {"days_remaining", "go_live_date"}.isdisjoint(row)
    assert "days_remaining" in rows("sn_acct_lc_onb_case", "genixify.admin")[0]


def test_figures_of_many_rows_cost_as_much_as_those_of_one(rows: Rows, statements: list[str]) -> None:
    shelf = Shelf()
    for value in (10_000, 5_000):
        shelf.link(shelf.engagement(), shelf.contract(value=value))
    session.commit()
    counts = []
    for limit in (1, 1, 100):  # the first answer also reads what is kept from then on
        statements.clear()
        found = rows(ENGAGEMENTS, limit=limit, fields="contract_value,health_score,title")
        counts.append(len(statements))
    assert counts[1] == counts[2]
    assert {"10000", "5000"} <= {row["contract_value"] for row in found}
    assert "62" in {row["health_score"] for row in rows(ENGAGEMENTS, query="account.name=Genixify")}


@pytest.fixture
def mail(app: object) -> str:
    """A mail in the outbox."""
    with transaction():
        sent = post("test", "event", "lea@x.example", "Welcome", "Text", domain=f"{ROOT_DOMAIN}/Genixify")
    assert sent is not None
    return sent.sys_id


def test_C362_administrators_read_the_outbox(mail: str, rows: Rows, call: Call) -> None:
    (row,) = rows("sys_email", "admin", query="subject=Welcome")
    assert (row["sys_id"], row["recipients"], row["state"]) == (mail, "lea@x.example", "ready")
    assert call("DELETE", f"/api/now/table/sys_email/{mail}", "admin").status_code == 403
    for user in ("agent", "genixify.admin"):
        assert call("GET", "/api/now/table/sys_email", user).status_code == 403


def test_C360_the_outbox_has_the_address_of_its_table(mail: str, log_on: Callable[[str], Any]) -> None:
    browser = log_on("admin")
    assert browser.get("/sys_email.list").location == "/outbox"
    assert browser.get(f"/sys_email.do?sys_id={mail}").location == f"/outbox/{mail}"


def test_LND_06_the_daily_figures_are_read_by_whom_they_are_for(rows: Rows, call: Call) -> None:
    other = make(User).sys_id
    with transaction():
        for user, value in (("", 11), (other, 12)):
            store("a_metric", user, ROOT_DOMAIN, value)
    query = "metric=a_metric^ORDERBYvalue"
    assert [row["value"] for row in rows("ale_metric_snapshot", query=query)] == ["11"]
    assert [row["value"] for row in rows("ale_metric_snapshot", "admin", query=query)] == ["11", "12"]
    assert call("GET", "/api/now/table/ale_metric_snapshot", "genixify.admin").status_code == 403
