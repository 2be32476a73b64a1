"""Playbooks of customer success: begun by a first step or a success play, ended with their record (PBK-07 to 15)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from ale.domains.playbooks.engine import COMPLETE
from ale.domains.playbooks.instances import Context, ContextState
from ale.domains.playbooks.run import load, run_on
from ale.domains.playbooks.service import cancel, start
from ale.domains.playbooks.versions import active_playbook
from ale.domains.plays.records import InternalPlay
from ale.domains.success.actions import SuccessCase
from ale.domains.success.plan import Initiative
from ale.domains.success.rules import ends
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create
from ale.foundation.checking import is_required
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.objections import before_step
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.record import Record, table_name, values_of
from ale.foundation.work import ClosureCode

FIRST_FIELD: Final[dict[type[Record], str]] = {
    Initiative: "success_outcome", SuccessCase: "engagement", InternalPlay: "engagement",
}  # fmt: skip
"""The types with a playbook, and what the first step asks for."""


def begin(record_type: type[Record], values: Mapping[str, Any], by: Actor) -> Record:
    """ONB-03, PBK-12, PBK-13: Continue makes the record of what was chosen, and so its playbook starts.

    The texts of success records are asked for by the next step. Rejected with REQUIRED_FIELD when nothing was chosen.
    """
    asked = FIRST_FIELD.get(record_type)
    if asked and not values.get(asked):
        raise Rejected([is_required(record_type, asked)])
    return create(record_type, values, by=by.through("playbook"), texts_follow=asked is not None)


def _start_the_playbook(record: Record, _before: Values | None, by: Actor) -> None:
    """What a first step or a success play makes starts the active version of its playbook; other doors start none."""
    playbook = active_playbook(table_name(type(record))) if by.via in ("playbook", "play") else None
    if playbook:
        start(playbook, record, by)


def _end_with_the_record(record: Record, before: Values | None, by: Actor) -> None:
    """CSB-25, PBK-07: a record that is closed or canceled ends whatever playbooks run on it."""
    if not ends(values_of(record), before):
        return
    running = Context.record == record.sys_id, Context.state == ContextState.IN_PROGRESS
    for context in session.scalars(select(Context).where(*running).order_by(Context.sys_id)).all():
        cancel(load(context), by)


def _finished_first(record: Record) -> Sequence[Problem]:
    """PBK-10: the step that closes waits for all activities; a record without a playbook waits for nothing.

    A canceled playbook is never finished: its record is closed by its form.
    """
    run = run_on(record)
    if run is None or run.context.state == ContextState.COMPLETE:
        return []
    return [Problem("PLAYBOOK_NOT_FINISHED", "Finish all playbook activities first.")]


for _type in FIRST_FIELD:
    after(_type, "create")(_start_the_playbook)
    after(_type, "save")(_end_with_the_record)
for _type in (SuccessCase, InternalPlay):
    before_step(_type, "close")(_finished_first)


@before_step(Initiative, "close")
def achieved_first(initiative: Initiative) -> Sequence[Problem]:
    """PBK-15: the step that closes waits for the last activity, and for the closure code Achieved."""
    run = run_on(initiative)
    if run is None:
        return []
    if run.stages[-1].state == COMPLETE and initiative.closure_code == ClosureCode.ACHIEVED:
        return []
    message = sentence("Complete the playbook with closure code Achieved to use this action.")
    return [Problem("CLOSE_NOT_AVAILABLE", message)]
