"""From files to examined staging rows: a background job that goes on after the last line it stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import delete, func, select

from ale.domains.imports.definition import definition_of
from ale.domains.imports.entering import cells_of
from ale.domains.imports.examining import Examination, Examiner
from ale.domains.imports.mapping import decided, waiting_files
from ale.domains.imports.records import ImportState, ImportTask
from ale.domains.imports.refused import FileRefused, HeadingsUnclear
from ale.domains.imports.rows import (
    PUBLISHED,
    READY,
    WRONG,
    has_doubled,
    hold,
    resting_state,
    set_state,
    settle_duplicates,
    shift,
)  # fmt: skip
from ale.domains.imports.staging import ImportSet, RunState, StagingRow
from ale.domains.imports.surveying import Survey
from ale.domains.imports.validating import PATIENCE, VALIDATED
from ale.domains.imports.validation import Stored
from ale.domains.imports.workbook import ReaderKilled, Row, Workbook, read_workbook
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, path_of
from ale.foundation.changes import save
from ale.foundation.clock import now
from ale.foundation.compact import as_json
from ale.foundation.db import session
from ale.foundation.ledger import Chunk, Chunks, Failed, Job, Progress, still_here
from ale.foundation.problem import Problem
from ale.foundation.record import new_ids
from ale.foundation.statements import insert_rows, tell_the_planner

AT_ONCE = 4_000
"""Rows of one transaction: few enough that others need not wait, many enough that the disk is not the limit."""

_TRIES = 3  # readers that are killed at the same place before a file is refused
_TOLD = 20_000  # rows of a file that is looked through, after which the job says how far it is


def load(job: Job, by: Actor) -> Chunks:
    """Load the import sets of `job`, one file after the other; each row is examined at once (IMP-03).

    A file that is refused says so on its import set and does not hinder the others. Failed when none could be read.
    Where a person asked for it, one whose headings are not known waits to be matched instead.
    """
    task, asks = session.get_one(ImportTask, str(job.about)), bool(job.args.get("asks"))
    sets = [session.get_one(ImportSet, key) for key in job.args["import_sets"]]
    with Examiner(task, definition_of(task), by) as examiner:
        for one in sets:
            if one.state in (RunState.QUEUED, RunState.RUNNING):
                yield from _loaded(one, task, examiner, by, asks)
    refused = [str(one.message) for one in sets if one.state is RunState.FAILED]
    yield partial(_rest, task.sys_id)
    if len(refused) == len(sets):
        raise Failed("\n".join(refused))
    return "\n".join(refused) or (VALIDATED if any(one.state is RunState.SUCCESS for one in sets) else "")


def _loaded(one: ImportSet, task: ImportTask, examiner: Examiner, by: Actor, asks: bool) -> Iterator[Chunk]:
    """The chunks of one file; reading and examining go on between them, while nobody waits for this transaction."""
    attachment = session.get(Attachment, one.attachment)
    try:
        if attachment is None:
            raise FileRefused([Problem("FILE_GONE", "{file} is gone. Upload it again.", file=one.file_name)])
        yield from _read_at_last(one, lambda: _read(one, attachment, task, examiner, asks))
    except FileRefused as refusal:
        yield partial(_refuse, one, refusal)
    else:
        if one.state is not RunState.WAITING:
            yield partial(_finish, one, attachment, by)


def _read_at_last(one: ImportSet, read: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]:
    """A reader that is killed is followed by another, which goes on after the last stored line.

    Raises ReaderKilled for the third that gets no further than the one before.
    """
    tries = 0
    while True:
        reached = one.last_line
        try:
            yield from read()
        except ReaderKilled:
            tries = 0 if one.last_line > reached else tries + 1
            if tries == _TRIES:
                raise
        else:
            return


def _read(one: ImportSet, file: Attachment, task: ImportTask, examiner: Examiner, asks: bool) -> Iterator[Chunk]:
    """Read a file and stage its rows; where somebody is to match its headings first, only look through it."""
    with read_workbook(path_of(file), one.file_name) as book:
        chunks = book.chunks()
        first = next(chunks, [])
        try:
            below = first[0].values if first else ()
            mapping = decided(one, book.headings, below, book.heading_line, task)
        except HeadingsUnclear as unclear:
            if not asks:
                raise
            yield from _looked_through(one, book, chain([first], chunks), unclear)
            return
        yield partial(_begin, one, mapping, book.most)
        for batch in _begun(one, mapping, chain([first], chunks), examiner):
            while not batch.examination.is_over(PATIENCE):
                yield still_here
            yield partial(_stage, one, batch, examiner.finish(batch.examination), book.most)


def _looked_through(
    one: ImportSet, book: Workbook, chunks: Iterator[list[Row]], unclear: HeadingsUnclear
) -> Iterator[Chunk]:
    """See what the whole file holds, for whoever is to say which columns it has."""
    survey = Survey(book.headings)
    for chunk in chunks:
        survey.see([row.values for row in chunk])
        if survey.rows % _TOLD < len(chunk):
            yield partial(_seen, survey.rows, book.most)
    yield partial(_wait, one, survey, unclear)


def _seen(rows: int, total: int) -> Progress:
    return {"message": "Looking", "done": rows, "total": total}


def _wait(one: ImportSet, survey: Survey, unclear: HeadingsUnclear) -> Progress:
    one.state, one.survey = RunState.WAITING, survey.as_json()
    _say_why(one, unclear)
    return {}


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows of a file with their keys, under examination."""

    rows: Sequence[Row]
    cells: Sequence[dict[str, str]]
    keys: Sequence[str | None]
    examination: Examination


def _begun(
    one: ImportSet, mapping: Mapping[str, Any], chunks: Iterator[list[Row]], examiner: Examiner
) -> Iterator[_Batch]:
    """The new rows of a file, chunk by chunk; the scripts look at the next one while this one is stored."""
    before = None
    for rows in _new_rows(one, chunks):
        cells = cells_of(mapping, rows)
        examination = examiner.begin(cells)
        batch = _Batch(rows, cells, [examiner.definition.key(row) for row in examination.rows], examination)
        if before is not None:
            yield before
        before = batch
    if before is not None:
        yield before


def _new_rows(one: ImportSet, chunks: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """The rows below the last line that is stored already, as many at a time as one transaction takes."""
    stored = one.last_line
    waiting: list[Row] = []
    for chunk in chunks:
        waiting += [row for row in chunk if row.line > stored]
        while len(waiting) >= AT_ONCE:
            yield waiting[:AT_ONCE]
            waiting = waiting[AT_ONCE:]
    if waiting:
        yield waiting


def _begin(one: ImportSet, mapping: dict[str, Any], total: int) -> Progress:
    one.state, one.mapping = RunState.RUNNING, mapping
    set_state(one.import_task, ImportState.VALIDATING)
    return {"message": "Loading", "done": one.rows_total, "total": total}


def _stage(one: ImportSet, batch: _Batch, problems: Sequence[list[Stored]], total: int) -> Progress:
    """Write rows, the high-water mark and the counters, all or nothing."""
    same = {
        "sys_domain": one.sys_domain, "import_task": one.import_task, "import_set": one.sys_id, "duplicate": False,
        "version": 0, "sys_created_on": now(),
    }  # fmt: skip
    rows = [
        same
        | {"sys_id": sys_id, "line": row.line, "cells": as_json(cells), "key": key}
        | ({"state": WRONG, "problems": as_json(found)} if found else {"state": READY, "problems": None})
        for sys_id, row, cells, key, found in zip(
            new_ids(len(batch.rows)), batch.rows, batch.cells, batch.keys, problems, strict=True
        )
    ]
    hold(one.import_task)
    insert_rows(StagingRow, rows)
    wrong = sum(map(bool, problems))
    one.last_line, one.rows_total = batch.rows[-1].line, one.rows_total + len(rows)
    shift(one.import_task, {READY: len(rows) - wrong, WRONG: wrong})
    if has_doubled(one.rows_total - len(rows), len(rows)):
        tell_the_planner(StagingRow)
    settle_duplicates(one.import_task, batch.keys)
    return {"done": one.rows_total, "total": max(total, one.rows_total)}


def _finish(one: ImportSet, attachment: Attachment, by: Actor) -> Progress:
    one.state = RunState.SUCCESS
    save(attachment, {"processed": True}, by=by.for_system())
    return {}


def _refuse(one: ImportSet, refusal: FileRefused) -> Progress:
    """Nothing of a refused file stays, also when its fault lies far down; its import set keeps the sentences."""
    hold(one.import_task)
    mine = (StagingRow.import_set == one.sys_id, StagingRow.state != PUBLISHED)
    keys = list(session.scalars(select(StagingRow.key).where(*mine)))
    counts = dict(session.execute(select(StagingRow.state, func.count()).where(*mine).group_by(StagingRow.state)).all())
    session.execute(delete(StagingRow).where(*mine))
    shift(one.import_task, {state: -count for state, count in counts.items()})
    settle_duplicates(one.import_task, keys)
    one.state, one.rows_total = RunState.FAILED, one.rows_total - sum(counts.values())
    _say_why(one, refusal)
    return {}


def _say_why(one: ImportSet, refusal: FileRefused) -> None:
    one.message = "\n".join(problem.text() for problem in refusal.problems)
    one.problems = [
        {"code": problem.code, "message": problem.message, "params": problem.params} for problem in refusal.problems
    ]


def _rest(task: str) -> Progress:
    rest = resting_state(task)
    nothing = rest is ImportState.NOT_LOADED and not waiting_files(session.get_one(ImportTask, task))
    set_state(task, ImportState.FAILED if nothing else rest)
    return {}
