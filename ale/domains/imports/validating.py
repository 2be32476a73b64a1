"""From yet to validate to ready or needs attention: a background job that takes whatever rows wait, chunk by chunk."""

from collections.abc import Generator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from ale.domains.imports.definition import Definition, definition_of
from ale.domains.imports.examining import Examiner
from ale.domains.imports.records import ImportState, ImportTask
from ale.domains.imports.rows import READY, WRONG, YET, hold, resting_state, set_state, shift
from ale.domains.imports.staging import StagingRow
from ale.domains.imports.validation import Stored
from ale.foundation.actor import Actor
from ale.foundation.compact import as_json, from_json
from ale.foundation.db import session
from ale.foundation.ledger import Chunk, Chunks, Job, Progress, still_here
from ale.foundation.problem import sentence
from ale.foundation.statements import among, update_rows

AT_ONCE = 4_000
NOTHING = sentence("There is nothing to validate.")
VALIDATED = sentence("The data was validated. Check the staging table.")
PATIENCE = 10.0
"""Seconds that slow scripts may keep the job from saying that it is alive."""


def validate(job: Job, by: Actor) -> Chunks:
    """Validate what is yet to validate of a task; rows in other states are not touched (IMP-07)."""
    task = session.get_one(ImportTask, str(job.about))
    done = yield from validated(task, definition_of(task), by)
    return VALIDATED if done else NOTHING


def validated(task: ImportTask, definition: Definition, by: Actor) -> Generator[Chunk, None, int]:
    """The same as a part of another job; returns how many rows there were.

    Rows are examined before their transaction begins, so that slow scripts keep nobody waiting.
    """
    done = 0
    yield partial(_begin, task.sys_id)
    with Examiner(task, definition, by) as examiner:
        while rows := _waiting(task.sys_id):
            begun = examiner.begin([from_json(row.cells) for row in rows])
            while not begun.is_over(PATIENCE):
                yield still_here
            done += len(rows)
            yield partial(_judge, task.sys_id, rows, examiner.finish(begun), done)
    yield partial(_end, task.sys_id)
    return done


def _begin(task: str) -> Progress:
    set_state(task, ImportState.VALIDATING)
    waiting = session.scalar(select(ImportTask.rows_to_validate).where(ImportTask.sys_id == task)) or 0
    return {"message": "Validating", "done": 0, "total": waiting}


def _end(task: str) -> Progress:
    set_state(task, resting_state(task))
    return {}


def _waiting(task: str) -> Sequence[Any]:
    """The next rows."""
    found = select(StagingRow.sys_id, StagingRow.cells, StagingRow.version).where(
        StagingRow.import_task == task, StagingRow.state == YET
    )
    return session.execute(found.order_by(StagingRow.sys_id).limit(AT_ONCE)).all()


def _judge(task: str, rows: Sequence[Any], problems: Sequence[list[Stored]], done: int) -> Progress:
    """Move each row to its list with what was found, unless somebody changed it meanwhile."""
    hold(task)
    there = _unchanged(rows)
    fine: list[dict[str, str]] = []
    twice: list[dict[str, str]] = []
    wrong: list[dict[str, str]] = []
    for row, found in zip(rows, problems, strict=True):
        if row.sys_id not in there:
            continue
        if found:
            wrong.append({"sys_id": row.sys_id, "problems": as_json(found)})
        else:
            (twice if there[row.sys_id] else fine).append({"sys_id": row.sys_id})
    update_rows(StagingRow, fine, state=READY, problems=None)
    update_rows(StagingRow, twice, state=WRONG, problems=None)
    update_rows(StagingRow, wrong, state=WRONG)
    shift(task, {YET: -len(there), READY: len(fine), WRONG: len(twice) + len(wrong)})
    return {"done": done}


def _unchanged(rows: Sequence[Any]) -> dict[str, bool]:
    """Which rows still wait as they were read, and whether each is a duplicate."""
    versions = {row.sys_id: row.version for row in rows}
    found = select(StagingRow.sys_id, StagingRow.version, StagingRow.duplicate).where(
        among(StagingRow.sys_id, versions), StagingRow.state == YET
    )
    return {row.sys_id: row.duplicate for row in session.execute(found) if versions[row.sys_id] == row.version}
