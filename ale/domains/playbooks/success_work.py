"""What activities of customer success playbooks do: tasks and meetings of their record, texts said on it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ale.domains.playbooks.run import Run, RunActivity
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.problem import Problem
from ale.foundation.record import RECORDS, Record

_TASK_OPEN, _MEETING_OPEN = ("new", "in_progress", "paused"), ("draft", "scheduled")
_OPEN_TASKS = Problem("OPEN_TASKS", "Close or cancel the open tasks first.")

BELOW: dict[str, tuple[str, tuple[str, ...], Problem]] = {
    "sn_acct_lc_success_task": ("parent", _TASK_OPEN, _OPEN_TASKS),
    "sn_acct_lc_internal_play_task": ("internal_play", _TASK_OPEN, _OPEN_TASKS),
    "sn_acct_lc_meeting": (
        "parent_record", _MEETING_OPEN, Problem("OPEN_MEETINGS", "Complete or cancel the open meetings first."),
    ),
}  # fmt: skip
"""The types that related activities list: the field that names the record, what counts as open, the refusal."""


def records_below(run: Run, table: str, *, only_open: bool = False) -> list[Record]:
    """The tasks or meetings of the record of a run, oldest first."""
    record_type: Any = RECORDS[table]
    link, states, _problem = BELOW[table]
    found = select(record_type).where(getattr(record_type, link) == run.record.sys_id)
    if only_open:
        found = found.where(record_type.state.in_(states))
    return list(session.scalars(found.order_by(record_type.sys_id)))


def open_work(run: Run, activity: RunActivity) -> list[Record]:
    """PBK-08, PBK-09: what keeps a related activity from being completed."""
    return records_below(run, str(activity.definition.record_table), only_open=True)


def nothing_is_open(run: Run, activity: RunActivity) -> list[Problem]:
    """PBK-08, PBK-09: all is over; an activity that makes a sample does not ask (PBK-14)."""
    if makes_sample(activity) or not open_work(run, activity):
        return []
    return [BELOW[str(activity.definition.record_table)][2]]


def add(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """A task or meeting of the record, by the rights of whoever asks for it."""
    table = str(activity.definition.record_table)
    create(RECORDS[table], dict(values) | {BELOW[table][0]: run.record.sys_id}, by=by.through("playbook"))
    return []


def makes_sample(activity: RunActivity) -> bool:
    """Whether completing the activity makes a record with the values that its definition names (PBK-14)."""
    return bool(activity.definition.field_values)


def make_sample(run: Run, activity: RunActivity, by: Actor) -> None:
    """PBK-14: Create task makes one sample task under the record."""
    if makes_sample(activity):
        add(run, activity, activity.values(by.language), by)


def journal_of(activity: RunActivity) -> str:
    """The journal that a text goes to: comments, which the customer reads, or work notes."""
    return str((activity.definition.fields or {}).get("journal", "work_notes"))


def text_of(activity: RunActivity) -> str:
    """The text as it was last entered."""
    return str((activity.context.data or {}).get(journal_of(activity), ""))


def keep_text(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> None:
    """Keep the text with the activity; nobody else reads it before it is sent."""
    data = {journal_of(activity): str(values.get("text") or "").strip()}
    save(activity.context, {"data": data}, by=by.for_system().through("playbook"))


def needs_a_text(run: Run, activity: RunActivity) -> list[Problem]:
    """PBK-11: nothing is sent that says nothing."""
    return [] if text_of(activity) else [Problem("TEXT_REQUIRED", "Enter a text first.", "text")]


def send_text(run: Run, activity: RunActivity, by: Actor) -> None:
    """PBK-11: the text becomes an entry of the record's stream."""
    save(run.record, {journal_of(activity): text_of(activity)}, by=by.through("playbook"))
