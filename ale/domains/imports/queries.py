"""What the page of an import task and its API read: rows by list, what is wrong and why, files, jobs at work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from ale.domains.imports.grouping import Cause, group
from ale.domains.imports.records import FieldMap, ImportTask, TransformMap
from ale.domains.imports.rows import COUNTERS, PUBLISHED, WRONG
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.imports.validation import Stored, stored
from ale.domains.imports.values import reference_key
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, Purpose, attachments_of
from ale.foundation.clock import now
from ale.foundation.compact import as_json, from_json
from ale.foundation.db import session
from ale.foundation.ledger import Job, running_about
from ale.foundation.problem import NotVisible
from ale.foundation.reading import name_of

DUPLICATE = "duplicate"
_GROUPS = 2_000
"""Different sets of problems that are looked at one by one; of more, only the most frequent."""
_SPELLINGS = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a task: those in a state, with a text in a cell, with a cause (see `grouping.Cause`)."""

    state: str
    text: str = ""
    rule: str = ""
    field: str = ""
    value: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether less than the whole list is asked for."""
        return bool(self.text or self.rule)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a task with its loads, oldest first."""

    attachment: Attachment
    loads: Sequence[ImportSet]


@dataclass(frozen=True, slots=True)
class Work:
    """A job on a task; `rate` is rows a second since it began, `left` the seconds it still needs; None: unknown yet."""

    job: Job
    rate: float | None
    left: float | None


def counts(task: ImportTask) -> dict[str, int]:
    """How many rows are in each state, from the stored counters: the same cost for ten rows and for a million."""
    return {state: getattr(task, name) or 0 for state, name in COUNTERS.items()}


def counts_by_load(task: ImportTask, loads: Sequence[ImportSet]) -> dict[str, dict[str, int]]:
    """How many rows of each file are in each state; a single file needs no counting, it has all rows of its task."""
    nothing = dict.fromkeys(COUNTERS, 0)
    if len(loads) == 1:
        return {loads[0].sys_id: counts(task)}
    number = select(StagingRow.import_set, StagingRow.state, func.count()).where(StagingRow.import_task == task.sys_id)
    found = {load.sys_id: dict(nothing) for load in loads}
    for load, state, amount in session.execute(number.group_by(StagingRow.import_set, StagingRow.state)):
        found.setdefault(load, dict(nothing))[state] = amount
    return found


def row_of(task: ImportTask, sys_id: str) -> StagingRow:
    """A staging row of this task, or NotVisible."""
    found = select(StagingRow).where(StagingRow.import_task == task.sys_id, StagingRow.sys_id == sys_id)
    row = session.scalars(found).one_or_none()
    if row is None:
        raise NotVisible
    return row


def rows(
    task: ImportTask, wanted: Wanted, limit: int, *, after: str | None = None, before: str | None = None
) -> list[StagingRow]:
    """At most `limit` rows in the order they were loaded, after (or before) the row with this sys_id."""
    found = select(StagingRow).where(*conditions(task, wanted))
    if before is not None:
        last = found.where(StagingRow.sys_id < before).order_by(StagingRow.sys_id.desc()).limit(limit)
        return list(session.scalars(last))[::-1]
    if after is not None:
        found = found.where(StagingRow.sys_id > after)
    return list(session.scalars(found.order_by(StagingRow.sys_id).limit(limit)))


def count(task: ImportTask, wanted: Wanted) -> int:
    """How many rows `wanted` means; a whole list is not counted again."""
    if not wanted.is_narrowed:
        return counts(task)[wanted.state]
    return session.scalar(select(func.count()).select_from(StagingRow).where(*conditions(task, wanted))) or 0


def ids(task: ImportTask, wanted: Wanted) -> list[str]:
    """The sys_ids of all rows that `wanted` means."""
    return list(session.scalars(select(StagingRow.sys_id).where(*conditions(task, wanted)).order_by(StagingRow.sys_id)))


def conditions(task: ImportTask, wanted: Wanted) -> list[ColumnElement[bool]]:
    """SQL: the rows that `wanted` means."""
    found = [StagingRow.import_task == task.sys_id]
    if wanted.state:
        found.append(StagingRow.state == wanted.state)
    if wanted.text:
        found.append(_says(task, wanted.text))
    if wanted.rule:
        found.append(has_cause(task, wanted.rule, wanted.field, wanted.value))
    return found


def _says(task: ImportTask, text: str) -> ColumnElement[bool]:
    """SQL: a cell contains the text, in any case; names of columns that contain it are taken out first."""
    names = select(FieldMap.source_field).join(TransformMap, FieldMap.map == TransformMap.sys_id)
    cells: Any = StagingRow.cells
    for name in session.scalars(names.where(TransformMap.source_table == task.source_table)):
        if text.casefold() in name:
            cells = func.replace(cells, f'"{name}":', "")
    written = as_json(text)[1:-1]
    found: ColumnElement[bool] = StagingRow.cells.icontains(written, autoescape=True)
    return found if cells is StagingRow.cells else and_(found, cells.icontains(written, autoescape=True))


def has_cause(task: ImportTask, rule: str, name: str, value: str = "") -> ColumnElement[bool]:
    """SQL: the row has a problem of this rule and field, where `value` is given one with any spelling of it."""
    if rule == DUPLICATE:
        return StagingRow.duplicate.is_(True)
    kind = _holds(as_json({"rule": rule, "field": name})[:-1])
    if not value:
        return kind
    meant = (rule, name, reference_key(value))
    spellings = {
        as_json(one)
        for one, _number in _tally(task, kind)
        if (one["rule"], one["field"], reference_key(_value(one))) == meant
    }
    return or_(false(), *map(_holds, sorted(spellings)[:_SPELLINGS]))


def _value(problem: Stored) -> str:
    """What distinguishes a problem from others of its rule and field: the wrong value, or what a script said."""
    return str(problem["params"].get("value") or problem["params"].get("message") or "")


def _holds(text: str) -> ColumnElement[bool]:
    """SQL: the problems contain the text to the letter; LIKE would take small letters for capitals."""
    column = StagingRow.problems
    return and_(column.is_not(None), func.replace(column, text, "") != column)


def problems_of(row: StagingRow, key_field: str = "") -> list[Stored]:
    """What is wrong with a row; that another one has its key is shown on `key_field`."""
    found: list[Stored] = from_json(row.problems or "[]")
    if row.duplicate and row.state != PUBLISHED:
        value = from_json(row.cells).get(key_field, "")
        found.append(stored(DUPLICATE, key_field, "VAL_DUPLICATE", value=value))
    return found


def causes(task: ImportTask) -> list[Cause]:
    """Why rows need attention, most frequent first; of very many causes the rare ones may be missing."""
    found = group((one["rule"], one["field"], _value(one), number) for one, number in _tally(task))
    if twice := count(task, Wanted(WRONG, rule=DUPLICATE)):
        found.append(Cause(DUPLICATE, "", "", twice))
    return sorted(found, key=lambda cause: -cause.count)


def _tally(task: ImportTask, *conditions: ColumnElement[bool]) -> Iterator[tuple[Stored, int]]:
    """Each different problem of rows that need attention, with the number of rows; alike sets are told once each."""
    amount = func.count().label("amount")
    found = (
        select(StagingRow.problems, amount)
        .where(StagingRow.import_task == task.sys_id, StagingRow.state == WRONG, StagingRow.problems.is_not(None))
        .where(*conditions)
        .group_by(StagingRow.problems)
        .order_by(amount.desc(), StagingRow.problems)
        .limit(_GROUPS)
    )
    for text, number in session.execute(found):
        for problem in from_json(text or "[]"):
            yield problem, number


def files(task: ImportTask, by: Actor) -> list[File]:
    """The files uploaded to a task, newest first, each with what became of it."""
    found = select(ImportSet).where(ImportSet.import_task == task.sys_id).order_by(ImportSet.sys_id)
    loads = list(session.scalars(found))
    return [
        File(one, [load for load in loads if load.attachment == one.sys_id])
        for one in reversed(attachments_of(task, by))
        if one.purpose not in (Purpose.TEMPLATE, Purpose.BACKUP)
    ]


def at_work(task: ImportTask) -> list[Work]:
    """The jobs on a task that are not over, oldest first."""
    return [_work(job) for job in running_about(task.sys_id)]


def _work(job: Job) -> Work:
    seconds = (now() - job.started_at).total_seconds() if job.started_at else 0.0
    rate = job.done / seconds if job.done and seconds > 0 else None
    left = (job.total - job.done) / rate if rate and job.total >= job.done else None
    return Work(job, rate, left)


def last_job(task: ImportTask) -> Job | None:
    """The job on a task that ended last."""
    over = select(Job).where(Job.about == task.sys_id, Job.ended_at.is_not(None))
    return session.scalars(over.order_by(Job.ended_at.desc(), Job.sys_id.desc()).limit(1)).one_or_none()


def publisher_of(task: ImportTask) -> str:
    """Who published rows of a task last; empty when nobody did."""
    over = select(Job.actor).where(Job.about == task.sys_id, Job.kind == "import.publish")
    return name_of("sys_user", session.scalar(over.order_by(Job.sys_id.desc()).limit(1)))
