"""Versions of a playbook: edited as drafts, activated, then left alone: running instances keep theirs (PBK-05)."""

from typing import Any, TypeVar

from sqlalchemy import func, select

from ale.domains.playbooks.records import Activity, Playbook, PlaybookState, Stage
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create, move, save
from ale.foundation.db import session
from ale.foundation.field import Values, fields_of
from ale.foundation.problem import Forbidden
from ale.foundation.reading import may
from ale.foundation.record import Record

R = TypeVar("R", bound=Record)


def active_playbook(table: str) -> Playbook | None:
    """The version that new records of a table start with."""
    found = select(Playbook).where(Playbook.table_name == table, Playbook.state == PlaybookState.ACTIVE)
    return session.scalars(found.order_by(Playbook.version.desc()).limit(1)).one_or_none()


def activate(playbook: Playbook, by: Actor) -> Playbook:
    """Let new records use this version; Rejected with PLAYBOOK_INCOMPLETE while a stage has no activity."""
    return move(playbook, "activate", {}, by=by)


@after(Playbook, "save")
def retire_the_others(playbook: Playbook, before: Values | None, by: Actor) -> None:
    """A playbook has one active version."""
    if playbook.state != PlaybookState.ACTIVE or (before is not None and before["state"] == PlaybookState.ACTIVE):
        return
    others = select(Playbook).where(
        Playbook.key == playbook.key, Playbook.state == PlaybookState.ACTIVE, Playbook.sys_id != playbook.sys_id
    )
    for other in session.scalars(others).all():
        save(other, {"state": PlaybookState.INACTIVE}, by=by.for_system())


def new_version(playbook: Playbook, by: Actor) -> Playbook:
    """A draft with copies of all stages and activities, to be edited and activated later."""
    if not may(Playbook, "create", by):
        raise Forbidden(f"{by.name} may not create Playbook")
    system = by.for_system()
    last = session.scalar(select(func.max(Playbook.version)).where(Playbook.key == playbook.key)) or 0
    draft = _copy(playbook, system, version=last + 1, state=PlaybookState.DRAFT)
    for stage in session.scalars(select(Stage).where(Stage.playbook == playbook.sys_id).order_by(Stage.order)).all():
        lane = _copy(stage, system, playbook=draft.sys_id)
        found = select(Activity).where(Activity.stage == stage.sys_id).order_by(Activity.order)
        for activity in session.scalars(found).all():
            _copy(activity, system, stage=lane.sys_id)
    return draft


def _copy(record: R, by: Actor, **changed: Any) -> R:
    values = {name: getattr(record, name) for name in fields_of(type(record)) if not name.startswith("sys_")}
    return create(type(record), values | changed, by=by)
