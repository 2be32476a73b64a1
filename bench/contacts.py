"""A workbook of contacts to import: twelve columns, one row in twenty with a fault."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

LOCATION = "Lyon depot"
HEADINGS = (
    "External id", "Account", "First name", "Last name", "Email", "Phone", "Title", "Language", "Active", "Start date",
    "Location", "Notes",
)  # fmt: skip
FAULTS = (
    ("Email", "no address"), ("First name", ""), ("Language", "Klingon"), ("Start date", "31.02.2026"),
    ("Location", "Nowhere"), ("Last name", "x" * 50),
)  # fmt: skip


def write(path: Path, rows: int, *, faulty: bool = True) -> None:
    """Write a workbook with so many rows, without faults if need be; the same for the same number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    sheet.append(HEADINGS)
    for row in _rows(rows, faulty):
        sheet.append(row)
    book.save(path)


def write_csv(path: Path, rows: int) -> None:
    """The same as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(_rows(rows, faulty=True))


def _rows(rows: int, faulty: bool) -> Iterator[list[str]]:
    chance = random.Random(rows)
    for number in range(rows):
        row = _row(number)
        if faulty and number % 20 == 7:
            row.update([chance.choice(FAULTS)])
        yield list(row.values())


def _row(number: int) -> dict[str, str]:
    values = (
        f"C-{number:07d}", "Genixify" if number % 3 else "", f"First{number % 977}", f"Last{number % 1999}",
        f"person{number}@example.com", f"+33 1 23 45 {number % 100:02d} {number % 89:02d}", "Engineer",
        ("en", "de", "fr", "es", "it", "ja")[number % 6], ("yes", "no", "true", "oui")[number % 4],
        f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}", "" if number % 4 else LOCATION, f"Note number {number}",
    )  # fmt: skip
    return dict(zip(HEADINGS, values, strict=True))
