"""What activities about tasks do: they make one, list ad-hoc ones, or sum up those of their stage."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ale.domains.onboarding import service as onboarding
from ale.domains.onboarding.records import CaseTask, TaskState
from ale.domains.onboarding.rules import TASK_OVER
from ale.domains.playbooks.run import Run, RunActivity
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.encoded import matches, parse
from ale.foundation.field import Values, fields_of
from ale.foundation.problem import Problem, Rejected
from ale.foundation.record import RECORDS, Record, table_name, values_of
from ale.foundation.translations import translator


def withdraw(task: CaseTask | None, by: Actor) -> None:
    """The activity that made this task does not count any more: the task is canceled."""
    if task is not None and task.state.value not in TASK_OVER:
        save(task, {"state": TaskState.CANCELED}, by=by.for_system())


def heed_conditions(run: Run, activity: RunActivity, by: Actor) -> None:
    """PBK-06: cancel or close the open task of an activity when the record, or the task, is as its conditions say."""
    task, said = task_of(activity), activity.definition
    if task is None or task.state.value in TASK_OVER:
        return
    if _meets(said.canceled_conditions, run.record):
        save(task, {"state": TaskState.CANCELED}, by=by.for_system())
    elif _meets(said.closed_conditions, task) or _meets(said.closed_conditions, run.record):
        save(task, {"state": TaskState.CLOSED}, by=by.for_system())


def _meets(conditions: str | None, record: Record) -> bool:
    """Whether a record is as described; one that lacks a field of the description is not."""
    values = values_of(record)
    paths = {one.path for group in parse(conditions or "").groups for clause in group for one in clause}
    return bool(paths) and all(".".join(path) in values for path in paths) and matches(str(conditions), values)


def task_of(activity: RunActivity) -> CaseTask | None:
    """The task that the activity made, if any."""
    return session.get(CaseTask, activity.context.task) if activity.context.task else None


def create_task(run: Run, activity: RunActivity, by: Actor) -> bool:
    """Make the activity's task; a configuration that cannot be stored is shown on the activity, not lost (IMP-10)."""
    try:
        task = make_task(run, activity, activity.values(by.language), by)
    except Rejected as refused:
        text = "; ".join(problem.text(translator(by.language), by.language) for problem in refused.problems)
        save(activity.context, {"problem": text}, by=by.for_system())
        return False
    save(activity.context, {"task": task.sys_id, "problem": None}, by=by.for_system())
    return False


def make_task(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> Record:
    """A record of the activity's table under the record of the run, assigned as ONB-13 says."""
    record_type = RECORDS[activity.definition.record_table or "sn_ti_core_task"]
    known, own = fields_of(record_type), fields_of(type(run.record))
    given: Values = {name: value for name, value in values.items() if name in known}
    given |= {name: _resolved(known[name].to, value) for name, value in given.items() if known[name].to}
    if "parent" in known and known["parent"].to == table_name(type(run.record)):
        given["parent"] = run.record.sys_id
    for name in ("account", "contact"):
        if name in known and name in own:
            given.setdefault(name, getattr(run.record, name))
    given |= {"responsibility": activity.definition.responsibility, "playbook_activity": activity.id}
    if not given.get("assigned_to"):
        given["assigned_to"] = onboarding.default_assignee(run.case, activity.definition.responsibility)
    return create(record_type, given, by=by.for_system().through("playbook"))


def _resolved(table: str | None, value: Any) -> Any:
    """A reference given by what the record is called, e.g. a data source by its name."""
    record_type = RECORDS[str(table)]
    shown = getattr(record_type, record_type.__sheet__.display)
    found = select(record_type.sys_id).where((shown == value) | (record_type.sys_id == value))
    return session.scalars(found).first() or value


def task_was_made(run: Run, activity: RunActivity) -> list[Problem]:
    """A task that could not be made cannot be completed either (IMP-10)."""
    if activity.context.problem:
        return [Problem("CONFIGURATION", "The task could not be made: {problem}", problem=activity.context.problem)]
    return []


def close_task(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> None:
    """Mark complete closes the task that is still open."""
    task = task_of(activity)
    if task is not None and task.state.value not in TASK_OVER:
        notes = {"close_notes": values["close_notes"]} if values.get("close_notes") else {}
        save(task, {"state": TaskState.CLOSED} | notes, by=by.through("playbook"))


def add_work(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """PBK-18: an ad-hoc task of the case, listed on the activity."""
    given = activity.values(by.language) | {name: value for name, value in values.items() if value}
    make_task(run, activity, given, by)
    return []


def related_tasks(run: Run, activity: RunActivity) -> list[CaseTask]:
    """The tasks made in this activity, oldest first."""
    found = select(CaseTask).where(CaseTask.playbook_activity == activity.id).order_by(CaseTask.sys_id)
    return list(session.scalars(found))


def no_open_work(run: Run, activity: RunActivity) -> list[Problem]:
    """PBK-18: nothing that was added is open."""
    if any(task.state.value not in TASK_OVER for task in related_tasks(run, activity)):
        return [Problem("OPEN_TASKS", "Close or cancel the open tasks first.")]
    return []


def summarised_tasks(run: Run, activity: RunActivity) -> list[CaseTask]:
    """The tasks that the other activities of the stage made and that were not canceled."""
    stage = run.stage_of(activity)
    tasks = [task_of(one) for one in stage.activities if one.context.task]
    return [task for task in tasks if task is not None and task.state != TaskState.CANCELED]


def keep_notes(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> None:
    """Close notes come as `close_notes.<sys_id of the task>`."""
    for task in summarised_tasks(run, activity):
        text = values.get(f"close_notes.{task.sys_id}")
        if text is not None and text != (task.close_notes or ""):
            save(task, {"close_notes": text}, by=by.through("playbook"))


def notes_missing(run: Run, activity: RunActivity) -> list[Problem]:
    """PBK-17: each task needs close notes; the first one without is named."""
    return [
        Problem("CLOSE_NOTES_MISSING", "{task}: Enter close notes for every import task.", f"close_notes.{task.sys_id}",
                task=f"{task.number} {task.subject}")
        for task in summarised_tasks(run, activity)
        if not (task.close_notes or "").strip()
    ]  # fmt: skip


def close_summarised(run: Run, activity: RunActivity, by: Actor) -> None:
    """Close the tasks of the stage that are still open."""
    for task in summarised_tasks(run, activity):
        if task.state.value not in TASK_OVER:
            save(task, {"state": TaskState.CLOSED}, by=by.through("playbook"))
