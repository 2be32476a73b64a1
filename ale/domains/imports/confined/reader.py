"""The program that reads one uploaded file (standard input) and writes its rows as JSON lines; run by `workbook.py`.

First line: {"sheet", "others", "line", "headings", "most"}, or {"refused": reason, "params": {...}} and nothing more.
Then chunks of rows: [[line, [value, ...]], ...]. Everything that parses the file happens here, behind limits.
"""

import codecs
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from typing import IO, Any, NamedTuple

import orjson
import python_calamine as calamine

from ale.domains.imports.confined.cells import clean, shown
from ale.domains.imports.confined.confine import confine
from ale.domains.imports.confined.container import open_package
from ale.domains.imports.confined.delimited import csv_rows, plain
from ale.domains.imports.confined.marks import Marks, cell_name, find_marks
from ale.domains.imports.confined.parts import Parts
from ale.domains.imports.refused import Refused

EXPLANATIONS = ("How to fill in", "Mode d’emploi")
"""Titles of the template's sheet that explains, in both languages; never read as data."""

_ADDED_BY_NUMBERS = "Export Summary"
_LINES_A_ROW = 2  # lines that a text file may have for each row
_CHUNK_ROWS, _CHUNK_CHARACTERS = 1_000, 1_000_000
_NO_MARKS: dict[int, str | int] = {}

Rows = Iterator[tuple[int, list[str]]]  # the row, counted from 0, and its values from column A on; empty ones left out


class Sheet(NamedTuple):
    """A sheet that has rows; `most` is how many data rows there are at most, `width` how many columns.

    `rows` begins anew at each call, which ends what the call before gave.
    """

    name: str
    others: list[str]
    rows: Callable[[], Rows]
    most: int
    width: int
    merged: list[tuple[tuple[int, int], tuple[int, int]]]


def main(argument: str) -> None:
    """Read the file on standard input; `argument` is JSON: {"csv", "rows", "columns", "memory", "seconds"}."""
    limits = json.loads(argument)
    for encoding in ("cp437", "cp1252", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        codecs.lookup(encoding)  # loaded now, for soon no file can be opened
    confine(memory=limits["memory"], cpu_seconds=limits["seconds"])
    file = os.fdopen(0, "rb")
    try:
        _send(_csv(file, limits) if limits["csv"] else _workbook(file, limits), limits["columns"])
    except Refused as refusal:
        _say({"refused": refusal.reason, "params": refusal.params})
    except MemoryError:
        _say({"refused": "memory", "params": {}})


def _csv(file: IO[bytes], limits: dict[str, int]) -> Sheet:
    """A first look finds what is wrong far down before a row is given; nothing but one line is ever in memory."""
    most_rows, most_columns = limits["rows"], limits["columns"]

    def rows() -> Rows:
        return ((row, values) for row, values in enumerate(csv_rows(file, most_columns, plain)) if any(values))

    count = width = 0
    for line, values in enumerate(csv_rows(file, most_columns)):
        if "".join(values).strip():
            count, width = count + 1, max(width, len(values))
        elif line > _LINES_A_ROW * most_rows:  # whoever goes through empty lines for ever finds nothing either
            raise Refused("rows", line=line, max=most_rows)
    if not any(rows()):
        raise Refused("empty")
    if count > most_rows:
        raise Refused("rows", line=count, max=most_rows)
    return Sheet("", [], rows, count - 1, width, [])


def _workbook(file: IO[bytes], limits: dict[str, int]) -> Sheet:
    """The first visible sheet that has anything in it."""
    parts = Parts(open_package(file))
    file.seek(0)
    try:
        book = calamine.load_workbook(file)
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ is calamine.SheetTypeEnum.WorkSheet
            and sheet.visible is calamine.SheetVisibleEnum.Visible
            and clean(sheet.name) not in (*EXPLANATIONS, _ADDED_BY_NUMBERS)
        ]
        for position, name in enumerate(names):
            with parts.open_sheet(name) as part:
                marks = find_marks(part, parts.padded_styles(), limits["rows"])
            _refuse_beyond(marks, limits)
            sheet = book.get_sheet_by_name(name)
            rows = partial(_sheet_rows, sheet, marks)
            if any(rows()):
                others = [other for other in names[position + 1 :] if parts.has_values(other)]
                width = 1 + max(marks.last_column, sheet.end[1] if sheet.end else 0)
                return Sheet(name, others, rows, sheet.height - 1, width, sheet.merged_cell_ranges or [])
    except calamine.PasswordError as error:
        raise Refused("password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("broken") from error
    raise Refused("empty")


def _refuse_beyond(marks: Marks, limits: dict[str, int]) -> None:
    if marks.last_row > limits["rows"]:
        raise Refused("rows", line=marks.last_row + 1, max=limits["rows"])
    if marks.last_column >= limits["columns"]:
        raise Refused("columns", columns=marks.last_column + 1, max=limits["columns"])


def _sheet_rows(sheet: calamine.CalamineSheet, marks: Marks) -> Rows:
    """What the reader gives of each row with the marked cells put in."""
    margin = [""] * (sheet.start[1] if sheet.start else 0)
    height = sheet.end[0] + 1 if sheet.end else 0
    marked_below = ((row, ()) for row in sorted(marks.cells) if row >= height)
    for row, cells in chain(enumerate(sheet.iter_rows()), marked_below):
        values = [*margin, *(clean(cell) if type(cell) is str else shown(cell) for cell in cells)]
        for column, mark in marks.cells.get(row, _NO_MARKS).items():
            values.extend([""] * (column + 1 - len(values)))
            values[column] = mark if isinstance(mark, str) else _padded(values[column], mark)
        if any(values):
            yield row, values


def _padded(text: str, digits: int) -> str:
    return text.zfill(digits) if text.isdigit() else text


def _send(sheet: Sheet, most_columns: int) -> None:
    line, headings = next(sheet.rows())
    while not headings[-1]:
        headings.pop()
    if len(headings) > most_columns:
        raise Refused("columns", columns=len(headings), max=most_columns)
    _refuse_unclear_headings(sheet, line, headings)
    _say({"sheet": sheet.name, "others": sheet.others, "line": line + 1, "headings": headings, "most": sheet.most})
    _send_rows(islice(sheet.rows(), 1, None), len(headings))


def _send_rows(rows: Rows, width: int) -> None:
    chunk: list[tuple[int, list[str]]] = []
    characters = 0
    for row, values in rows:
        chunk.append((row + 1, values[:width] + [""] * (width - len(values))))
        characters += sum(map(len, values))
        if len(chunk) == _CHUNK_ROWS or characters > _CHUNK_CHARACTERS:
            _say(chunk)
            chunk, characters = [], 0
    if chunk:
        _say(chunk)


def _refuse_unclear_headings(sheet: Sheet, line: int, headings: list[str]) -> None:
    """Raise Refused unless every value of the sheet stands below a heading of its own."""
    for (top, left), (bottom, right) in sheet.merged:
        if top <= line <= bottom and left < len(headings) and (top, left) != (bottom, right):
            area = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            raise Refused("merged", line=line + 1, range=area)
    first = next(column for column, heading in enumerate(headings) if heading)
    if "" in headings[first:]:
        raise Refused("gap", cell=cell_name(line, headings.index("", first)))
    for position, (row, values) in enumerate(sheet.rows() if first or sheet.width > len(headings) else ()):
        column = next((n for n, text in enumerate(values) if text and not first <= n < len(headings)), None)
        if column is not None and position == 1 and _filled(values) > _filled(headings):
            raise Refused("headings_below", line=line + 1)  # a title stands above them
        if column is not None:
            raise Refused("no_heading", cell=cell_name(row, column))


def _filled(values: list[str]) -> int:
    return sum(map(bool, values))


def _say(message: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
