"""How files look: short, introduced, named for what they hold, without traces of the machine they were made on."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.house.source import ROOT, sources

PYTHON = sources("ale", "app.py", "tests", "bench", "migrations/env.py")
LONGEST = 300
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base_service"}
MACHINE = re.compile(r"/(?:work|tmp|home|root|Users)/[A-Za-z0-9_.-]")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


@cache
def tracked() -> list[Path]:
    """The text files that git keeps, and new ones that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [ROOT / name for name in names]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in (".py", ".html", ".js", ".css")
        and path.parent.name != "versions"
        and (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_files_open_with_one_sentence() -> None:
    for source in PYTHON:
        said = ast.get_docstring(source.tree)
        if source.text.strip() and source.path.name != "__init__.py":
            assert said, source.module
            first = said.split("\n\n")[0]
            assert first.endswith((".", ":", "?")), f"{source.module}: {first}"


def test_functions_that_others_call_say_what_they_do() -> None:
    """Public functions and classes below the doors have a docstring; tests speak by their names."""
    silent = [
        f"{source.module}.{node.name}"
        for source in sources("ale/foundation", "ale/domains", "ale/web")
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_files_are_named_for_what_they_hold() -> None:
    for path in tracked():
        assert not {path.stem, *path.relative_to(ROOT).parts} & NO_NAMES, path


@pytest.mark.parametrize("pattern", [MACHINE, UNFINISHED], ids=["machine", "unfinished"])
def test_nothing_is_left_behind(pattern: re.Pattern[str]) -> None:
    own = Path(__file__)
    for path in tracked():
        if path != own and not path.name.endswith((".lock", ".json")):
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                assert not pattern.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
