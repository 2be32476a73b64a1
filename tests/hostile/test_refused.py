"""Hostile and unsuitable files are refused with a sentence, quickly, and without harm to the reading process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ale.domains.imports.refused import FileRefused
from ale.domains.imports.workbook import Limits, read_workbook
from tests.hostile.cost import cpu_of_children
from tests.hostile.peak import peak_of
from tests.hostile.refused import GOOD, REFUSED


@pytest.mark.parametrize(("name", "build", "code"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_is_refused_with_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, build: Callable[[], bytes], code: str
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(build())
    began = cpu_of_children()
    with pytest.raises(FileRefused) as refusal, read_workbook(path, name) as workbook:
        list(workbook.chunks())
    assert refusal.value.codes == [code]
    sentence = refusal.value.problems[0].text()
    assert name in sentence
    assert len(sentence.split(". ")) >= 2 or ":" in sentence, "says what to do"
    assert cpu_of_children() - began < 5
    assert not capfd.readouterr().err, "refused on purpose, not by an accident of the child"


def test_a_larger_file_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(GOOD)
    with pytest.raises(FileRefused) as refusal:
        read_workbook(path, "big.xlsx", Limits(file_bytes=1024))
    assert refusal.value.codes == ["FILE_TOO_LARGE"]


def test_the_child_never_took_more_than_its_limit() -> None:
    """Holds for all files above, read one after the other."""
    assert peak_of("files") < 600
