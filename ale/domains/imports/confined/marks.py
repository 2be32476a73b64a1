"""What the fast reader does not tell of a sheet: error cells, formulas without a result, padded numbers, its reach."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from ale.domains.imports.confined.container import DAMAGED
from ale.domains.imports.refused import Refused

FORMULA = "#FORMULA!"
"""Shown for a formula whose result is not stored; made to look like Excel's own errors, which are shown as they are."""

_BLOCK = 1024 * 1024
_LONGEST_ROW = 64 * _BLOCK
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData\b[^>]*?(/?)>")
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)")
_WIDE = (re.compile(rb'r="[A-Z]{3}'), re.compile(rb"r='[A-Z]{3}"))  # from the 703rd column on


@dataclass
class Marks:
    """Cells of a sheet to be shown otherwise than read, and the last row and column met; all counted from 0.

    `cells[row][column]` is the text to show, or the number of digits that a whole number is padded to.
    """

    cells: dict[int, dict[int, str | int]] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def find_marks(sheet: IO[bytes], padded: dict[str, int], most_rows: int) -> Marks:
    """The marks of a sheet's XML; `padded` gives the digits of cell styles such as 00000.

    Blocks without anything of interest are only searched and not parsed, which is ten times faster. The reach is sure
    only where it goes beyond `most_rows` or 702 columns. Raises Refused when the XML is damaged.
    """
    finder = _Finder(padded)
    styles = [f's="{style}"'.encode() for style in padded]
    try:
        for prefix, block in _blocks(sheet):
            if any(style in block for style in styles) or _is_of_interest(prefix, block, most_rows):
                finder.parse(block)
    except (*DAMAGED, expat.ExpatError) as error:
        raise Refused("broken") from error
    return finder.marks


def _blocks(sheet: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The XML prefix in use and whole rows, about a megabyte at a time."""
    rest = prefix = b""
    started = False
    while piece := sheet.read(_BLOCK):
        rest += piece
        if not started:
            data = _SHEET_DATA.search(rest)
            if data and data[2]:
                return
            if data:
                prefix, rest, started = data[1] or b"", rest[data.end() :], True
        if started:
            end = rest.find(b"</" + prefix + b"sheetData")
            if end >= 0:
                yield prefix, rest[:end]
                return
            last_row = max(rest.rfind(b"<" + prefix + b"row"), 0)
            yield prefix, rest[:last_row]
            rest = rest[last_row:]
        if len(rest) > _LONGEST_ROW:
            raise Refused("broken")


def _is_of_interest(prefix: bytes, block: bytes, most_rows: int) -> bool:
    if b'"e"' in block or b"'e'" in block or b"<" + prefix + b"f" in block:
        return True  # an error or a formula
    last = _ROW_NUMBER.search(block, max(block.rfind(b"<" + prefix + b"row"), 0))
    if last and int(last[1]) <= most_rows and not any(wide.search(block) for wide in _WIDE):
        return False
    return b"</" + prefix + b"v>" in block or b"</" + prefix + b"is>" in block


class _Finder:
    """Parses blocks of rows and notes the cells of interest; a cell is judged when the next one begins."""

    def __init__(self, padded: dict[str, int]) -> None:
        self.marks = Marks()
        self._padded = padded
        self._local_names: dict[str, str] = {}
        self._row = self._column = -1
        self._cell: dict[str, str] = {}
        self._formula = self._stored = False
        self._text = ""

    def parse(self, block: bytes) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.Parse(b"<rows>" + block + b"</rows>", True)
        self._judge()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._local_names.get(tag) or self._local_names.setdefault(tag, tag.rpartition(":")[2])
        if name == "c":
            self._judge()
            reference = attributes.get("r")
            self._column = column_of(reference) if reference else self._column + 1
            self._cell = attributes
        elif name in ("v", "is"):
            self._stored, self._text = True, ""
            if self._formula or self._cell.get("t") == "e":
                self._parser.CharacterDataHandler = self._characters
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._judge()
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

    def _characters(self, text: str) -> None:
        self._text += text

    def _judge(self) -> None:
        """Note the cell that has just ended, if it is of interest."""
        if self._stored or self._formula:
            marks = self.marks
            marks.last_row, marks.last_column = max(marks.last_row, self._row), max(marks.last_column, self._column)
            if mark := self._mark():
                marks.cells.setdefault(self._row, {})[self._column] = mark
            self._parser.CharacterDataHandler = None
            self._formula = self._stored = False

    def _mark(self) -> str | int | None:
        kind = self._cell.get("t", "n")
        if kind == "e":
            return self._text.strip() or "#N/A"
        if self._formula and not (self._stored and (self._text or kind == "str")):
            return FORMULA
        return self._padded.get(self._cell.get("s", "")) if kind == "n" else None


def column_of(reference: str) -> int:
    """The column of a cell, "A1" being 0."""
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter) - 64
    return column - 1


def cell_name(row: int, column: int) -> str:
    """How Excel names a cell, both counted from 0: (0, 27) is AB1."""
    name, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return f"{name}{row + 1}"
