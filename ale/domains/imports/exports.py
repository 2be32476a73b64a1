"""Cells for files that people open in a spreadsheet program: no text in them is ever run as a formula."""

from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

from ale.domains.imports.confined.cells import GUARDED


def safe_cell(text: str) -> str:
    """`text` for a CSV file; an apostrophe guards what begins like a formula, and reading the file takes it off."""
    return "'" + text if GUARDED.match(text) else text


def text_cell(sheet: Any, text: str) -> Cell:
    """`text` for `sheet.append`, typed as text: openpyxl would make a formula of what begins with "="."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell
