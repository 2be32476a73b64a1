"""Odd but honest files are read the way their owner sees them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ale.domains.imports.refused import FileRefused
from ale.domains.imports.workbook import Limits, read_workbook
from tests.hostile.accepted import ACCEPTED
from tests.hostile.cost import cpu_of_children
from tests.hostile.package import DATA, HEADINGS, number, row, sheet, text, xlsx


@pytest.mark.parametrize(("name", "build", "expected"), ACCEPTED, ids=[name for name, _, _ in ACCEPTED])
def test_is_read_as_its_owner_sees_it(
    tmp_path: Path, name: str, build: Callable[[], bytes], expected: list[tuple[int | str, ...]]
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(build())
    began = cpu_of_children()
    with read_workbook(path, name) as workbook:
        rows = [(line, *values) for chunk in workbook.chunks() for line, values in chunk]
    assert rows == expected
    assert cpu_of_children() - began < 5


def test_says_which_sheet_it_read_and_which_it_left(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    other = sheet(row(1, number("A1", 1)))
    path.write_bytes(xlsx(sheet(), sheet(HEADINGS, DATA), other, sheet(), names=["a", "Dépôts", "c", "d"]))
    with read_workbook(path, "x.xlsx") as workbook:
        assert (workbook.sheet, workbook.others, workbook.heading_line) == ("Dépôts", ["c"], 1)
        assert (workbook.headings, workbook.most) == (["Name", "City"], 1)


def test_rows_come_in_chunks_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    rows = [row(line, text(f"A{line}", f"n{line}")) for line in range(2, 2_502)]
    path.write_bytes(xlsx(sheet(HEADINGS, *rows)))
    with read_workbook(path, "x.xlsx") as workbook:
        chunks = list(workbook.chunks())
    assert [len(chunk) for chunk in chunks] == [1_000, 1_000, 500]
    assert [(line, values[0]) for chunk in chunks for line, values in chunk] == [(n, f"n{n}") for n in range(2, 2_502)]


def test_a_sheet_beyond_the_memory_is_refused_and_the_parent_lives(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(xlsx(sheet(HEADINGS, row(1_048_576, text("Z1048576", "x")))))
    with pytest.raises(FileRefused, match="too much memory"):
        read_workbook(path, "x.xlsx", Limits(memory=150 * 1024 * 1024, rows=1_100_000))


def test_a_text_file_may_have_more_lines_than_a_workbook(tmp_path: Path) -> None:
    path, lines = tmp_path / "upload", Limits().rows + 1
    path.write_bytes(b"Name\n" + b"x\n" * lines)
    with read_workbook(path, "x.csv") as workbook:
        assert workbook.most == lines
        assert sum(map(len, workbook.chunks())) == lines


def test_a_text_file_with_too_many_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(b"Name\n" + b"x\n" * 1_000)
    with pytest.raises(FileRefused) as refusal:
        read_workbook(path, "x.csv", Limits(rows=1_000))
    assert refusal.value.codes == ["FILE_TOO_LARGE"]


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(xlsx(sheet(HEADINGS, *(row(n, text(f"A{n}", "x" * 99)) for n in range(2, 200_000)))))
    with (
        pytest.raises(FileRefused, match="takes too long"),
        read_workbook(path, "x.xlsx", Limits(seconds=0)) as workbook,
    ):
        list(workbook.chunks())


def test_leaving_early_ends_the_child(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(xlsx(sheet(HEADINGS, *(row(n, text(f"A{n}", "x" * 99)) for n in range(2, 20_000)))))
    with read_workbook(path, "x.xlsx") as workbook:
        next(workbook.chunks())
        pid = workbook.child_pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
