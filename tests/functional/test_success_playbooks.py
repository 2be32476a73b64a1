"""The playbooks of initiatives, success cases and internal plays: begun, led through, closed (PBK-07 to PBK-16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from ale.domains.playbooks import service, success_runs
from ale.domains.playbooks.instances import Context, ContextState
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.success.actions import Meeting, SuccessCase, SuccessTask
from ale.domains.success.plan import Initiative
from ale.foundation.actor import Actor
from ale.foundation.bulk import save_many
from ale.foundation.changes import create, move, save
from ale.foundation.db import session
from ale.foundation.history import Journal
from ale.foundation.objections import steps_now
from ale.foundation.reading import name_of
from tests.conftest import Browser
from tests.pages import Visit
from tests.stories import Story, refused

ActorNamed = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]
CORE = {"short_description": "Faster reports", "description": "Reports take an hour."}
CLOSURE = {"closure_code": "achieved", "close_notes": "They take a minute."}


@pytest.fixture
def assisting(success_case: Story) -> Story:
    """A success case at Related meeting."""
    success_case.complete("enter_core_information", **CORE)
    success_case.complete("add_squad")
    success_case.complete("intended_outcome", text="Faster reporting by June")
    success_case.complete("action_plan", text="1. audit 2. fix")
    return success_case


def entries(story: Story) -> list[tuple[str, str]]:
    found = select(Journal.element, Journal.text).where(Journal.record == story.case.sys_id).order_by(Journal.sys_id)
    return [tuple(row) for row in session.execute(found)]  # type: ignore[misc]


def finish(story: Story) -> None:
    """From Related meeting to the end of a success case."""
    for key, values in (
        ("related_meeting", {}), ("related_work", {}), ("final_outcome", {"text": "Done"}), ("close_record", CLOSURE),
    ):  # fmt: skip
        story.complete(key, **values)


# --- begun by the first step ----------------------------------------------------------------------------------------


def test_PBK_12_E1_the_engagement_makes_the_case(success_case: Story, engagement: Any) -> None:
    assert success_case.case.number.startswith("SCASE")
    assert success_case.case.account == engagement.account
    assert success_case.doing == ["enter_core_information"]


def test_PBK_12_E2_leaving_the_page_stores_no_case(log_on: LogOnAs) -> None:
    count = select(func.count()).select_from(SuccessCase)
    before = session.scalar(count)
    Visit(log_on("csm")).open("/playbooks/new/sn_acct_lc_success_case")
    assert session.scalar(count) == before


def test_PBK_13_E1_the_outcome_makes_the_initiative(initiative: Story) -> None:
    assert initiative.case.account
    assert initiative.doing == ["core_information"]
    assert initiative.stage(2).state == "in_progress"


@pytest.mark.parametrize(
    ("record_type", "asked"),
    [(Initiative, "success_outcome"), (SuccessCase, "engagement"), (InternalPlay, "engagement")],
)
def test_PBK_13_E2_without_what_it_hangs_on_nothing_is_made(by: Actor, record_type: Any, asked: str) -> None:
    assert refused(success_runs.begin, record_type, {}, by) == [("REQUIRED_FIELD", asked)]


def test_texts_are_asked_for_by_the_next_step_alone(success_case: Story) -> None:
    success_case.keep("enter_core_information", priority="1")
    assert success_case.case.short_description == ""
    assert name_of("sn_acct_lc_success_case", success_case.case.sys_id) == success_case.case.number
    assert {field for _code, field in refused(success_case.complete, "enter_core_information")} == {
        "short_description", "description",
    }  # fmt: skip
    success_case.complete("enter_core_information", **CORE)
    assert refused(success_case.keep, "add_squad", squad=["nobody"])[0][0] == "INVALID_REFERENCE"
    blank = refused(save, success_case.case, {"short_description": " "}, by=success_case.by)
    assert blank == [("REQUIRED_FIELD", "short_description")]


def test_records_made_elsewhere_have_no_playbook(by: Actor, engagement: Any) -> None:
    record = create(SuccessCase, CORE | {"engagement": engagement.sys_id}, by=by)
    assert not session.scalars(select(Context).where(Context.record == record.sys_id)).all()
    move(record, "close", CLOSURE, by=by)
    assert record.state.value == "closed"


# --- texts, meetings, tasks -----------------------------------------------------------------------------------------


def test_PBK_11_E1_the_intended_outcome_is_a_comment(assisting: Story) -> None:
    assert entries(assisting)[0] == ("comments", "Faster reporting by June")


def test_PBK_11_E2_the_action_plan_is_a_work_note(assisting: Story) -> None:
    assert entries(assisting)[1:] == [("work_notes", "1. audit 2. fix")]


def test_PBK_11_an_empty_text_is_refused_and_a_kept_one_is_not_said(success_case: Story) -> None:
    success_case.complete("enter_core_information", **CORE)
    success_case.complete("add_squad")
    assert refused(success_case.complete, "intended_outcome", text="  ") == [("TEXT_REQUIRED", "text")]
    success_case.keep("intended_outcome", text="Half a sen")
    assert entries(success_case) == []
    assert success_case.state("intended_outcome") == "in_progress"


def test_PBK_08_open_meetings_hold_the_activity(assisting: Story) -> None:
    assisting.act("related_meeting", "create", subject="Kick-off", state="scheduled", start="2026-12-01 10:00:00")
    (meeting,) = session.scalars(select(Meeting).where(Meeting.parent_record == assisting.case.sys_id)).all()
    assert meeting.account == assisting.case.account
    assert refused(assisting.complete, "related_meeting") == [("OPEN_MEETINGS", None)]
    save(meeting, {"state": "canceled"}, by=assisting.by)
    assisting.complete("related_meeting")
    assert assisting.doing == ["related_work"]


def test_PBK_09_open_tasks_hold_the_activity(assisting: Story) -> None:
    assisting.complete("related_meeting")
    assisting.act("related_work", "create", subject="Audit", description="All reports")
    (task,) = session.scalars(select(SuccessTask).where(SuccessTask.parent == assisting.case.sys_id)).all()
    for state in ("new", "in_progress", "paused"):
        save(task, {"state": state}, by=assisting.by)
        assert refused(assisting.complete, "related_work") == [("OPEN_TASKS", None)]
    move(task, "close", CLOSURE, by=assisting.by)
    assisting.complete("related_work")
    assert assisting.doing == ["final_outcome"]


def test_a_task_that_is_refused_is_not_made(assisting: Story) -> None:
    assisting.complete("related_meeting")
    assert refused(assisting.act, "related_work", "create", subject="Audit") == [("REQUIRED_FIELD", "description")]


def test_PBK_14_E1_create_task_makes_one_sample(initiative: Story) -> None:
    initiative.complete("core_information", subject="Adopt it", description="All teams")
    initiative.complete("sample_task")
    (task,) = session.scalars(select(SuccessTask).where(SuccessTask.parent == initiative.case.sys_id)).all()
    assert (task.state.value, initiative.state("sample_task")) == ("new", "complete")


def test_PBK_14_E2_skip_makes_none(initiative: Story) -> None:
    initiative.complete("core_information", subject="Adopt it", description="All teams")
    run = initiative.run
    service.skip(run, initiative.activity("sample_task", run), initiative.by)
    assert not session.scalars(select(SuccessTask).where(SuccessTask.parent == initiative.case.sys_id)).all()
    assert (initiative.state("sample_task"), initiative.doing) == ("skipped", ["closure"])


def test_an_internal_play_goes_the_same_way_without_a_customer(by: Actor, engagement: Any) -> None:
    play = Story(success_runs.begin(InternalPlay, {"engagement": engagement.sys_id}, by), by)
    play.complete("enter_core_information", **CORE)
    play.complete("add_squad")
    play.complete("action_plan", text="Call them")
    play.act("related_work", "create", short_description="Call", description="Today")
    assert refused(play.complete, "related_work") == [("OPEN_TASKS", None)]
    (task,) = session.scalars(select(InternalPlayTask).where(InternalPlayTask.internal_play == play.case.sys_id)).all()
    save(task, {"state": "canceled"} | CLOSURE, by=by)
    play.complete("related_work")
    play.complete("final_outcome", text="Called")
    play.complete("close_record", **CLOSURE)
    assert {element for element, _text in entries(play)} == {"work_notes"}
    assert move(play.case, "close", CLOSURE, by=by).progress.value == "completed"


# --- the end --------------------------------------------------------------------------------------------------------


def test_PBK_10_E1_a_finished_case_closes(assisting: Story) -> None:
    finish(assisting)
    assert assisting.run.context.state == ContextState.COMPLETE
    move(assisting.case, "close", CLOSURE, by=assisting.by)
    assert (assisting.case.state.value, assisting.case.progress.value, assisting.case.active) == (
        "closed", "completed", False,
    )  # fmt: skip


def test_PBK_10_E2_an_unfinished_case_does_not(assisting: Story) -> None:
    assert refused(move, assisting.case, "close", CLOSURE, by=assisting.by) == [("PLAYBOOK_NOT_FINISHED", None)]
    assert assisting.case.state.value == "new"


def test_PBK_15_E1_an_achieved_initiative_closes(initiative: Story) -> None:
    initiative.complete("core_information", subject="Adopt it", description="All teams")
    initiative.complete("sample_task")
    initiative.complete("closure", **CLOSURE)
    move(initiative.case, "close", CLOSURE, by=initiative.by)
    assert (initiative.case.state.value, initiative.case.active) == ("closed", False)


def test_PBK_15_E2_a_missed_one_closes_by_its_form(initiative: Story) -> None:
    initiative.complete("core_information", subject="Adopt it", description="All teams")
    initiative.complete("sample_task")
    missed = CLOSURE | {"closure_code": "missed"}
    initiative.complete("closure", **missed)
    assert refused(move, initiative.case, "close", missed, by=initiative.by) == [("CLOSE_NOT_AVAILABLE", None)]
    save(initiative.case, {"state": "closed"}, by=initiative.by)
    assert initiative.case.active is False


@pytest.mark.parametrize("end", ["cancel the playbook", "cancel the record"])
def test_PBK_07_what_is_not_finished_is_canceled(assisting: Story, end: str) -> None:
    if end == "cancel the playbook":
        service.cancel(assisting.run, assisting.by)
    else:
        move(assisting.case, "cancel", {"close_notes": "Not needed"}, by=assisting.by)
    run = assisting.run
    assert run.context.state == ContextState.CANCELED
    assert [stage.state for stage in run.stages] == ["complete", "canceled", "canceled"]
    assert assisting.state("action_plan") == "complete"


@pytest.mark.parametrize("code", ["PLAYBOOK_NOT_FINISHED", "CLOSE_NOT_AVAILABLE"])
def test_PBK_10_PBK_15_a_canceled_playbook_offers_no_close(success_case: Story, initiative: Story, code: str) -> None:
    story = success_case if code == "PLAYBOOK_NOT_FINISHED" else initiative
    texts = CORE if story is success_case else {"subject": "Adopt it", "description": "All teams"}
    save(story.case, texts | {"closure_code": "achieved"}, by=story.by)
    service.cancel(story.run, story.by)
    assert "close" not in [step.name for step in steps_now(story.case, story.by)]
    assert refused(move, story.case, "close", CLOSURE, by=story.by) == [(code, None)]
    save(story.case, CLOSURE | {"state": "closed"}, by=story.by)
    assert story.case.active is False


def test_a_success_play_starts_the_playbook_of_what_it_makes(by: Actor, engagement: Any) -> None:
    values = CORE | {"engagement": engagement.sys_id}
    made = create(SuccessCase, values, by=by.for_system().through("play"))
    assert Story(made, by).doing == ["enter_core_information"]


@pytest.mark.parametrize("blank", [None, ""])
def test_unwritten_texts_survive_a_change_of_many(success_case: Story, blank: str | None) -> None:
    key = success_case.case.sys_id
    changed = {"priority": "2", "short_description": blank}
    [draft] = save_many(SuccessCase, [(key, changed)], by=success_case.by)
    assert draft.problems == []
    session.expire_all()
    assert (success_case.case.priority.value, success_case.case.short_description) == ("2", "")
