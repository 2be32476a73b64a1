"""What customers see of customer success over the API: the own account, and of it what is theirs (SUC-09, 10, 11)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.people.records import User
from ale.domains.people.service import grant
from ale.domains.success.actions import Meeting
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, save
from ale.foundation.db import session
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
