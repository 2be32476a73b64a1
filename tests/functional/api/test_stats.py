"""Figures about rows: counted, added up and grouped, by the rights of the caller."""

from typing import Any

import pytest

from tests.functional.api.calls import CONTACTS, Call, Rows, contact

ACCOUNTS = "/api/now/stats/customer_account"


def figures(call: Call, table: str = "customer_account", user: str = "agent", **parameters: Any) -> Any:
    query = {f"sysparm_{name}": value for name, value in parameters.items()}
    answer = call("GET", f"/api/now/stats/{table}", user, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["result"]


def test_rows_are_counted_under_a_query(call: Call, rows: Rows) -> None:
    whole = len(rows("customer_contact"))
    assert figures(call, "customer_contact", count="true") == {"stats": {"count": str(whole)}}
    one = figures(call, "customer_contact", count="true", query="last_name=martin")
    assert int(one["stats"]["count"]) == len(rows("customer_contact", query="last_name=martin")) < whole


def test_sums_averages_and_extremes(call: Call, rows: Rows) -> None:
    scores = [int(row["health_score"]) for row in rows("customer_account", fields="health_score")]
    fields = {f"{name}_fields": "health_score" for name in ("sum", "avg", "min", "max")}
    stats = figures(call, **fields)["stats"]
    assert {name: float(value["health_score"]) for name, value in stats.items()} == {
        "avg": sum(scores) / len(scores),
        "sum": sum(scores),
        "min": min(scores),
        "max": max(scores),
    }


def test_groups_with_their_display_values(call: Call) -> None:
    wish = {"count": "true", "group_by": "account", "display_value": "all", "order_by": "count^DESC"}
    found = figures(call, "customer_contact", **wish)
    counts = [int(one["stats"]["count"]) for one in found]
    assert counts == sorted(counts, reverse=True)
    names = [one["groupby_fields"][0]["display_value"] for one in found]
    assert set(names) == {"Genixify", "Boxeo"}
    plain = figures(call, "customer_contact", count="true", group_by="account")
    assert all(list(one["groupby_fields"][0]) == ["field", "value"] for one in plain)


def test_groups_by_what_a_reference_leads_to(call: Call) -> None:
    found = figures(call, "customer_contact", count="true", group_by="account.name")
    assert [one["groupby_fields"][0]["value"] for one in found] == ["Boxeo", "Genixify"]


@pytest.mark.parametrize(
    ("having", "left"),
    [
        ("count^^>^0", {"Boxeo", "Genixify"}),
        ("count^^>^100000", set()),
        ("max^health_score^=^62", {"Genixify"}),
        ("max^health_score^=^62,count^^<^0", set()),
        ("max^bogus^=^62", {"Boxeo", "Genixify"}),
        ("max^name^=^62", {"Boxeo", "Genixify"}),
        ("count^^>^NaN", {"Boxeo", "Genixify"}),
        ("nonsense", {"Boxeo", "Genixify"}),
    ],
)
def test_groups_that_fulfil_a_condition(call: Call, having: str, left: set[str]) -> None:
    found = figures(call, count="true", group_by="name", having=having)
    assert {one["groupby_fields"][0]["value"] for one in found} == left


@pytest.mark.parametrize("kind", ["sum", "avg", "min", "max"])
def test_fields_without_such_a_figure_are_left_out(call: Call, kind: str) -> None:
    stats = figures(call, **{f"{kind}_fields": "active,bogus,a.b,health_score"})["stats"]
    assert set(stats[kind]) == {"health_score"}


def test_without_a_wish_there_is_no_figure(call: Call) -> None:
    assert figures(call) == {"stats": {}}


def test_no_figure_tells_of_another_customer(call: Call, rows: Rows) -> None:
    whole = figures(call, "customer_contact", "genixify.admin", count="true", group_by="account.name")
    assert [one["groupby_fields"][0]["value"] for one in whole] == ["Genixify"]
    assert call("POST", CONTACTS, json=contact("Boxeo", first_name="Zzz")).status_code == 201
    stats = figures(call, "customer_contact", "genixify.admin", count="true", max_fields="first_name")["stats"]
    assert stats["max"]["first_name"] < "Zzz"
    assert int(stats["count"]) == len(rows("customer_contact", "genixify.admin"))


def test_hidden_fields_have_no_figures(call: Call) -> None:
    wish = {"max_fields": "go_live_date", "group_by": "stage", "count": "true"}
    assert isinstance(figures(call, "sn_acct_lc_onb_case", "agent", **wish), list)
    hidden = figures(call, "sn_acct_lc_onb_case", "viewer", **wish)
    assert list(hidden["stats"]) == ["count"]
    assert figures(call, "sys_user", "admin", max_fields="password_hash,user_password") == {"stats": {}}


def test_who_may_not_read_gets_no_figures(call: Call) -> None:
    assert call("GET", "/api/now/stats/sys_user", "genixify.admin").status_code == 403
    assert call("GET", "/api/now/stats/nope").status_code == 400
