"""Preview as a promise: what publishing would do, row by row, by the same steps; and a token that holds it to that.

The token begins with an id of the moment of the preview, so that it can be said which records changed since, and ends
with a digest of all rows and the records they meet.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from ale.domains.imports.change_sets import edits
from ale.domains.imports.definition import definition_of
from ale.domains.imports.publisher import Candidate, Publisher
from ale.domains.imports.publishing import AT_ONCE
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import READY
from ale.domains.imports.staging import StagingRow
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.drafts import Draft
from ale.foundation.field import Values, fields_of
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.record import Record, new_id

Chosen = Sequence[str] | Literal["all"]

CONFLICT = "conflict"
EVENTS = ("create", "save", "none", CONFLICT)
_NAMED = 20  # lines that a refusal tells
_ID = 32  # characters of an id


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do: how many records it creates, updates, leaves as they are, how many rows it refuses.

    `token` stands for the rows and the records as they are now.
    """

    created: int
    updated: int
    unchanged: int
    conflict: int
    token: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one row: `event` is one of EVENTS; no draft where the row cannot be converted."""

    candidate: Candidate
    draft: Draft | None
    event: str
    target: type[Record]

    @property
    def line(self) -> int:
        """Its line in the file."""
        return int(self.candidate.row.line)

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """The fields that would change, as they are and as they would be; of a new record all that are filled."""
        if self.draft is None or self.event in ("none", CONFLICT):
            return {}
        before: Values = self.draft.before or {}
        told = [name for name in fields_of(self.target) if not name.startswith("sys_")]
        changed = {name: (before.get(name), self.draft.after.get(name)) for name in told}
        return {name: (old, new) for name, (old, new) in changed.items() if old != new and (old or new not in ("", []))}


def look(task: ImportTask, chosen: Chosen, *, by: Actor) -> Iterator[Foreseen]:
    """What publishing would do to each row, in its order, as publishing the rows before would leave things."""
    definition = definition_of(task)
    publisher = Publisher(definition, by.through("import"))
    for rows in _ready(task, chosen):
        for candidate, draft in publisher.draft(rows):
            event = draft.event if draft and not draft.problems else CONFLICT
            yield Foreseen(candidate, draft, event, definition.target)


def preview(
    task: ImportTask, chosen: Chosen, *, by: Actor, shown: Callable[[Foreseen], object] | None = None
) -> Preview:
    """What publishing these rows would do; writes nothing. Rejected (NOT_READY) when a chosen row is not ready.

    Each row is given to `shown` on the way.
    """
    refuse_unready(task, chosen)
    moment, seen = new_id(), hashlib.sha256()
    counts = dict.fromkeys(EVENTS, 0)
    for one in look(task, chosen, by=by):
        counts[one.event] += 1
        seen.update(_state_of(one))
        if shown is not None:
            shown(one)
    created, updated, unchanged, conflict = counts.values()
    return Preview(created, updated, unchanged, conflict, moment + seen.hexdigest())


def accepted(task: ImportTask, chosen: Chosen, token: str | None, *, by: Actor) -> str | None:
    """The id of the moment of the preview that `token` stands for; None without one.

    Rejected: NOT_READY, and PREVIEW_OUTDATED naming the lines when rows or the records they meet changed since.
    """
    if token is None:
        refuse_unready(task, chosen)
        return None
    now = preview(task, chosen, by=by).token
    if now[_ID:] == token[_ID:]:
        return token[:_ID]
    lines = _changed_lines(task, chosen, token[:_ID], by)
    named = ", ".join(map(str, lines[:_NAMED])) + (", …" if len(lines) > _NAMED else "")
    some = sentence("Records were changed since the preview, those of the lines {lines}. Look at it again.")
    any_ = sentence("Rows or records have changed since the preview. Look at it again.")
    raise Rejected([Problem("PREVIEW_OUTDATED", some if lines else any_, "token", lines=named)])


def _changed_lines(task: ImportTask, chosen: Chosen, since: str, by: Actor) -> list[int]:
    """The lines of the rows whose records were changed after the id `since`."""
    met = {
        one.draft.sys_id: one.line
        for one in look(task, chosen, by=by)
        if one.draft is not None and one.draft.before is not None
    }
    keys = list(met)
    changed: list[int] = []
    for start in range(0, len(keys), AT_ONCE):
        changed += [met[key] for key in edits(dict.fromkeys(keys[start : start + AT_ONCE], since), "")]
    return sorted(changed)


def _state_of(one: Foreseen) -> bytes:
    """What must not have changed between a look and a deed: the row, and the record it meets."""
    draft = one.draft
    met = (draft.sys_id, draft.before["sys_mod_count"]) if draft and draft.before else ()
    return repr((one.candidate.row.sys_id, one.candidate.row.version, one.event, met)).encode()


def _ready(task: ImportTask, chosen: Chosen) -> Iterator[Sequence[Any]]:
    """The chosen ready rows in the order of their ids, some at a time."""
    last = ""
    ids = None if chosen == "all" else sorted(set(chosen))
    while True:
        found = select(StagingRow.sys_id, StagingRow.version, StagingRow.line, StagingRow.cells).where(
            StagingRow.import_task == task.sys_id, StagingRow.state == READY, StagingRow.sys_id > last
        )
        if ids is not None:
            due, ids = ids[:AT_ONCE], ids[AT_ONCE:]
            found = found.where(StagingRow.sys_id.in_(due))
        rows = session.execute(found.order_by(StagingRow.sys_id).limit(AT_ONCE)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].sys_id


def refuse_unready(task: ImportTask, chosen: Chosen) -> None:
    """Rejected (NOT_READY) when a chosen row is not ready, or none is chosen."""
    if chosen == "all":
        return
    wanted = list(set(chosen))
    ready = 0
    for start in range(0, len(wanted), AT_ONCE):
        some = StagingRow.sys_id.in_(wanted[start : start + AT_ONCE])
        mine = (StagingRow.import_task == task.sys_id, StagingRow.state == READY, some)
        ready += len(session.scalars(select(StagingRow.sys_id).where(*mine)).all())
    if not wanted or ready != len(wanted):
        raise Rejected([Problem("NOT_READY", "Only rows that are ready to publish can be published.", "rows")])
