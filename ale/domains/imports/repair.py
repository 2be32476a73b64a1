"""People mend staging rows: one in its place, or all that share a problem at once; mended rows wait for validation."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from ale.domains.imports import service
from ale.domains.imports.definition import Definition, definition_of
from ale.domains.imports.entering import entered
from ale.domains.imports.grouping import Cause
from ale.domains.imports.mapping import meanings_of
from ale.domains.imports.moments import note
from ale.domains.imports.queries import has_cause
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, WRONG, YET, hold, settle_duplicates, shift
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.imports.validating import validated
from ale.foundation.actor import Actor
from ale.foundation.compact import as_json, from_json
from ale.foundation.db import session
from ale.foundation.ledger import Chunks, Job, Progress, enqueue
from ale.foundation.problem import Conflict, NotVisible, Problem, Rejected
from ale.foundation.statements import among, update_rows

AT_ONCE = 4_000
"""Rows that one transaction mends; more are left to a job."""

Cells = dict[str, str]


def edit_row(row: StagingRow, values: Mapping[str, str], *, version: int | None, by: Actor) -> StagingRow:
    """Give cells of a row other texts: it waits for validation again, whatever it was (IMP-06).

    Names that are no column are left out. Rejected (ROW_PUBLISHED) when the row is published, Conflict when somebody
    changed it since `version`, NotVisible when it is gone.
    """
    service.guard(by)
    hold(row.import_task)
    now_there = session.get(StagingRow, row.sys_id, populate_existing=True)
    if now_there is None:
        raise NotVisible
    if now_there.state == PUBLISHED:
        raise Rejected([Problem("ROW_PUBLISHED", "A published row cannot be edited.")])
    if version is not None and version != now_there.version:
        raise Conflict(now_there)
    task = session.get_one(ImportTask, now_there.import_task)
    definition = definition_of(task)
    given = {name: text for name, text in values.items() if name in definition.labels}
    cells = _changed(from_json(now_there.cells), entered(given, meanings_of(task, definition)))
    keys = [now_there.key, definition.key(definition.complete(cells))]
    before, now_there.state = now_there.state, YET
    now_there.cells, now_there.key, now_there.problems = as_json(cells), keys[1], None
    now_there.version += 1
    session.flush()
    shift(now_there.import_task, {YET: 1, before: -1} if before != YET else {})
    settle_duplicates(now_there.import_task, keys)
    session.refresh(now_there)  # whether it is a duplicate was settled below the session
    return now_there


def fix_group(task: ImportTask, cause: Cause, replacement: str, *, by: Actor) -> int:
    """Give the cell another text in at most `AT_ONCE` rows that share a cause; how many there were.

    The rows wait for validation. Calling it again goes on with the rest, which is what `repair` does as a job.
    """
    service.guard(by)
    definition = definition_of(task)
    if cause.field not in definition.labels:
        raise Rejected([Problem("NO_SUCH_COLUMN", "This problem belongs to no column; correct the rows one by one.")])
    meant = entered({cause.field: replacement}, meanings_of(task, definition))
    return _fix(task, definition, cause, meant)


def mend(task: ImportTask, cause: Cause, replacement: str, *, by: Actor) -> Job:
    """One right value for all rows of a cause, then their validation; a job goes on where one transaction does not do.

    Rejected (NOTHING_TO_CORRECT) when no row has the problem any more.
    """
    changed = fix_group(task, cause, replacement, by=by)
    if not changed:
        raise Rejected([Problem("NOTHING_TO_CORRECT", "No row has this problem any more.")])
    if changed < AT_ONCE:
        return service.validate(task, by=by)
    args = {"rule": cause.rule, "field": cause.field, "value": cause.value, "replacement": replacement}
    return enqueue("import.repair", args, by=by, domain=task.sys_domain, about=task.sys_id)


def repair(job: Job, by: Actor) -> Chunks:
    """Mend all rows that share the cause of `job` (rule, field and value) by its `replacement`, and validate them."""
    task = session.get_one(ImportTask, str(job.about))
    cause, counts = Cause(job.args["rule"], job.args["field"], job.args["value"], 0), [job.done]

    def chunk() -> Progress:
        counts.append(fix_group(task, cause, job.args["replacement"], by=by))
        return {"message": "Correcting", "done": sum(counts), "total": sum(counts)}

    while counts[-1] or len(counts) == 1:
        yield chunk
    yield from validated(task, definition_of(task), by)
    return ""


def discard(task: ImportTask, keys: list[str], *, by: Actor) -> int:
    """Take rows that are not published out of the import; how many there were."""
    service.guard(by)
    hold(task.sys_id)
    gone = _rows(StagingRow.import_task == task.sys_id, among(StagingRow.sys_id, keys), StagingRow.state != PUBLISHED)
    session.execute(delete(StagingRow).where(among(StagingRow.sys_id, [row.sys_id for row in gone])))
    for load, number in Counter(row.import_set for row in gone).items():
        more = {"rows_discarded": ImportSet.rows_discarded + number}
        session.execute(update(ImportSet).where(ImportSet.sys_id == load).values(more))
    changes: dict[str, int] = {}
    for row in gone:
        changes[row.state] = changes.get(row.state, 0) - 1
    shift(task.sys_id, changes)
    settle_duplicates(task.sys_id, (row.key for row in gone))
    note(task, "discard", by.id)
    return len(gone)


def _fix(task: ImportTask, definition: Definition, cause: Cause, meant: Cells) -> int:
    having = has_cause(task, cause.rule, cause.field, cause.value)
    hold(task.sys_id)
    rows = _rows(StagingRow.import_task == task.sys_id, StagingRow.state == WRONG, having, limit=AT_ONCE)
    keys: set[str | None] = {row.key for row in rows}
    changed = []
    for row in rows:
        cells = _changed(from_json(row.cells), meant)
        key = definition.key(definition.complete(cells))
        keys.add(key)
        changed.append({"sys_id": row.sys_id, "cells": as_json(cells), "key": key, "version": row.version + 1})
    if changed:
        update_rows(StagingRow, changed, state=YET, problems=None)
        shift(task.sys_id, {WRONG: -len(changed), YET: len(changed)})
        settle_duplicates(task.sys_id, keys)
    return len(changed)


def _rows(*conditions: Any, limit: int | None = None) -> list[Any]:
    """The id, state, key, cells, version and import set of these rows, in the order of their ids."""
    row = StagingRow
    found = select(row.sys_id, row.state, row.key, row.cells, row.version, row.import_set).where(*conditions)
    return list(session.execute(found.order_by(StagingRow.sys_id).limit(limit)))


def _changed(cells: Cells, given: Mapping[str, str]) -> Cells:
    """The cells with the given texts; empty ones are not kept."""
    return {name: text for name, text in (cells | dict(given)).items() if text}
