"""A file looked at before anybody loads it: what staging would say of its rows. Nothing is stored."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ale.domains.imports.definition import definition_of
from ale.domains.imports.entering import cells_of
from ale.domains.imports.examining import Cells, Examiner
from ale.domains.imports.mapping import recognised
from ale.domains.imports.queries import DUPLICATE
from ale.domains.imports.records import ImportTask
from ale.domains.imports.validation import Stored, stored
from ale.domains.imports.workbook import Row, Workbook, read_workbook
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, path_of
from ale.foundation.db import inside
from ale.foundation.problem import Problem, Rejected, sentence

MOST_BYTES = 8 * 1024 * 1024
MOST = 10_000
"""Rows that are looked at; somebody waits for the answer."""

LARGE = sentence("{file} is too large to be checked here. It is checked when it is loaded.")


@dataclass(frozen=True)
class Checked:
    """What was found: the rows with a problem by their line, of so many; `is_whole` unless there are more than MOST."""

    rows: int
    wrong: Sequence[tuple[int, list[Stored]]]
    is_whole: bool


def check_file(task: ImportTask, file: Attachment, *, by: Actor) -> Checked:
    """Examine the rows of a file by the validations of the import, as loading it does.

    Behind the wall of the import, as the job that loads it works, whoever asks. Rejected for a file that cannot be
    read, whose headings are not known, or that is too large for somebody to wait.
    """
    if file.size_bytes > MOST_BYTES:
        raise Rejected([Problem("FILE_LARGE", LARGE, file=file.file_name)])
    with read_workbook(path_of(file), file.file_name) as book:
        rows, cells, is_whole = _read(task, file, book)
    with inside(task.sys_domain), Examiner(task, definition_of(task), by) as examiner:
        found = examiner.problems(cells)
        for problems, twice in zip(found, _duplicates(examiner, cells), strict=True):
            problems += twice
    wrong = [(row.line, problems) for row, problems in zip(rows, found, strict=True) if problems]
    return Checked(len(rows), wrong, is_whole)


def _read(task: ImportTask, file: Attachment, book: Workbook) -> tuple[list[Row], list[Cells], bool]:
    """The first rows of a file with their cells, and whether these are all."""
    chunks = book.chunks()
    first = next(chunks, [])
    below = first[0].values if first else ()
    mapping = recognised(book.headings, below, book.heading_line, file.file_name, task)
    rows: list[Row] = []
    for chunk in chain([first], chunks):
        rows += chunk
        if len(rows) > MOST:
            break
    return rows[:MOST], cells_of(mapping, rows[:MOST]), len(rows) <= MOST


def _duplicates(examiner: Examiner, cells: Sequence[Cells]) -> Iterator[list[Stored]]:
    """For each row, whether another one of the file means the same record."""
    definition = examiner.definition
    keys = [definition.key(definition.complete(row)) for row in cells]
    amounts, name = Counter(keys), definition.key_field
    for key, row in zip(keys, cells, strict=True):
        twice = key is not None and amounts[key] > 1
        yield [stored(DUPLICATE, name, "VAL_DUPLICATE", value=row.get(name, ""))] if twice else []
