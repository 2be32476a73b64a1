"""What a publication did, read from the history, where every change of it carries its id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select

from ale.foundation.compact import from_json
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.record import Record, shifted, table_name
from ale.foundation.statements import among

AT_ONCE = 2_000
_LINES = 2 * AT_ONCE
_SLACK = 300  # seconds by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication did to one record: the values it made it with, or the fields that it changed.

    `first` and `last` are the ids of its lines in the history.
    """

    record: str
    first: str
    last: str
    made_with: dict[str, Any] | None
    old: dict[str, str | None]
    new: dict[str, str | None]


def changes_of(key: str, until: str, target: type[Record], place: str | None, *, backwards: bool) -> list[Change]:
    """The next changes of the change set `key`: newest first before `place`, or else oldest first after it.

    All of them were made between the ids `key` and `until`, so that no index of its own has to be paid for.
    """
    lines = select(Audit.sys_id, Audit.record, Audit.field_name, Audit.old_value, Audit.new_value).where(
        Audit.sys_id > shifted(key, -_SLACK),
        Audit.sys_id < shifted(until, _SLACK),
        Audit.change_set == key,
        Audit.reason == "import",
        Audit.table_name == table_name(target),
    )
    if place is not None:
        lines = lines.where(Audit.sys_id < place if backwards else Audit.sys_id > place)
    order = Audit.sys_id.desc() if backwards else Audit.sys_id
    found = session.execute(lines.order_by(order).limit(_LINES)).all()
    changes = [_change(list(group)) for _record, group in groupby(found, key=lambda line: line.record)]
    whole = changes[:-1] if len(found) == _LINES else changes  # the last one may have more lines
    return whole[:AT_ONCE]


def edits(since: Mapping[str, str], but: str, at_least: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Who changed these records last after the id given for each, and when; the change set `but` does not count.

    Only changes from the moment `at_least` on, where it is given. {code: EDITED, user, at} by record.
    """
    if not since:
        return {}
    lines = select(Audit.record, Audit.sys_id, Audit.user, Audit.at).where(
        among(Audit.record, since), or_(Audit.change_set.is_(None), Audit.change_set != but)
    )
    if at_least is not None:
        lines = lines.where(Audit.at >= at_least)
    return {
        line.record: {"code": "EDITED", "user": line.user, "at": line.at.isoformat()}
        for line in session.execute(lines.order_by(Audit.sys_id))
        if line.sys_id > since[line.record]
    }


def _change(lines: Sequence[Any]) -> Change:
    """The lines of one record, in the order in which they were read."""
    whole = next((line for line in lines if line.field_name is None), None)
    keys = [line.sys_id for line in lines]
    named = [line for line in lines if line.field_name is not None]
    return Change(
        record=lines[0].record,
        first=min(keys),
        last=max(keys),
        made_with=from_json(whole.new_value) if whole is not None else None,
        old={line.field_name: line.old_value for line in named},
        new={line.field_name: line.new_value for line in named},
    )
