"""What customers see of customer success over the API: the own account, and of it what is theirs (SUC-09, 10, 11)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.people.records import Role, User
from ale.domains.people.service import grant, revoke
from ale.domains.success.actions import Meeting, Touchpoint
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.outbox import Email
from tests.conftest import Browser
from tests.functional.api.calls import basic
from tests.success import SYSTEM, Shelf, owner

TABLES = ("engagement", "success_objective", "success_outcome", "success_initiative", "success_case", "touchpoint")
Asked = Callable[..., Any]


@pytest.fixture
def asked(client: Browser) -> Asked:
    """`asked(method, table, ...)`: the answer that the administrator of Genixify gets, who follows success."""
    lea = session.scalars(select(User).where(User.user_name == "genixify.admin")).one()
    grant(lea, "sn_acct_lc.ale_success_customer", SYSTEM)

    def ask(method: str, address: str, **more: Any) -> Any:
        return client.open(f"/api/now/table/{address}", method=method, headers=basic("genixify.admin"), **more)

    return ask


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["result"]
    return found


@pytest.mark.parametrize("table", TABLES)
def test_customers_read_the_own_account(asked: Asked, table: str) -> None:
    own = rows(asked("GET", f"sn_acct_lc_{table}"))
    assert own
    assert {one["account"]["value"] for one in own} == {owner("Genixify").sys_id}
    closed = {"perceived_health", "renewal_date", "closure_code", "watch_list", "tracking_method", "squad"}
    assert closed.isdisjoint(own[0])


@pytest.mark.parametrize("table", [*TABLES, "success_task", "meeting"])
def test_without_the_role_there_is_nothing(client: Browser, table: str) -> None:
    answer = client.get(f"/api/now/table/sn_acct_lc_{table}", headers=basic("genixify.manager"))
    assert answer.status_code == 403


def test_customers_never_read_contract_links(asked: Asked) -> None:
    assert asked("GET", "sn_acct_lc_engagement_contract_relationship").status_code == 403


def test_the_engagement_of_another_customer_is_as_missing(asked: Asked) -> None:
    foreign = session.scalars(select(Engagement).where(Engagement.account == owner("Boxeo").sys_id)).one()
    answers = [asked("GET", f"sn_acct_lc_engagement/{key}") for key in (foreign.sys_id, "0" * 32)]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].json == answers[1].json


def test_SUC_10_a_task_is_seen_when_it_is_meant_for_customers(asked: Asked) -> None:
    shelf = Shelf()
    task = shelf.task(shelf.touchpoint(shelf.engagement("Genixify")))
    assert task.number not in {one["number"] for one in rows(asked("GET", "sn_acct_lc_success_task"))}
    save(task, {"visible_to_customer": True}, by=SYSTEM)
    assert task.number in {one["number"] for one in rows(asked("GET", "sn_acct_lc_success_task"))}


def test_customers_work_on_their_tasks_and_nothing_else(asked: Asked) -> None:
    shelf = Shelf()
    task = shelf.task(shelf.touchpoint(shelf.engagement("Genixify")), visible_to_customer=True)
    answer = asked("PATCH", f"sn_acct_lc_success_task/{task.sys_id}", json={"state": "in_progress", "subject": "Mine"})
    assert answer.status_code == 200, answer.text
    session.expire_all()
    assert (task.state, task.subject) == ("in_progress", "Prepare workshop")
    assert asked("PATCH", f"sn_acct_lc_success_task/{task.sys_id}", json={"state": "paused"}).status_code == 403
    assert asked("DELETE", f"sn_acct_lc_success_task/{task.sys_id}").status_code == 403


def test_CSB_35_a_customer_who_closes_a_task_says_why(asked: Asked) -> None:
    shelf = Shelf()
    task = shelf.task(shelf.touchpoint(shelf.engagement("Genixify")), visible_to_customer=True)
    address = f"sn_acct_lc_success_task/{task.sys_id}"
    refused = asked("PATCH", address, json={"state": "closed"})
    assert refused.status_code == 403
    assert {(one["code"], one["field"]) for one in refused.json["error"]["problems"]} == {
        ("CLOSURE_INFO_MISSING", "closure_code"), ("CLOSURE_INFO_MISSING", "close_notes"),
    }  # fmt: skip
    done = asked("PATCH", address, json={"state": "closed", "closure_code": "achieved", "close_notes": "Done by us"})
    assert done.status_code == 200, done.text
    assert (done.json["result"]["state"], done.json["result"]["close_notes"]) == ("closed", "Done by us")


def test_SUC_13_E1_a_touchpoint_of_a_customer_goes_to_the_manager(asked: Asked) -> None:
    shelf = Shelf()
    jules = session.scalars(select(User).where(User.user_name == "csm")).one()
    engagement = shelf.engagement("Genixify", customer_success_manager=jules.sys_id)
    words = {"subject": "Need a renewal quote", "description": "For two years.", "engagement": engagement.sys_id}
    left_out = {"channel": "phone", "priority": "1", "assigned_to": contact_of("genixify.admin"), "state": "closed"}
    made = asked("POST", "sn_acct_lc_touchpoint", json=words | left_out)
    assert made.status_code == 201, made.text
    stored = session.scalars(select(Touchpoint).where(Touchpoint.number == made.json["result"]["number"])).one()
    facts = (stored.state, stored.channel, stored.contact, stored.assigned_to, stored.account)
    assert facts == ("new", "web", contact_of("genixify.admin"), jules.sys_id, owner("Genixify").sys_id)
    assert stored.priority == "4"
    mails = session.scalars(select(Email).where(Email.record == stored.sys_id)).all()
    assert [(one.recipient, stored.number in one.subject) for one in mails] == [(jules.email, True)]


def test_SUC_13_E2_engagements_of_others_missing_ones_and_closed_ones_are_refused_alike(asked: Asked) -> None:
    shelf = Shelf()
    foreign = session.scalars(select(Engagement).where(Engagement.account == owner("Boxeo").sys_id)).one()
    over = shelf.engagement("Genixify")
    save(over, {"state": "closed", "closure_code": "achieved", "close_notes": "Done"}, by=SYSTEM)
    body = {"subject": "Hello", "description": "There"}
    answers = [
        asked("POST", "sn_acct_lc_touchpoint", json={**body, "engagement": key})
        for key in (foreign.sys_id, "0" * 32, over.sys_id)
    ]
    assert {one.status_code for one in answers} == {403}
    assert {one.text for one in answers} == {answers[0].text}
    assert [one["code"] for one in answers[0].json["error"]["problems"]] == ["ENGAGEMENT_NOT_YOURS"]
    assert session.scalars(select(Touchpoint).where(Touchpoint.subject == "Hello")).all() == []


def test_an_administrator_of_a_customer_sees_what_is_done_for_its_children(asked: Asked) -> None:
    shelf, parent = Shelf(), owner("Genixify")
    assert owner("Alderis").sys_domain == "TOP/Alderis"  # accounts get domains of their own from here on
    child = create(Account, {"name": "Genixify Sud", "parent": parent.sys_id}, by=SYSTEM)
    assert child.sys_domain == f"{parent.sys_domain}/GenixifySud"
    of_child = shelf.engagement("Genixify Sud")
    seen = {one["number"] for one in rows(asked("GET", "sn_acct_lc_engagement"))}
    assert of_child.number in seen
    lea = session.scalars(select(User).where(User.user_name == "genixify.admin")).one()
    revoke(
        lea, session.scalars(select(Role.sys_id).where(Role.name == "sn_customerservice.customer_admin")).one(), SYSTEM
    )
    assert of_child.number not in {one["number"] for one in rows(asked("GET", "sn_acct_lc_engagement"))}


def test_an_administrator_of_a_customer_keeps_its_contacts(asked: Asked) -> None:
    own, foreign = owner("Genixify").sys_id, owner("Boxeo").sys_id
    body = {"first_name": "Nina", "last_name": "Sow", "email": "nina.sow@genixify.example"}
    made = asked("POST", "customer_contact", json={**body, "account": own, "notes": "not for them"})
    assert made.status_code == 201, made.text
    address = f"customer_contact/{made.json['result']['sys_id']}"
    assert asked("PATCH", address, json={"title": "Buyer"}).json["result"]["title"] == "Buyer"
    refused = [asked("POST", "customer_contact", json={**body, "account": key}) for key in (foreign, "0" * 32)]
    assert {one.status_code for one in refused} == {403}
    assert refused[0].text == refused[1].text
    stored = session.scalars(select(Contact).where(Contact.email == body["email"])).one()
    assert (stored.account, stored.notes) == (own, None)


def test_customers_say_how_an_initiative_goes(asked: Asked) -> None:
    [own] = rows(asked("GET", "sn_acct_lc_success_initiative"))
    address = f"sn_acct_lc_success_initiative/{own['sys_id']}"
    assert asked("PATCH", address, json={"progress": "at_risk"}).json["result"]["progress"] == "at_risk"


def test_customers_read_the_meetings_they_are_invited_to(asked: Asked) -> None:
    shelf = Shelf()
    case, lea = shelf.case(shelf.engagement("Genixify")), contact_of("genixify.admin")
    for subject, guests in (("With Lea", [lea]), ("Without", [])):
        create(Meeting, {"parent_record": case.sys_id, "subject": subject, "customer_attendees": guests}, by=SYSTEM)
    seen = {one["subject"] for one in rows(asked("GET", "sn_acct_lc_meeting"))}
    assert "With Lea" in seen
    assert "Without" not in seen


def contact_of(user_name: str) -> str:
    found = session.scalars(select(Contact.sys_id).join(User, User.contact == Contact.sys_id)
                            .where(User.user_name == user_name))  # fmt: skip
    return found.one()
