"""Success cases, touchpoints, their tasks and meetings: CSB-26 to CSB-37 but for closure; SUC-01, 10, 16, DOM-03."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from ale.domains.success.actions import Meeting, SuccessCase, SuccessTask, Touchpoint
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, save_many
from ale.foundation.changes import create, save
from ale.foundation.clock import now
from ale.foundation.db import session
from tests.conftest import Browser
from tests.pages import Page, sent
from tests.success import Shelf, owner, problems


@pytest.fixture
def csm(actor: Callable[[str], Actor]) -> Actor:
    return actor("csm")


@pytest.fixture
def shelf(csm: Actor) -> Shelf:
    return Shelf(csm)


def test_CSB_26_E1_a_success_case_has_its_texts(shelf: Shelf, csm: Actor) -> None:
    given = {"engagement": shelf.engagement().sys_id}
    assert set(problems(create, SuccessCase, given, by=csm)) == {
        ("REQUIRED_FIELD", "short_description"), ("REQUIRED_FIELD", "description"),
    }  # fmt: skip


def test_CSB_29_E1_a_success_case_with_tasks_stays(shelf: Shelf, csm: Actor) -> None:
    case, other = shelf.case(shelf.engagement()), shelf.engagement()
    shelf.task(case)
    assert problems(save, case, {"engagement": other.sys_id}, by=csm) == [("PARENT_LOCKED", "engagement")]
    [draft] = save_many(SuccessCase, [(case.sys_id, {"engagement": other.sys_id})], by=csm)
    assert [one.code for one in draft.problems] == ["PARENT_LOCKED"]


def test_CSB_29_E2_a_success_case_without_tasks_moves_with_its_meetings(shelf: Shelf, csm: Actor) -> None:
    case, other = shelf.case(shelf.engagement()), shelf.engagement("Boxeo")
    meeting = create(Meeting, {"parent_record": case.sys_id, "subject": "Kick-off"}, by=csm)
    save(case, {"engagement": other.sys_id}, by=csm)
    assert {(one.account, one.sys_domain) for one in (case, meeting)} == {(other.account, "TOP/Boxeo")}


def test_CSB_30_E1_a_touchpoint_has_a_subject(shelf: Shelf, csm: Actor) -> None:
    given = {"engagement": shelf.engagement().sys_id, "description": "Status"}
    assert problems(create, Touchpoint, given, by=csm) == [("REQUIRED_FIELD", "subject")]


def test_CSB_30_E2_a_touchpoint_starts_new(shelf: Shelf) -> None:
    touchpoint = shelf.touchpoint(shelf.engagement())
    assert (touchpoint.number[:5], touchpoint.priority, touchpoint.state) == ("TCHPT", "4", "new")


def test_CSB_33_E1_a_touchpoint_with_tasks_stays(shelf: Shelf, csm: Actor) -> None:
    touchpoint, other = shelf.touchpoint(shelf.engagement()), shelf.engagement()
    shelf.task(touchpoint)
    assert problems(save, touchpoint, {"engagement": other.sys_id}, by=csm) == [("PARENT_LOCKED", "engagement")]


def test_CSB_33_E2_a_touchpoint_without_tasks_moves(shelf: Shelf, csm: Actor) -> None:
    touchpoint, other = shelf.touchpoint(shelf.engagement()), shelf.engagement("Boxeo")
    save(touchpoint, {"engagement": other.sys_id}, by=csm)
    assert (touchpoint.account, touchpoint.sys_domain) == (other.account, "TOP/Boxeo")


def test_CSB_34_E1_a_task_has_a_description(shelf: Shelf, csm: Actor) -> None:
    given = {"parent": shelf.case(shelf.engagement()).sys_id, "subject": "Prepare workshop"}
    assert problems(create, SuccessTask, given, by=csm) == [("REQUIRED_FIELD", "description")]
    assert ("REQUIRED_FIELD", "parent") in problems(create, SuccessTask, {"subject": "S"}, by=csm)


@pytest.mark.parametrize("kind", ["Initiative", "SuccessCase", "Touchpoint"])
def test_CSB_34_E2_a_task_takes_the_account_of_its_parent(shelf: Shelf, kind: str) -> None:
    parent = shelf.every_kind()[kind]
    task = shelf.task(parent, account=owner("Boxeo").sys_id)
    assert (task.account, task.parent_table, task.visible_to_customer) == (
        owner("Alderis").sys_id, type(parent).__tablename__, False,
    )  # fmt: skip


def test_CSB_34_the_parent_of_a_task_is_one_that_may_have_tasks(shelf: Shelf, csm: Actor) -> None:
    for wrong in (shelf.engagement().sys_id, "0" * 32):
        given = {"parent": wrong, "subject": "S", "description": "D"}
        assert problems(create, SuccessTask, given, by=csm) == [("INVALID_REFERENCE", "parent")]
        [draft] = create_many(SuccessTask, [given], by=csm)
        assert [one.code for one in draft.problems] == ["INVALID_REFERENCE"]


def test_CSB_37_E2_a_task_follows_its_new_parent(shelf: Shelf, csm: Actor) -> None:
    task = shelf.task(shelf.case(shelf.engagement()))
    other = shelf.initiative(shelf.outcome(shelf.objective(shelf.engagement("Boxeo"))))
    save(task, {"parent": other.sys_id}, by=csm)
    assert (task.parent_table, task.account, task.sys_domain) == (
        "sn_acct_lc_success_initiative", owner("Boxeo").sys_id, "TOP/Boxeo",
    )  # fmt: skip


def test_SUC_01_E1_a_touchpoint_has_the_account_of_its_engagement(shelf: Shelf) -> None:
    touchpoint = shelf.touchpoint(shelf.engagement(), account=owner("Boxeo").sys_id)
    assert touchpoint.account == owner("Alderis").sys_id


def test_SUC_16_E1_a_touchpoint_about_a_product_names_it(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    assert problems(shelf.touchpoint, engagement, related_to_product=True) == [("PRODUCT_REQUIRED", "product")]


def test_SUC_16_E2_a_cleared_box_empties_the_product(shelf: Shelf, csm: Actor) -> None:
    touchpoint = shelf.touchpoint(shelf.engagement(), related_to_product=True, product=shelf.sold().sys_id)
    save(touchpoint, {"related_to_product": False}, by=csm)
    assert touchpoint.product is None


def test_DOM_03_E2_tasks_and_meetings_lie_in_the_domain_of_the_account(shelf: Shelf, csm: Actor) -> None:
    touchpoint = shelf.touchpoint(shelf.engagement())
    meeting = create(Meeting, {"parent_record": touchpoint.sys_id, "subject": "Review"}, by=csm)
    assert {one.sys_domain for one in (touchpoint, shelf.task(touchpoint), meeting)} == {"TOP/Alderis"}


def test_a_scheduled_meeting_has_its_time(shelf: Shelf, csm: Actor) -> None:
    case = shelf.case(shelf.engagement())
    given = {"parent_record": case.sys_id, "subject": "Kick-off"}
    assert problems(create, Meeting, given | {"state": "scheduled"}, by=csm) == [("REQUIRED_FIELD", "start")]
    times = {"start": now(), "end": now() - timedelta(hours=1)}
    assert problems(create, Meeting, given | times, by=csm) == [("ENDS_BEFORE_START", "end")]


def test_a_task_names_its_parent_and_the_parent_lists_its_tasks(shelf: Shelf, log_on: Callable[[str], Browser]) -> None:
    browser, touchpoint = log_on("csm"), shelf.touchpoint(shelf.engagement(), subject="Review of May")
    shelf.task(touchpoint, subject="Send the minutes")
    page = Page(browser.get(f"/touchpoints/{touchpoint.sys_id}").text)
    assert "Send the minutes" in page.text
    new = f"/success-tasks/new?parent={touchpoint.sys_id}"
    assert new in {one.attrs.get("href") for one in page.find("a")}
    forms = Page(browser.get(new).text).find("form")
    given = sent(next(one for one in forms if one.attrs.get("id") == "record-form"))
    assert (given["parent"], given["parent_text"]) == ([touchpoint.sys_id], ["Review of May"])
    answer = browser.send("/success-tasks/new", given | {"subject": "Call Lea", "description": "Before noon."})
    assert answer.status_code == 303
    assert "Call Lea" in browser.get("/success-tasks").text
    assert "Review of May" in browser.get("/success-tasks").text


def test_a_parent_is_found_by_its_name_among_all_kinds(shelf: Shelf, log_on: Callable[[str], Browser]) -> None:
    browser, engagement = log_on("csm"), shelf.engagement()
    shelf.touchpoint(engagement, subject="Quarterly talk")
    shelf.case(engagement, short_description="Quarterly figures")
    found = browser.get("/success-tasks/lookup/parent?q=Quarterly").text
    assert "Quarterly talk" in found
    assert "Quarterly figures" in found
    typed = {"parent": "", "parent_text": "Quarterly talk", "subject": "S", "description": "D"}
    assert browser.send("/success-tasks/new", typed).status_code == 303
    task = session.scalars(select(SuccessTask).where(SuccessTask.subject == "S")).one()
    assert task.parent_table == "sn_acct_lc_touchpoint"
