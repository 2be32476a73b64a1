"""A whole list as a file: CSV while it is read, a workbook through a temporary file; no cell becomes a formula."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from flask import Response, send_file, stream_with_context
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy import Select

from ale.foundation.actor import Actor
from ale.foundation.calendar_words import day_of
from ale.foundation.choice import Choice
from ale.foundation.clock import now, today
from ale.foundation.db import enter_domain
from ale.foundation.field import Field, Kind
from ale.foundation.reading import displays
from ale.foundation.record import Calculated, Record, table_name, values_of
from ale.web.keyset import Mark
from ale.web.language import label
from ale.web.lists import Listing
from ale.web.values import text_of

CHUNK = 500  # rows read at a time
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(listing: Listing) -> Response:
    """The list as CSV."""
    statement = listing.statement  # what may not be read is refused here, not in the middle of the stream
    return csv_of(_rows(listing, statement), f"{table_name(listing.record_type)}-{today()}", listing.by)


def as_workbook(listing: Listing) -> Response:
    """The list as a workbook."""
    title, name = label(listing.record_type.__sheet__.plural), f"{table_name(listing.record_type)}-{today()}"
    return workbook_of(_rows(listing, listing.statement), title, name)


def csv_of(rows: Iterable[Sequence[Any]], name: str, by: Actor) -> Response:
    """Rows as UTF-8 with the mark that Excel wants; sent while they are read."""
    headers = {"Content-Disposition": f"attachment; filename={name}.csv"}
    lines = stream_with_context(_lines(rows, by))
    return Response(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterable[Sequence[Any]], by: Actor) -> Iterator[str]:
    enter_domain(by.domain)  # Flask sends a stream after the request, which took its session along
    yield "\ufeff"
    for row in rows:
        buffer = StringIO()
        csv.writer(buffer).writerow([_harmless(cell) for cell in row])
        yield buffer.getvalue()


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def workbook_of(rows: Iterable[Sequence[Any]], title: str, name: str) -> Response:
    """Rows as a workbook, numbers and dates as such, everything else as text."""
    return workbook_of_sheets([(title, rows)], name)


def workbook_of_sheets(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], name: str) -> Response:
    """The same with several sheets, each (title, rows)."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the server closes it when it is sent
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # also what begins with "="
    return cell


def _rows(listing: Listing, statement: Select[Any]) -> Iterator[list[Any]]:
    """The headings, then every record of the list in its order; read by key, a chunk at a time."""
    items = listing.columns
    yield [label(item.label) for item in items]
    mark = None
    while chunk := listing.order.rows(statement, CHUNK, mark):
        records = [record for record, _value in chunk]
        called = displays(records, [item.name for item in items])
        for record in records:
            yield [_value(record, item, called, listing.by) for item in items]
        mark = Mark(0, chunk[-1][1], records[-1].sys_id)


def _value(record: Record, item: Field | Calculated, called: Any, by: Actor) -> Any:
    """Numbers and dates as they are, everything else as it reads on the page."""
    if isinstance(item, Calculated):
        figure = item.compute(values_of(record), day_of(by, now()))
        return label(figure) if isinstance(figure, Choice) else figure
    value = getattr(record, item.name)
    if isinstance(value, date | datetime | int | Decimal) and item.kind is not Kind.BOOLEAN:
        return value
    return text_of(item, value, called)
