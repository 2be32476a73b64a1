"""The workbook of what needs attention, which comes home corrected: exactly the cells that were changed are taken over.

Each row carries a key in a hidden column: its sys_id, and a digest of every cell as it was written. So rows may be
shuffled and columns left out, and a cell that was changed on both sides meanwhile is told apart from one that was not.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import select

from ale.domains.imports import service
from ale.domains.imports.definition import Definition, definition_of
from ale.domains.imports.entering import entered
from ale.domains.imports.exports import text_cell
from ale.domains.imports.headings import match_headings
from ale.domains.imports.mapping import meanings_of
from ale.domains.imports.queries import problems_of
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, WRONG, YET, hold, settle_duplicates, shift
from ale.domains.imports.staging import StagingRow
from ale.domains.imports.template import write_template
from ale.domains.imports.validation import Stored, shortened, stored
from ale.domains.imports.workbook import Row, read_workbook
from ale.foundation.actor import Actor
from ale.foundation.compact import as_json, from_json
from ale.foundation.db import session
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.statements import among, update_rows

MOST = 10_000
"""Rows that one workbook of corrections holds."""

KEY = "ALE row"
CONFLICT = sentence("The workbook says “{value}”, but somebody changed this cell here meanwhile.")
_WRONG = PatternFill("solid", fgColor="F8D0D0")

Say = Any
"""A function that tells a stored problem in somebody's language."""


@dataclass(frozen=True)
class Merged:
    """What came of a corrected workbook: rows changed, cells in conflict, rows that are not of this import any more."""

    rows: int
    conflicts: int
    strangers: int


def write_corrections(task: ImportTask, language: str, say: Say) -> bytes:
    """The rows that need attention as an .xlsx file: wrong cells marked with their problem, dropdowns alive."""
    definition = definition_of(task)
    title = definition.target.__sheet__.plural
    template = write_template(definition.columns, definition.validations, language, title)
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    names = [column.name for column in definition.columns]
    last = len(names) + 1
    sheet.cell(1, last).value = KEY
    sheet.column_dimensions[get_column_letter(last)].hidden = True
    mine = StagingRow.import_task == task.sys_id, StagingRow.state == WRONG
    rows = session.scalars(select(StagingRow).where(*mine).order_by(StagingRow.sys_id).limit(MOST))
    for number, row in enumerate(rows, start=2):
        cells = from_json(row.cells)
        for place, name in enumerate(names, start=1):
            _fill(sheet, number, place, cells.get(name, ""))
        _fill(sheet, number, last, _key(row.sys_id, cells, names))
        for problem in problems_of(row, definition.key_field):
            if problem["field"] in names:
                _mark(sheet.cell(number, names.index(problem["field"]) + 1), say(problem))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Any, row: int, column: int, text: str) -> None:
    """Write a text that no spreadsheet program runs as a formula."""
    cell = sheet.cell(row, column)
    if text:
        cell.value = text_cell(sheet, text).value
        cell.data_type = "s"
    cell.number_format = "@"


def _mark(cell: Any, text: str) -> None:
    cell.fill = _WRONG
    before = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(f"{before}{text}", "ALE", height=90, width=280)


def _key(sys_id: str, cells: Mapping[str, str], names: Sequence[str]) -> str:
    return ";".join([sys_id, *(f"{name}={_digest(cells.get(name, ''))}" for name in names)])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def merge(task: ImportTask, path: Path, filename: str, *, by: Actor) -> Merged:
    """Take the changed cells of a corrected workbook over, in the running transaction.

    A cell that was changed here as well keeps its text and says what the workbook wants. FileRefused for what cannot
    be read; Rejected: NOT_CORRECTIONS for a workbook without keys, TOO_MANY_ROWS.
    """
    service.guard(by)
    service.refuse_closed(task)
    definition = definition_of(task)
    with read_workbook(path, filename) as book:
        if KEY not in book.headings:
            message = sentence("This workbook has no row keys; download the rows to correct and correct those.")
            raise Rejected([Problem("NOT_CORRECTIONS", message)])
        place = book.headings.index(KEY)
        optional = [replace(column, mandatory=False) for column in definition.columns]
        others = [heading for number, heading in enumerate(book.headings) if number != place]
        names = match_headings(others, optional, file=filename, line=book.heading_line)
        rows = [row for chunk in book.chunks() for row in chunk]
    if len(rows) > MOST:
        raise Rejected([Problem("TOO_MANY_ROWS", "A workbook of corrections has at most {most} rows.", most=MOST)])
    meanings = meanings_of(task, definition)
    given = [_given(row, place, names) for row in rows]
    return _merge(task, definition, [(key, entered(texts, meanings)) for key, texts in given])


def _given(row: Row, place: int, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The key of a row and its texts by column."""
    texts = [text for number, text in enumerate(row.values) if number != place]
    return row.values[place], {name: text for name, text in zip(names, texts, strict=True) if name}


def _merge(task: ImportTask, definition: Definition, given: Sequence[tuple[str, dict[str, str]]]) -> Merged:
    hold(task.sys_id)
    wanted = {key.split(";", 1)[0]: (key, texts) for key, texts in given if key}
    mine = StagingRow.import_task == task.sys_id, StagingRow.state != PUBLISHED
    columns = (StagingRow.sys_id, StagingRow.state, StagingRow.key, StagingRow.cells, StagingRow.version)
    found = session.execute(select(*columns).where(*mine, among(StagingRow.sys_id, list(wanted)))).all()
    changed: list[dict[str, Any]] = []
    keys: set[str | None] = set()
    moved: dict[str, int] = {}
    conflicts = 0
    for row in found:
        cells = from_json(row.cells)
        new, fights = _differences(cells, *wanted[row.sys_id])
        if not new and not fights:
            continue
        cells = {name: text for name, text in (cells | new).items() if text}
        state, conflicts = WRONG if fights else YET, conflicts + len(fights)
        key = definition.key(definition.complete(cells))
        keys |= {row.key, key}
        moved[row.state], moved[state] = moved.get(row.state, 0) - 1, moved.get(state, 0) + 1
        changed.append({
            "sys_id": row.sys_id, "cells": as_json(cells), "key": key, "version": row.version + 1, "state": state,
            "problems": as_json(fights) if fights else None,
        })  # fmt: skip
    update_rows(StagingRow, changed)
    shift(task.sys_id, moved)
    settle_duplicates(task.sys_id, keys)
    return Merged(len(changed), conflicts, len(given) - len(found))


def _differences(cells: Mapping[str, str], key: str, texts: Mapping[str, str]) -> tuple[dict[str, str], list[Stored]]:
    """The texts to take over, and the conflicts: what was changed in the workbook, and here since it was written."""
    written = dict(part.split("=", 1) for part in key.split(";")[1:] if "=" in part)
    new: dict[str, str] = {}
    fights: list[Stored] = []
    for name, text in texts.items():
        here = cells.get(name, "")
        if text == here or _digest(text) == written.get(name):
            continue
        if _digest(here) == written.get(name):
            new[name] = text
        else:
            problem = stored("conflict", name, "CELL_CONFLICT", value=shortened(text))
            fights.append(problem | {"message": CONFLICT})
    return new, fights
