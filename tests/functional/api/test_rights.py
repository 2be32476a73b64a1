"""The same rights as on the pages; beyond the wall is as nowhere; history as far as it is open."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.onboarding.records import OnboardingCase
from ale.domains.people.records import User
from ale.foundation.actor import Actor
from ale.foundation.db import session, transaction
from ale.foundation.history import Journal, say
from ale.foundation.record import new_id
from tests.functional.api.calls import CASES, CONTACTS, Call, Rows, contact, contact_of


@pytest.mark.parametrize(
    ("user", "method", "address"),
    [
        ("genixify.admin", "GET", "/api/now/table/sys_user"),
        ("genixify.admin", "GET", "/api/now/table/sys_audit"),
        ("genixify.manager", "POST", CONTACTS),
        ("agent", "GET", "/api/now/table/sys_properties"),
        ("agent", "POST", "/api/now/table/sys_user"),
        ("viewer", "POST", CONTACTS),
        ("admin", "POST", "/api/now/table/sys_audit"),
    ],
)
def test_what_the_roles_do_not_allow_is_403(call: Call, user: str, method: str, address: str) -> None:
    answer = call(method, address, user, json={"name": "x"} if method == "POST" else None)
    assert answer.status_code == 403
    assert answer.json["error"]["message"] == "User Not Authorized"


def test_a_viewer_does_not_change(call: Call) -> None:
    assert call("PATCH", f"{CONTACTS}/{contact_of('Boxeo')}", "viewer", json={"title": "x"}).status_code == 403
    assert call("DELETE", f"{CONTACTS}/{contact_of('Boxeo')}", "viewer").status_code == 403


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_domain_answers_byte_for_byte_as_nowhere(call: Call, method: str) -> None:
    theirs = session.scalars(select(OnboardingCase.sys_id).where(OnboardingCase.sys_domain == "TOP/Boxeo")).first()
    body = {"json": {"comments": "x"}} if method == "PATCH" else {}
    answers = [call(method, f"{CASES}/{key}", "genixify.admin", **body) for key in (theirs, new_id())]
    assert answers[0].data == answers[1].data
    assert answers[0].status_code == answers[1].status_code == 404


def test_a_reference_into_another_domain_is_as_unknown_as_a_missing_one(call: Call) -> None:
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    with transaction():
        user.sys_domain = "TOP/Genixify"
    boxeo = contact("Boxeo")["account"]
    mine = call("POST", CONTACTS, json=contact())
    assert mine.status_code == 201
    answers = [call("POST", CONTACTS, json=contact(email="b@x.example", account=key)) for key in (boxeo, new_id())]
    assert answers[0].data == answers[1].data
    assert answers[0].status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sys_domain=TOP/Boxeo",
        "account.name=Boxeo",
        "account.nameISNOTEMPTY",
        "numberISNOTEMPTY^NQ",
        "^NQactive=true",
    ],
)
@pytest.mark.parametrize(
    "table",
    [
        "sn_acct_lc_onb_case",
        "sn_ti_core_task",
        "customer_account",
        "customer_contact",
        "sys_journal_field",
        "sys_attachment",
    ],
)
def test_no_query_shows_another_customer(call: Call, table: str, query: str) -> None:
    with transaction():
        for case in session.scalars(select(OnboardingCase).where(OnboardingCase.sys_domain == "TOP/Boxeo")):
            say(case, "comments", "canary of Boxeo", Actor.system())
    parameters = {"sysparm_query": query, "sysparm_display_value": "all"}
    answer = call("GET", f"/api/now/table/{table}", "genixify.admin", query_string=parameters)
    assert answer.status_code == 200
    assert "boxeo" not in answer.text.lower()
    assert int(answer.headers["X-Total-Count"]) == len(answer.json["result"])


def test_a_customer_sees_only_the_own_part_of_the_account(
    call: Call, rows: Rows, actor: Callable[[str], Actor]
) -> None:
    """An expert reads the tasks given to him, but not the case above them, nor what was said and attached there."""
    sme = actor("genixify.sme")
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.sys_domain == "TOP/Genixify")).first()
    assert case is not None
    body = {"subject": "For you", "parent": case.sys_id, "account": case.account, "contact": sme.contact}
    task = call("POST", "/api/now/table/sn_ti_core_task", json=body | {"visible_to_customer": True})
    assert task.status_code == 201
    key = task.json["result"]["sys_id"]
    call("PATCH", f"{CASES}/{case.sys_id}", json={"comments": "on the case"})
    call("PATCH", f"/api/now/table/sn_ti_core_task/{key}", json={"comments": "on the task"})
    wish = {"fields": "sys_id,parent.number", "query": f"sys_id={key}"}
    assert rows("sn_ti_core_task", "genixify.admin", **wish) == [{"sys_id": key, "parent.number": case.number}]
    assert rows("sn_ti_core_task", "genixify.sme", **wish) == [{"sys_id": key, "parent.number": ""}]
    assert rows("sn_ti_core_task", "genixify.sme", query=f"sys_id={key}^parent.number={case.number}") == []
    whole, own = ({row["text"] for row in rows("sys_journal_field", f"genixify.{who}")} for who in ("admin", "sme"))
    assert whole >= {"on the case", "on the task"}
    assert "on the task" in own
    assert "on the case" not in own


def test_a_customer_sees_the_fields_declared_for_customers(rows: Rows) -> None:
    (row,) = rows("customer_account", "genixify.admin")
    assert list(row) == ["sys_id", "name"]


def test_a_customer_says_and_does_only_what_is_open_to_customers(call: Call) -> None:
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.sys_domain == "TOP/Genixify")).first()
    assert case is not None
    body = {"comments": "Hello", "go_live_date": "2030-01-01", "state": "closed"}
    answer = call("PATCH", f"{CASES}/{case.sys_id}", "genixify.admin", json=body)
    assert answer.status_code == 200
    refused = call("PATCH", f"{CASES}/{case.sys_id}", "genixify.admin", json={"comments": "x", "work_notes": "hidden"})
    assert refused.status_code == 403  # POR-07-E2
    assert [(one["code"], one["field"]) for one in refused.json["error"]["problems"]] == [("NOT_ALLOWED", "work_notes")]
    with transaction():
        session.refresh(case)
    assert (case.state.value, case.go_live_date) != ("closed", "2030-01-01")
    said = session.scalars(select(Journal.text).where(Journal.record == case.sys_id)).all()
    assert "Hello" in said
    assert {"x", "hidden"}.isdisjoint(said)


def test_the_history_of_a_record(call: Call, rows: Rows) -> None:
    key = call("POST", CONTACTS, json=contact()).json["result"]["sys_id"]
    call("PATCH", f"{CONTACTS}/{key}", json={"title": "Buyer"})
    wish = {"query": f"record={key}^ORDERBYat", "fields": "field_name,old_value,new_value,user,reason"}
    made, changed = rows("sys_audit", **wish, display_value="true", exclude_reference_link="true")
    assert made["field_name"] == ""
    assert (changed["field_name"], changed["old_value"], changed["new_value"]) == ("title", "", "Buyer")
    assert changed["user"] == session.scalars(select(User.name).where(User.user_name == "agent")).one()


def test_changes_of_hidden_fields_are_hidden(call: Call, rows: Rows) -> None:
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.state == "active")).first()
    assert case is not None
    body = {"go_live_date": "2031-05-05", "description": "Plain"}
    assert call("PATCH", f"{CASES}/{case.sys_id}", json=body).status_code == 200
    wish = {"query": f"record={case.sys_id}", "fields": "field_name,new_value"}
    names = {user: {row["field_name"] for row in rows("sys_audit", user, **wish)} for user in ("agent", "viewer")}
    assert names["agent"] >= {"", "go_live_date", "description"}
    assert "description" in names["viewer"]
    assert not names["viewer"] & {"", "go_live_date", "stage"}


def test_the_history_of_records_one_may_not_read_is_hidden(rows: Rows) -> None:
    assert rows("sys_audit", "admin", query="table_name=sys_properties", limit=1)
    assert rows("sys_audit", "agent", query="table_name=sys_properties", limit=1) == []


def test_customers_read_comments_and_never_work_notes(call: Call, rows: Rows) -> None:
    for case in session.scalars(select(OnboardingCase.sys_id)).all():
        call("PATCH", f"{CASES}/{case}", json={"comments": "open", "work_notes": "inside"})
    said = rows("sys_journal_field", "genixify.admin", fields="element,text,table_name")
    assert {row["element"] for row in said} == {"comments"}
    assert rows("sys_journal_field", "genixify.admin", query="element=work_notes") == []


def test_the_trail_is_only_read(call: Call) -> None:
    key = session.scalars(select(Journal.sys_id)).first()
    for method in ("PATCH", "DELETE"):
        assert call(method, f"/api/now/table/sys_journal_field/{key}", "admin", json={}).status_code == 403
