"""Health over the API: figures of usage are sent, scores are read, and customers see neither."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from ale.domains.scores import queries
from ale.domains.scores.records import UsageFigure
from ale.foundation.clock import today
from ale.foundation.db import session
from tests.factories import account
from tests.functional.api.calls import Call

SCORES, USAGE = "/api/now/table/ale_health_score", "/api/now/table/ale_usage_figure"


@pytest.fixture
def genixify(app: object) -> str:
    """The account of the demo with half a year of scores."""
    return account("Genixify").sys_id


def test_customers_see_neither_scores_nor_what_they_are_made_of(call: Call) -> None:
    for table in (SCORES, USAGE, "/api/now/table/ale_health_weighting", "/api/now/table/ale_health_weight"):
        assert call("GET", table, "genixify.admin").status_code == 403, table


def test_scores_are_read_over_the_api_and_written_by_nobody(call: Call, genixify: str) -> None:
    found = call("GET", f"{SCORES}?sysparm_query=account={genixify}^ORDERBYDESCday&sysparm_limit=1", "viewer")
    [row] = found.json["result"]
    assert row["score"] == str(queries.scored_days(genixify, today())[-1][1])
    assert "receipts" not in row, "they name rows that not everybody may read"
    whole = call("GET", f"{SCORES}/{row['sys_id']}", "admin").json["result"]
    assert "open_risks" in whole["receipts"]
    assert call("PATCH", f"{SCORES}/{row['sys_id']}", "admin", json={"score": "100"}).status_code == 403
    assert call("POST", SCORES, "admin", json={"account": genixify}).status_code == 403


@pytest.mark.parametrize(("user", "status"), [("agent", 201), ("csm", 201), ("viewer", 403), ("genixify.admin", 403)])
def test_figures_of_usage_are_sent_over_the_api(call: Call, genixify: str, user: str, status: int) -> None:
    body = {"account": genixify, "measure": " Logins ", "day": "2026-11-01", "value": "17.25"}
    answer = call("POST", USAGE, user, json=body)
    assert answer.status_code == status
    stored = session.scalars(select(UsageFigure).where(UsageFigure.measure == "logins")).all()
    assert [one.value for one in stored] == ([Decimal("17.25")] if status == 201 else [])
    if status == 201:
        assert stored[0].sys_domain == account("Genixify").sys_domain
        assert call("POST", USAGE, user, json=body).status_code == 403, "one figure a day; a later one is an update"
        key = answer.json["result"]["sys_id"]
        assert call("PATCH", f"{USAGE}/{key}", user, json={"value": "18"}).status_code == 200
