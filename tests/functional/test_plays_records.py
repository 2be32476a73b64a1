"""Internal plays and their tasks, from the first to the last of their rules."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.signals.records import RiskSignal
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.problem import NotVisible
from ale.foundation.reading import find
from ale.foundation.record import Record
from tests.conftest import Browser
from tests.factories import account, make
from tests.stories import refused

ActorNamed = Callable[[str], Actor]
TEXTS = {"short_description": "Renewal preparation", "description": "What we do before the renewal."}
TOLD = {"closure_code": "partially_achieved", "close_notes": "Delivered as agreed"}
both_kinds = pytest.mark.parametrize("kind", [InternalPlay, InternalPlayTask])


@pytest.fixture
def csm(actor: ActorNamed) -> Actor:
    return actor("csm")


@pytest.fixture
def engagement(app: object) -> Engagement:
    return make(Engagement, account=account("Genixify").sys_id)


@pytest.fixture
def elsewhere(app: object) -> Engagement:
    return make(Engagement, account=account("Boxeo").sys_id)


def begun(kind: type[Record], by: Actor) -> Any:
    return save(make(kind), {"state": "in_progress"}, by=by)


# --- required fields and what is copied -----------------------------------------------------------------------------


def test_CSB_38_E1_a_play_has_both_texts(csm: Actor, engagement: Engagement) -> None:
    given = {"engagement": engagement.sys_id, "short_description": "Renewal preparation"}
    for empty in ({}, {"description": "  "}):
        assert refused(create, InternalPlay, given | empty, by=csm) == [("REQUIRED_FIELD", "description")]


def test_CSB_38_E2_a_play_has_the_account_of_its_engagement(csm: Actor, engagement: Engagement) -> None:
    given = TEXTS | {"engagement": engagement.sys_id, "account": account("Boxeo").sys_id}
    play = create(InternalPlay, given, by=csm)
    assert (play.account, play.sys_domain) == (engagement.account, engagement.sys_domain)
    assert play.number.startswith("INPLY")


def test_CSB_38_without_engagement_the_account_is_asked_for(csm: Actor) -> None:
    assert refused(create, InternalPlay, TEXTS, by=csm) == [("REQUIRED_FIELD", "account")]
    boxeo = account("Boxeo")
    assert create(InternalPlay, TEXTS | {"account": boxeo.sys_id}, by=csm).sys_domain == boxeo.sys_domain


def test_CSB_43_E1_a_task_has_all_three(csm: Actor) -> None:
    given = {"internal_play": make(InternalPlay).sys_id, "short_description": "Call sponsor"}
    assert refused(create, InternalPlayTask, given, by=csm) == [("REQUIRED_FIELD", "description")]
    missing = {("REQUIRED_FIELD", name) for name in ("internal_play", "short_description", "description")}
    assert set(refused(create, InternalPlayTask, {}, by=csm)) == missing


def test_CSB_43_E2_a_task_is_of_account_and_engagement_of_its_play(csm: Actor, engagement: Engagement) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    task = create(InternalPlayTask, TEXTS | {"internal_play": play.sys_id}, by=csm)
    assert (task.engagement, task.account) == (engagement.sys_id, engagement.account)
    assert task.sys_domain == engagement.sys_domain
    assert task.number.startswith("IPTSK")


# --- the end, and beginning again -----------------------------------------------------------------------------------


@both_kinds
def test_CSB_39_E1_and_CSB_44_E1_who_closes_says_why(kind: Any, csm: Actor) -> None:
    record = begun(kind, csm)
    for state in ("closed", "canceled"):
        named = {
            name for code, name in refused(save, record, {"state": state}, by=csm) if code == "CLOSURE_INFO_MISSING"
        }
        assert named == ({"closure_code", "close_notes"} if state == "closed" else {"close_notes"})
    assert (record.state, record.active) == ("in_progress", True)


@both_kinds
def test_CSB_39_E2_and_CSB_44_E2_closing_is_signed(kind: Any, csm: Actor) -> None:
    record = save(begun(kind, csm), {"state": "closed"} | TOLD, by=csm)
    assert (record.active, record.closed_by, record.progress) == (False, csm.id, "completed")
    assert record.closed_at is not None
    assert abs((now() - record.closed_at).total_seconds()) < 3600


@both_kinds
def test_CSB_40_E1_and_CSB_45_E1_reopening_empties_the_closure(kind: Any, csm: Actor) -> None:
    record = save(begun(kind, csm), {"state": "closed"} | TOLD, by=csm)
    save(record, {"state": "in_progress"}, by=csm)
    assert record.active
    assert (record.closure_code, record.close_notes, record.closed_at, record.closed_by) == (None,) * 4
    past = session.scalars(
        select(Audit.old_value).where(Audit.record == record.sys_id, Audit.field_name == "close_notes")
    )
    assert "Delivered as agreed" in past.all()


@both_kinds
def test_CSB_40_E2_and_CSB_45_E2_notes_sent_while_reopening_are_emptied_too(kind: Any, csm: Actor) -> None:
    record = save(begun(kind, csm), {"state": "canceled", "close_notes": "Duplicate"}, by=csm)
    assert (record.closure_code, record.progress) == ("canceled", "canceled")
    save(record, {"state": "in_progress", "close_notes": "keep me"}, by=csm)
    assert (record.state, record.close_notes, record.progress) == ("in_progress", None, "on_track")


# --- parents --------------------------------------------------------------------------------------------------------


def test_CSB_41_E1_a_play_has_no_parent(csm: Actor) -> None:
    play, other = make(InternalPlay), make(InternalPlay)
    assert refused(save, play, {"parent": other.sys_id}, by=csm) == [("PARENT_NOT_ALLOWED", "parent")]


def test_CSB_41_E2_an_empty_parent_is_none(csm: Actor) -> None:
    assert save(make(InternalPlay), {"parent": "", "short_description": "Same"}, by=csm).short_description == "Same"


def test_CSB_42_E1_a_play_with_tasks_stays_with_its_engagement(
    csm: Actor, engagement: Engagement, elsewhere: Engagement
) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    make(InternalPlayTask, internal_play=play.sys_id)
    assert refused(save, play, {"engagement": elsewhere.sys_id}, by=csm) == [("PARENT_LOCKED", "engagement")]


def test_CSB_42_a_play_that_a_signal_comes_from_stays_too(
    csm: Actor, engagement: Engagement, elsewhere: Engagement
) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    make(RiskSignal, source_table="sn_acct_lc_internal_play", source_record=play.sys_id)
    assert refused(save, play, {"engagement": elsewhere.sys_id}, by=csm) == [("PARENT_LOCKED", "engagement")]


def test_CSB_42_E2_account_and_domain_follow(csm: Actor, engagement: Engagement, elsewhere: Engagement) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    save(play, {"engagement": elsewhere.sys_id}, by=csm)
    assert (play.account, play.sys_domain) == (elsewhere.account, elsewhere.sys_domain)


def test_CSB_42_a_play_with_tasks_does_not_lose_its_engagement(csm: Actor, engagement: Engagement) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    make(InternalPlayTask, internal_play=play.sys_id)
    assert refused(save, play, {"engagement": ""}, by=csm) == [("PARENT_LOCKED", "engagement")]


def test_CSB_46_E1_a_task_that_a_signal_comes_from_stays_with_its_play(csm: Actor) -> None:
    task, other = make(InternalPlayTask), make(InternalPlay)
    make(RiskSignal, source_table="sn_acct_lc_internal_play_task", source_record=task.sys_id)
    assert refused(save, task, {"internal_play": other.sys_id}, by=csm) == [("PARENT_LOCKED", "internal_play")]


def test_CSB_46_E2_engagement_account_and_domain_follow(csm: Actor, elsewhere: Engagement) -> None:
    task, other = make(InternalPlayTask), make(InternalPlay, engagement=elsewhere.sys_id)
    save(task, {"internal_play": other.sys_id}, by=csm)
    assert (task.engagement, task.account) == (elsewhere.sys_id, elsewhere.account)
    assert task.sys_domain == elsewhere.sys_domain


# --- nothing of this for customers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["genixify.admin", "genixify.manager", "genixify.sme"])
def test_SUC_09_E1_customers_never_see_internal_records(
    actor: ActorNamed, client: Browser, engagement: Engagement, name: str
) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    with pytest.raises(NotVisible):
        find(InternalPlay, play.sys_id, actor(name))
    answer = client.get(f"/api/now/table/sn_acct_lc_internal_play/{play.sys_id}", auth=(name, "demo"))
    assert answer.status_code in (403, 404)
    assert play.number not in answer.text


def test_SUC_09_E2_a_success_agent_opens_them(log_on: Callable[[str], Browser], engagement: Engagement) -> None:
    play = make(InternalPlay, engagement=engagement.sys_id)
    assert play.number in log_on("csm").get(f"/internal-plays/{play.sys_id}").text
