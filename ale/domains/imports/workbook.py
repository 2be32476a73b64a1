"""Read an uploaded file, row by row, as its owner sees it; parsing is left to a confined child process.

A cell is text: numbers as shown ("42", "0.5"), dates as 2025-02-28 or 2025-02-28 08:30:00, booleans as true and false,
empty cells as "". A cell in error holds Excel's own word for it ("#N/A"), one whose formula has no stored result
`marks.FORMULA`; `values.CELL_ERRORS` has them all, and validation refuses them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ale.domains.imports.confined.child import Child
from ale.domains.imports.refused import FileRefused, Refused
from ale.foundation.closing import Closing
from ale.foundation.compact import from_json

_BY_NAME = {
    ".xls": "old_excel",
    ".xlt": "old_excel",
    ".xlsb": "binary",
    ".xlsm": "macro",
    ".xltm": "macro",
    ".xlam": "macro",
    ".ods": "open_document",
    ".ots": "open_document",
    ".zip": "archive",
}
_PATIENCE = 120.0  # seconds without a word from the child: on a busy machine its processor time takes long to come
_TOO_MUCH_MEMORY, _KILLED, _TOO_MUCH_TIME = -6, -9, -24  # SIGABRT of an allocation that failed, SIGKILL, SIGXCPU


@dataclass(frozen=True)
class Limits:
    """How much one file may hold and take; `memory` in bytes and `seconds` of processor are those of the child.

    A workbook that takes longer to open would outlast the lease of the job that reads it.
    """

    file_bytes: int = 64 * 1024 * 1024
    rows: int = 250_000
    columns: int = 1_000
    memory: int = 512 * 1024 * 1024
    seconds: int = 20


_CSV = Limits(file_bytes=192 * 1024 * 1024, rows=1_500_000, seconds=180)
"""A workbook is unpacked and held in memory as a whole; CSV is read line by line, while its rows are stored."""


class Row(NamedTuple):
    """A data row: `line` is its number as Excel shows it; `values` has as many texts as there are headings."""

    line: int
    values: list[str]


class ReaderKilled(FileRefused):
    """Somebody ended the child: a system short of memory, or chance; another try may do better."""


class Workbook(Closing):
    """The sheet that is imported of a file: headings, then chunks of rows, once. Close it, or use it in `with`.

    `sheet` is its name ("" for CSV), `others` are the visible sheets left unread, `heading_line` is where the headings
    stand, `most` is how many rows follow at most (for progress).
    """

    def __init__(self, filename: str, child: Child) -> None:
        self._filename, self._child = filename, child
        first = self._next()
        if first is None:
            raise self._refuse("empty")
        if "refused" in first:
            raise self._refuse(first["refused"], **first["params"])
        self.sheet: str = first["sheet"]
        self.others: list[str] = first["others"]
        self.heading_line: int = first["line"]
        self.headings: list[str] = first["headings"]
        self.most: int = first["most"]

    def chunks(self) -> Iterator[list[Row]]:
        """Up to 1,000 rows at a time, empty ones left out. Raises FileRefused should the child come to grief."""
        while (chunk := self._next()) is not None:
            yield [Row(line, values) for line, values in chunk]

    @property
    def child_pid(self) -> int:
        return self._child.pid

    def close(self) -> None:
        self._child.end()

    def _next(self) -> Any:
        try:
            line = self._child.line(_PATIENCE)
        except TimeoutError:
            raise self._refuse("time") from None
        if line is not None:
            return from_json(line)
        status = self._child.status()
        if status == 0:
            return None
        if status == _KILLED:
            raise ReaderKilled(self._refuse("memory").problems)
        raise self._refuse("memory" if status == _TOO_MUCH_MEMORY else "time" if status == _TOO_MUCH_TIME else "broken")

    def _refuse(self, reason: str, **params: object) -> FileRefused:
        self.close()
        return FileRefused.because(self._filename, Refused(reason, **params))


def refuse_by_name(filename: str) -> None:
    """Raise FileRefused for a file that is no workbook by its very name (IMP-01)."""
    ending = Path(filename).suffix.casefold()
    if ending not in (".xlsx", ".csv"):
        raise FileRefused.because(filename, Refused(_BY_NAME.get(ending, "type")))


def read_workbook(path: Path, filename: str, limits: Limits | None = None) -> Workbook:
    """Begin to read the file at `path`, which its owner knows as `filename` (.xlsx or .csv).

    Raises FileRefused for everything that cannot be read, nearly always before the first row is given.
    """
    refuse_by_name(filename)
    ending = Path(filename).suffix.casefold()
    limits = limits or (_CSV if ending == ".csv" else Limits())
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise FileRefused.because(filename, Refused("size", max=limits.file_bytes // (1024 * 1024)))
    if size == 0:
        raise FileRefused.because(filename, Refused("empty"))
    argument = {
        "csv": ending == ".csv",
        "rows": limits.rows,
        "columns": limits.columns,
        "memory": limits.memory,
        "seconds": limits.seconds,
    }
    with path.open("rb") as file:
        child = Child("ale.domains.imports.confined.reader", json.dumps(argument), stdin=file)
    return Workbook(filename, child)
