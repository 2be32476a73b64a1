"""POST, PUT, PATCH and DELETE take the way of the forms."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.people.records import User
from ale.foundation.actor import Actor
from ale.foundation.db import session, transaction
from ale.foundation.history import Audit
from tests.functional.api.calls import CASES, CONTACTS, Call, Rows, contact


def test_a_record_is_made_with_its_defaults(call: Call, actor: Callable[[str], Actor]) -> None:
    body = contact(bunk_field="x", sys_created_by="intruder", email="ZOE@X.example")
    answer = call("POST", f"{CONTACTS}?sysparm_display_value=all", json=body)
    made = answer.json["result"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://localhost{CONTACTS}/{made['sys_id']['value']}"
    assert made["email"]["value"] == "zoe@x.example"
    assert made["language"] == {"display_value": "English", "value": "en"}
    assert made["sys_created_by"]["value"] == actor("agent").id
    assert made["sys_created_by"]["display_value"] == actor("agent").name
    assert made["sys_domain"]["value"] == "TOP/Genixify"


def test_numbers_and_the_opener_are_filled(call: Call, actor: Callable[[str], Actor]) -> None:
    case = session.scalars(select(OnboardingCase)).first()
    assert case is not None
    body = {"subject": "Check", "parent": case.sys_id, "account": case.account}
    made = call("POST", "/api/now/table/sn_ti_core_task?sysparm_display_value=all", json=body).json["result"]
    assert made["number"]["value"].startswith("ALETSK0")
    assert made["active"]["value"] == "true"
    assert made["opened_by"]["display_value"] == actor("agent").name
    assert made["state"] == {"display_value": "Open", "value": "open"}


def test_the_history_says_that_it_came_by_the_api(call: Call) -> None:
    key = call("POST", CONTACTS, json=contact()).json["result"]["sys_id"]
    call("PATCH", f"{CONTACTS}/{key}", json={"title": "Buyer"})
    reasons = session.scalars(select(Audit.reason).where(Audit.record == key)).all()
    assert reasons == ["api", "api"]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_only_the_given_fields_change(call: Call, method: str) -> None:
    made = call("POST", CONTACTS, json=contact(title="Buyer")).json["result"]
    answer = call(method, f"{CONTACTS}/{made['sys_id']}", json={"phone": "+33 1", "sys_created_on": "x", "bogus": 1})
    assert answer.status_code == 200
    changed = answer.json["result"]
    assert (changed["phone"], changed["title"], changed["sys_mod_count"]) == ("+33 1", "Buyer", "1")
    assert changed["sys_created_on"] == made["sys_created_on"]


def test_a_whole_record_can_be_sent_back(call: Call) -> None:
    made = call("POST", f"{CONTACTS}?sysparm_exclude_reference_link=true", json=contact()).json["result"]
    answer = call("PUT", f"{CONTACTS}/{made['sys_id']}?sysparm_exclude_reference_link=true", json=made)
    assert answer.json["result"] == made


def test_json_booleans_numbers_and_nulls(call: Call) -> None:
    name = "/api/now/table/customer_account"
    made = call("POST", name, "admin", json={"name": "Typed", "active": False, "health_score": 7, "tier": None})
    assert made.status_code == 201
    assert [made.json["result"][key] for key in ("active", "health_score", "tier")] == ["false", "7", ""]


def test_the_chosen_sys_id_is_kept(call: Call) -> None:
    wanted = "AAAABBBBCCCCDDDDEEEEFFFF00001111"
    assert call("POST", CONTACTS, json=contact(sys_id=wanted)).json["result"]["sys_id"] == wanted
    assert call("GET", f"{CONTACTS}/{wanted}").status_code == 200
    again = call("POST", CONTACTS, json=contact(sys_id=wanted, email="other@x.example"))
    assert again.status_code == 403


def test_missing_fields_are_400_with_all_problems(call: Call) -> None:
    answer = call("POST", CONTACTS, json={"first_name": "A", "start_date": "soon"})
    assert answer.status_code == 400
    error = answer.json["error"]
    assert answer.json["status"] == "failure"
    assert {(one["code"], one["field"]) for one in error["problems"]} == {
        ("REQUIRED_FIELD", "last_name"),
        ("REQUIRED_FIELD", "email"),
        ("REQUIRED_FIELD", "account"),
        ("INVALID_DATE", "start_date"),
    }
    assert all(one["message"] in error["detail"] for one in error["problems"])


def test_a_record_of_nothing_needs_no_body(call: Call) -> None:
    answer = call("POST", CONTACTS)
    assert {one["code"] for one in answer.json["error"]["problems"]} == {"REQUIRED_FIELD"}


def test_a_business_rule_refuses_with_403_and_its_code(call: Call) -> None:
    case = session.scalars(
        select(OnboardingCase)
        .join(CaseTask, CaseTask.parent == OnboardingCase.sys_id)
        .where(OnboardingCase.state == "active", CaseTask.state == "open")
    ).first()
    assert case is not None
    body = {"state": "closed", "resolution_code": "successful_no_issues", "close_notes": "x"}
    answer = call("PATCH", f"{CASES}/{case.sys_id}", json=body)
    assert answer.status_code == 403
    assert [one["code"] for one in answer.json["error"]["problems"]] == ["OPEN_TASKS"]
    assert call("GET", f"{CASES}/{case.sys_id}").json["result"]["state"] == "active"


def test_a_duplicate_is_refused(call: Call) -> None:
    assert call("POST", CONTACTS, json=contact()).status_code == 201
    answer = call("POST", CONTACTS, json=contact())
    assert answer.status_code == 403
    assert answer.json["error"]["problems"][0]["code"] == "DUPLICATE"


def test_problems_speak_the_language_of_the_caller(call: Call) -> None:
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    with transaction():
        user.language = "fr"
    answer = call("POST", CONTACTS, json=contact(last_name=""))
    assert answer.json["error"]["problems"][0]["message"].startswith("Nom")


@pytest.mark.parametrize("body", ["{", "[]", '"a"', "1", "null", '{"a": "\\ud800"}', "[" * 100_000, b"\xff\xfe{"])
def test_a_body_that_is_no_object_is_400(call: Call, body: str | bytes) -> None:
    answer = call("POST", CONTACTS, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == "Exception while reading request"


VALUES = {
    "object": {"a": 1},
    "list": [1],
    "nul": "\x00",
    "long": "x" * 5000,
    "integer": 10**400,
    "float": 1e308,
    "boolean": True,
    "nul inside": "a\x00b",
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("field", ["last_name", "account", "start_date", "language", "active"])
def test_no_value_breaks_it(call: Call, field: str, kind: str) -> None:
    assert call("POST", CONTACTS, json=contact(**{field: VALUES[kind]})).status_code in (201, 400)


def test_words_to_a_journal(call: Call, rows: Rows) -> None:
    key = session.scalars(select(OnboardingCase.sys_id)).first()
    assert call("PATCH", f"{CASES}/{key}", json={"comments": "By API", "work_notes": "Inside"}).status_code == 200
    said = rows("sys_journal_field", query=f"record={key}^textINBy API,Inside^ORDERBYelement", fields="element,text")
    assert said == [{"element": "comments", "text": "By API"}, {"element": "work_notes", "text": "Inside"}]


def test_a_record_is_deleted_with_its_attachments(call: Call, rows: Rows) -> None:
    key = call("POST", CONTACTS, json=contact()).json["result"]["sys_id"]
    address = f"/api/now/attachment/file?file_name=a.txt&table_name=customer_contact&table_sys_id={key}"
    assert call("POST", address, data=b"abc").status_code == 201
    answer = call("DELETE", f"{CONTACTS}/{key}", "admin")
    assert (answer.status_code, answer.data) == (204, b"")
    assert call("GET", f"{CONTACTS}/{key}").status_code == 404
    assert rows("sys_attachment", "admin", query=f"record={key}") == []


def test_a_record_in_use_is_not_deleted(call: Call) -> None:
    key = contact()["account"]
    answer = call("DELETE", f"/api/now/table/customer_account/{key}", "admin")
    assert (answer.status_code, answer.json["error"]["problems"][0]["code"]) == (403, "IN_USE")


def test_values_as_a_person_writes_them_are_understood_where_asked_for(call: Call) -> None:
    shown = "?sysparm_input_display_value=true&sysparm_display_value=all"
    body = contact() | {"account": "genixify", "language": "Français"}
    made = call("POST", CONTACTS + shown, json=body).json["result"]
    assert (made["account"]["display_value"], made["language"]["value"]) == ("Genixify", "fr")
    unknown = call("PATCH", f"{CONTACTS}/{made['sys_id']['value']}{shown}", json={"account": "Nobody Ltd"})
    assert [one["field"] for one in unknown.json["error"]["problems"]] == ["account"]
    as_key = call("POST", CONTACTS + shown, json=contact(email="again@x.example"))
    assert as_key.json["result"]["account"]["display_value"] == "Genixify"
    assert call("POST", CONTACTS, json=body | {"email": "third@x.example"}).status_code == 400


def test_a_moment_as_a_person_writes_it_is_one_of_the_own_time_zone(call: Call, actor: Callable[[str], Actor]) -> None:
    agent = session.get_one(User, actor("agent").id)
    case = session.scalars(select(OnboardingCase)).first()
    assert case is not None
    with transaction():
        agent.time_zone = "America/Los_Angeles"
    body = {"subject": "Check", "parent": case.sys_id, "account": case.account, "due_date": "2026-12-01 09:00:00"}
    address = "/api/now/table/sn_ti_core_task?sysparm_display_value=all"
    made = call("POST", f"{address}&sysparm_input_display_value=true", json=body).json["result"]["due_date"]
    assert made == {"display_value": "2026-12-01 09:00:00", "value": "2026-12-01 17:00:00"}


@pytest.mark.parametrize("given", ["6_2", "2_0.5", "62.5", "x"])
def test_a_number_is_written_in_figures(call: Call, rows: Rows, given: str) -> None:
    (row,) = rows("customer_account", query="name=Genixify", fields="sys_id")
    answer = call("PATCH", f"/api/now/table/customer_account/{row['sys_id']}", "admin", json={"health_score": given})
    assert answer.json["error"]["problems"][0]["code"] == "HEALTH_SCORE_RANGE"


@pytest.mark.parametrize("given", ["2025-03-01x", "2025-03-01 late", "2025-02-30"])
def test_a_date_is_nothing_but_a_date(call: Call, rows: Rows, given: str) -> None:
    (row,) = rows("sn_acct_lc_onb_case", query="account.name=Genixify", fields="sys_id", limit=1)
    answer = call("PATCH", f"{CASES}/{row['sys_id']}", json={"go_live_date": given})
    assert answer.json["error"]["problems"][0]["code"] == "INVALID_DATE"


def test_a_value_that_is_sent_counts_also_where_it_does_not_differ(call: Call, rows: Rows) -> None:
    (row,) = rows("sn_acct_lc_onb_case", query="account.name=Genixify", fields="sys_id", limit=1)
    address = f"{CASES}/{row['sys_id']}"
    call("PATCH", address, json={"state": "active", "stage": "at_risk"})
    kept = call("PATCH", address, json={"state": "blocked", "stage": "at_risk"}).json["result"]  # ONB-05-E3
    assert (kept["state"], kept["stage"]) == ("blocked", "at_risk")
    alone = call("PATCH", address, json={"state": "active"}).json["result"]
    assert (alone["state"], alone["stage"]) == ("active", "on_track")


def test_SAG_03_E2_a_status_that_is_sent_stays_whatever_it_was(call: Call, rows: Rows) -> None:
    (mode,) = rows("sys_properties", "admin", query="name=ale.health_status_mode", fields="sys_id")
    call("PATCH", f"/api/now/table/sys_properties/{mode['sys_id']}", "admin", json={"value": "derived"})
    (row,) = rows("customer_account", query="name=Genixify", fields="sys_id")
    address = f"/api/now/table/customer_account/{row['sys_id']}"
    for score in (90, 62):
        sent = {"health_score": score, "health_status": "healthy"}
        assert call("PATCH", address, "admin", json=sent).json["result"]["health_status"] == "healthy"
    assert call("PATCH", address, "admin", json={"health_score": 70}).json["result"]["health_status"] == "declining"
