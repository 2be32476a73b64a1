"""Starting playbooks and moving them on; what an activity does is said in `behaviours`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.rules import is_over
from ale.domains.playbooks import behaviours, engine, task_work
from ale.domains.playbooks.engine import Command, Do
from ale.domains.playbooks.instances import ActivityContext, ActivityState, Context, ContextState, StageContext
from ale.domains.playbooks.records import Activity, Playbook, Stage
from ale.domains.playbooks.run import Run, RunActivity, load, run_on, take
from ale.domains.playbooks.versions import active_playbook
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many
from ale.foundation.changes import after, create, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.problem import Conflict, Problem, Rejected, sentence
from ale.foundation.record import Record, table_name, values_of

_MOST_ROUNDS = 200


def start(playbook: Playbook, record: Record, by: Actor) -> Run:
    """Launch a playbook on a record: all its stages and activities are made pending, then it moves on."""
    system = by.for_system()
    base = {"playbook": playbook.sys_id, "record_table": table_name(type(record)), "record": record.sys_id}
    context = create(Context, base | {"started_at": now()}, by=system)
    stages = session.scalars(select(Stage.sys_id).where(Stage.playbook == playbook.sys_id).order_by(Stage.order)).all()
    activities = session.scalars(select(Activity.sys_id).where(Activity.stage.in_(stages)).order_by(Activity.order))
    mine = {"instance": context.sys_id}
    made = create_many(StageContext, [mine | {"stage": stage} for stage in stages], by=system)
    made += create_many(ActivityContext, [mine | {"activity": activity} for activity in activities], by=system)
    if problems := [problem for draft in made for problem in draft.problems]:
        raise Rejected(problems)
    return advance(load(context), by)


def advance(run: Run, by: Actor) -> Run:
    """Do what follows from the present states until nothing more does."""
    for _ in range(_MOST_ROUNDS):
        if run.context.state != ContextState.IN_PROGRESS:
            return run
        commands = engine.settle(run.plan)
        if not commands:
            return run
        for command in commands:
            _do(run, command, by)
        run = load(run.context)
    raise RuntimeError(f"playbook {run.playbook.key} version {run.playbook.version} does not come to rest")


def _do(run: Run, command: Command, by: Actor) -> None:
    system = by.for_system()
    stages = {stage.id: stage.context for stage in run.stages}
    match command.do:
        case Do.START_STAGE:
            save(stages[command.id], {"state": ActivityState.IN_PROGRESS}, by=system)
        case Do.COMPLETE_STAGE:
            save(stages[command.id], {"state": ActivityState.COMPLETE}, by=system)
        case Do.CANCEL_STAGE:
            save(stages[command.id], {"state": ActivityState.CANCELED}, by=system)
        case Do.START:
            _start_activity(run, run.activities[command.id], by)
        case Do.HIDE:
            hidden = run.activities[command.id]
            task = task_work.task_of(hidden)
            save(hidden.context, {"state": ActivityState.PENDING, "task": None}, by=system)
            task_work.withdraw(task, by)
        case Do.CANCEL:
            save(run.activities[command.id].context, {"state": ActivityState.CANCELED}, by=system)
        case Do.COMPLETE_INSTANCE:
            save(run.context, {"state": ContextState.COMPLETE, "ended_at": now()}, by=system)
        case Do.CANCEL_INSTANCE:
            save(run.context, {"state": ContextState.CANCELED, "ended_at": now()}, by=system)


def _start_activity(run: Run, activity: RunActivity, by: Actor) -> None:
    if activity.state != engine.PENDING:
        return  # what began just before it ended at once and moved the run on
    save(activity.context, {"state": ActivityState.IN_PROGRESS, "started_at": now()}, by=by.for_system())
    if behaviours.begin(run, activity, by):
        _finish(activity, by)
    else:
        task_work.heed_conditions(run, activity, by)


def _finish(activity: RunActivity, by: Actor, state: ActivityState = ActivityState.COMPLETE) -> None:
    done = {"state": state, "completed_at": now(), "completed_by": by.id}
    save(activity.context, done, by=by.for_system())


def keep(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> Run:
    """Save what was entered; the activity stays in progress and anybody can go on with it (PBK-02)."""
    run, activity = _taken(run, activity)
    behaviours.keep(run, activity, values, by)
    return advance(load(run.context), by)


def act(run: Run, activity: RunActivity, action: str, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """One of the activity's own actions, e.g. "add" a contact; the reminders to show, if any."""
    run, activity = _taken(run, activity)
    return behaviours.act(run, activity, action, values, by)


def complete(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> Run:
    """Mark complete (PBK-01): keeps what was entered, checks, sends what has to be sent, and moves on."""
    run, activity = _taken(run, activity)
    behaviours.keep(run, activity, values, by)
    problems = behaviours.missing(run, activity)
    if problems:
        raise Rejected(problems)
    if activity.state == engine.IN_PROGRESS:  # else closing its task has ended it
        _finish(activity, by)
    behaviours.completed(run, activity, by)
    return advance(load(run.context), by)


def skip(run: Run, activity: RunActivity, by: Actor) -> Run:
    """Leave an optional activity out."""
    run, activity = _taken(run, activity)
    if not activity.definition.optional:
        raise Rejected([Problem("NOT_OPTIONAL", "This activity cannot be skipped.")])
    _finish(activity, by, ActivityState.SKIPPED)
    return advance(load(run.context), by)


def reopen(run: Run, activity: RunActivity, by: Actor) -> Run:
    """Take a complete or skipped activity of the stage at work up again."""
    run = take(run.context)
    activity = run.activities[activity.id]
    if activity.state not in (engine.COMPLETE, engine.SKIPPED) or run.stage_of(activity).state != engine.IN_PROGRESS:
        raise Rejected([Problem("NOT_REOPENABLE", "Only activities of the stage at work can be taken up again.")])
    values: Values = {"state": ActivityState.IN_PROGRESS, "completed_at": None, "completed_by": None}
    save(activity.context, values, by=by.for_system())
    return load(run.context)


def cancel(run: Run, by: Actor) -> Run:
    """End a run early (PBK-07)."""
    run = take(run.context)
    if run.context.state == ContextState.IN_PROGRESS:
        for command in engine.cancel(run.plan):
            _do(run, command, by)
    return load(run.context)


def _taken(run: Run, activity: RunActivity) -> tuple[Run, RunActivity]:
    """The run and its activity, ours until the transaction ends; refused when the activity is not in progress.

    Conflict when somebody changed the record since it was read.
    """
    version = run.record.sys_mod_count
    run = take(run.context)
    activity = run.activities[activity.id]
    if activity.state != engine.IN_PROGRESS:
        message = sentence("This activity is not in progress; somebody may have completed it.")
        raise Rejected([Problem("NOT_IN_PROGRESS", message)])
    if run.record.sys_mod_count != version:
        raise Conflict(run.record)
    return run, activity


@after(OnboardingCase, "create")
def start_the_playbook(case: OnboardingCase, _before: Values | None, by: Actor) -> None:
    """ONB-01: a new case starts the active version of its playbook in the same transaction."""
    playbook = active_playbook(table_name(OnboardingCase))
    if playbook:
        start(playbook, case, by)


@after(OnboardingCase, "save")
def follow_the_case(case: OnboardingCase, before: Values | None, by: Actor) -> None:
    """A case that is over ends its run; a changed field can show, hide or end activities (ONB-10, PBK-06)."""
    run = run_on(case)
    if run is None or run.context.state != ContextState.IN_PROGRESS:
        return
    if is_over(values_of(case)):
        cancel(run, by)
        return
    run = take(run.context)
    for activity in run.current.activities:
        task_work.heed_conditions(run, activity, by)
    advance(load(run.context), by)


@after(CaseTask, "save")
def follow_the_task(task: CaseTask, _before: Values | None, by: Actor) -> None:
    """A task that is over ends the activity that made it: closed completes it, canceled cancels it."""
    context = session.get(ActivityContext, task.playbook_activity) if task.playbook_activity else None
    if context is None or context.state != ActivityState.IN_PROGRESS or context.task != task.sys_id:
        return
    run = take(session.get_one(Context, context.instance))
    activity = run.activities[context.sys_id]
    if activity.state != engine.IN_PROGRESS:
        return
    if task.active:
        task_work.heed_conditions(run, activity, by)
    elif not is_over(values_of(run.record)):  # else the run is about to be canceled as a whole
        _finish(activity, by, ActivityState.COMPLETE if task.state.value == "closed" else ActivityState.CANCELED)
        advance(load(run.context), by)
