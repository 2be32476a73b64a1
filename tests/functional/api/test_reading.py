"""Lists and single rows: fields, display values, pages and their headers."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.people.records import User
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many
from ale.foundation.db import session, transaction
from ale.foundation.record import RECORDS
from tests.functional.api.calls import CONTACTS, Call, Rows, contact, contact_of


def test_every_value_is_a_string(rows: Rows) -> None:
    (row,) = rows("customer_account", query="name=Genixify")
    assert all(isinstance(value, str | dict) for value in row.values())
    assert (row["active"], row["health_score"], row["parent"]) == ("true", "62", "")
    assert {"sys_id", "number", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_mod_count"} <= set(row)
    assert row["sys_domain"] == "TOP/Genixify"


def test_fields_keep_their_order_and_unknown_ones_are_left_out(rows: Rows) -> None:
    (row,) = rows("customer_account", query="name=Genixify", fields="tier,bogus,name, sys_id,name,a.b.c")
    assert list(row) == ["tier", "name", "sys_id"]


def test_all_fields_are_given_without_a_wish(rows: Rows) -> None:
    assert len(rows("customer_account", fields="", view="")[0]) > 10


def test_dotted_fields_are_flat(rows: Rows) -> None:
    (row,) = rows(
        "customer_contact",
        query="email=lea.martin@genixify.example",
        fields="account.name,account.primary_contact.email,account.bogus",
    )
    assert row == {"account.name": "Genixify", "account.primary_contact.email": "lea.martin@genixify.example"}


def test_display_values(rows: Rows) -> None:
    wish = {"query": "name=Genixify", "fields": "tier,primary_contact,parent,active"}
    (row,) = rows("customer_account", **wish, display_value="All", exclude_reference_link="true")
    key = session.scalars(select(Account.primary_contact).where(Account.name == "Genixify")).one()
    assert row == {
        "tier": {"display_value": "Enterprise", "value": "enterprise"},
        "primary_contact": {"display_value": "lea.martin@genixify.example", "value": key},
        "parent": {"display_value": "", "value": ""},
        "active": {"display_value": "true", "value": "true"},
    }
    link = f"http://localhost/api/now/table/customer_contact/{key}"
    (row,) = rows("customer_account", **wish, display_value="True")
    assert row == {
        "tier": "Enterprise",
        "primary_contact": {"display_value": "lea.martin@genixify.example", "link": link},
        "parent": "",
        "active": "true",
    }
    (row,) = rows("customer_account", **wish, display_value="false")
    assert row["primary_contact"] == {"link": link, "value": key}
    (row,) = rows("customer_account", **wish, exclude_reference_link="true")
    assert row == {"tier": "enterprise", "primary_contact": key, "parent": "", "active": "true"}


def test_a_table_named_by_a_reference_shows_the_name_at_its_end(rows: Rows) -> None:
    shown = rows("sn_acct_lc_customer_team_member", fields="contact", display_value="true")
    assert shown
    assert all("@" in row["contact"]["display_value"] for row in shown)


def test_labels_come_in_the_language_of_the_caller(rows: Rows) -> None:
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    with transaction():
        user.language = "fr"
    (row,) = rows("customer_account", query="name=Genixify", fields="tier", display_value="true")
    assert row == {"tier": "Grand compte"}


def test_pages_are_disjoint_and_complete(rows: Rows) -> None:
    whole = [row["sys_id"] for row in rows("customer_contact", query="ORDERBYemail", fields="sys_id")]
    pages = [
        row["sys_id"]
        for offset in range(0, len(whole) + 3, 3)
        for row in rows("customer_contact", query="ORDERBYemail", fields="sys_id", limit=3, offset=offset)
    ]
    assert pages == whole
    assert len(set(whole)) == len(whole) > 6


def test_equal_rows_have_one_order(call: Call, rows: Rows) -> None:
    assert call("POST", CONTACTS, json=contact(sys_id="0" * 32)).status_code == 201
    by_language = rows("customer_contact", query="ORDERBYlanguage", fields="language,sys_id")
    assert by_language == sorted(by_language, key=lambda row: (row["language"], row["sys_id"]))


def test_the_total_counts_what_the_query_describes(call: Call, rows: Rows) -> None:
    query = {"sysparm_query": "account.name=Genixify", "sysparm_limit": "2"}
    answer = call("GET", CONTACTS, query_string=query)
    assert int(answer.headers["X-Total-Count"]) == len(rows("customer_contact", query="account.name=Genixify")) > 2
    assert len(answer.json["result"]) == 2


def test_links_lead_through_the_pages(call: Call) -> None:
    address, seen = f"{CONTACTS}?sysparm_limit=4&sysparm_query=active%3Dtrue&sysparm_fields=sys_id", []
    while True:
        answer = call("GET", address)
        seen += [row["sys_id"] for row in answer.json["result"]]
        links = dict(part.split(";")[::-1] for part in answer.headers["Link"].split(","))
        assert {'rel="first"', 'rel="last"'} <= set(links)
        if 'rel="next"' not in links:
            break
        address = links['rel="next"'].strip("<>").removeprefix("http://localhost")
    assert 'rel="prev"' in links
    assert len(seen) == len(set(seen)) == int(answer.headers["X-Total-Count"])


def test_links_can_be_left_out(call: Call) -> None:
    answer = call("GET", CONTACTS, query_string={"sysparm_suppress_pagination_header": "true"})
    assert "Link" not in answer.headers
    assert "X-Total-Count" in answer.headers


@pytest.mark.parametrize(("limit", "offset"), [("x", "y"), ("-1", "-1"), ("", ""), ("9" * 30, "0")])
def test_senseless_pages_count_as_not_given(rows: Rows, limit: str, offset: str) -> None:
    assert len(rows("customer_account", limit=limit, offset=offset)) == 2


def test_a_page_of_nothing_and_one_beyond_the_end(rows: Rows) -> None:
    assert rows("customer_account", limit=0) == []
    assert rows("customer_account", offset=10**9) == []


def test_an_unknown_table_is_400(call: Call) -> None:
    answer = call("GET", "/api/now/table/sys_user_list")
    assert answer.status_code == 400
    assert answer.json == {"error": {"message": "Invalid table sys_user_list", "detail": None}, "status": "failure"}


def test_a_record_is_read_and_list_parameters_are_ignored(call: Call) -> None:
    key = contact_of("Genixify")
    address = f"{CONTACTS}/{key}?sysparm_query=emailISEMPTY^ORDERBYsys_id&sysparm_limit=0&sysparm_fields=sys_id"
    assert call("GET", address).json == {"result": {"sys_id": key}}


@pytest.mark.parametrize("key", ["bunk", "does%20not%20matter", "0" * 32, "%00", "é" * 40])
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_a_missing_record_is_404(call: Call, method: str, key: str) -> None:
    answer = call(method, f"{CONTACTS}/{key}", "admin", json={} if method != "GET" else None)
    assert answer.status_code == 404
    detail = "Record doesn't exist or ACL restricts the record retrieval"
    assert answer.json == {"error": {"message": "No Record found", "detail": detail}, "status": "failure"}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_every_record_type_can_be_listed_and_read(call: Call, name: str) -> None:
    listed = call("GET", f"/api/now/table/{name}?sysparm_display_value=all&sysparm_limit=3", "admin")
    assert listed.status_code == 200
    for row in listed.json["result"]:
        key = row["sys_id"]["value"]
        one = call("GET", f"/api/now/table/{name}/{key}?sysparm_display_value=all", "admin")
        assert one.json["result"] == row


def test_the_number_of_statements_does_not_grow_with_the_rows(call: Call, statements: list[str]) -> None:
    account = contact()["account"]
    users = list(session.scalars(select(User.sys_id)))
    with transaction():
        made = create_many(
            Contact,
            [contact(email=f"c{n}@many.example", user=users[n % len(users)], account=account) for n in range(1000)],
            by=Actor.system(),
        )
    assert not any(draft.problems for draft in made)
    address = f"{CONTACTS}?sysparm_display_value=all&sysparm_query=emailENDSWITHmany.example^ORDERBYaccount"
    counts = []
    for limit in (10, 10, 1000):
        statements.clear()
        answer = call("GET", f"{address}&sysparm_limit={limit}")
        assert len(answer.json["result"]) == limit
        counts.append(len(statements))
    assert counts[1] == counts[2] <= 12


def test_times_are_shown_in_the_zone_of_the_caller_and_stored_in_utc(rows: Rows) -> None:
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    with transaction():
        user.time_zone = "Asia/Kolkata"
    (row,) = rows("customer_account", query="name=Genixify", fields="sys_created_on", display_value="all")
    stored, shown = (datetime.fromisoformat(row["sys_created_on"][name]) for name in ("value", "display_value"))
    assert shown - stored == timedelta(hours=5, minutes=30)


def test_a_password_is_shown_masked_and_found_by_nobody(rows: Rows) -> None:
    (row,) = rows("sys_user", "admin", query="user_name=agent", fields="user_password", display_value="all")
    assert row["user_password"]["display_value"] == "********"
    whole = len(rows("sys_user", "admin", fields="sys_id"))
    assert len(rows("sys_user", "admin", query="user_passwordISEMPTY^ORDERBYuser_password", fields="sys_id")) == whole


def test_a_view_leaves_out_what_the_pages_do_not_show(call: Call) -> None:
    key = call("POST", CONTACTS, json=contact()).json["result"]["sys_id"]
    (listed,) = call("GET", f"{CONTACTS}?sysparm_view=default&sysparm_query=sys_id={key}").json["result"]
    one = call("GET", f"{CONTACTS}/{key}?sysparm_view=default").json["result"]
    named = call("GET", f"{CONTACTS}/{key}?sysparm_view=default&sysparm_fields=notes").json["result"]
    assert {"sys_id", "email"} <= listed.keys() < one.keys()
    assert "sys_mod_count" not in one
    assert list(named) == ["notes"]
