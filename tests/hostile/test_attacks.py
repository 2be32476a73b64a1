"""Files made to do harm do none, and what the programs of this world write is read as its owner sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ale.domains.imports.refused import FileRefused
from ale.domains.imports.workbook import read_workbook
from tests.hostile.attacks import ATTACKS
from tests.hostile.cost import cpu_of_children
from tests.hostile.programs import PROGRAMS
from tests.hostile.refused import REFUSED
from tests.hostile.texts import TEXTS

CASES = (*ATTACKS, *TEXTS, *PROGRAMS)


def read(path: Path, name: str) -> tuple[str | list[tuple[int | str, ...]], str]:
    """The rows, or the code and the sentence of the refusal."""
    try:
        with read_workbook(path, name) as workbook:
            return [(line, *values) for chunk in workbook.chunks() for line, values in chunk], ""
    except FileRefused as refusal:
        [problem] = refusal.problems
        return problem.code, problem.text()


@pytest.mark.parametrize(("name", "build", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_becomes_what_it_should(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    build: Callable[[], bytes],
    expected: str | list[tuple[int | str, ...]],
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(build())
    began = cpu_of_children()
    became, sentence = read(path, name)
    assert became == expected
    assert not sentence or len(sentence.split(". ")) >= 2 or ":" in sentence, "says what to do"
    assert cpu_of_children() - began < 5
    assert not capfd.readouterr().err, "on purpose, not by an accident of the child"


def test_there_are_many_of_them_and_no_two_are_the_same() -> None:
    """184 files that mean harm or cannot be read, 132 of which are refused; 33 of honest programs."""
    hostile = (*REFUSED, *ATTACKS, *TEXTS)
    assert (len(hostile), len(PROGRAMS)) == (184, 33)
    assert sum(isinstance(became, str) for _, _, became in hostile) == 132
    assert max(Counter(name for name, _, _ in (*hostile, *PROGRAMS)).values()) == 1
