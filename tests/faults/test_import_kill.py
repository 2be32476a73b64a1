"""A worker that is killed at any moment of an import changes nothing of its outcome."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ale.config import PROJECT
from tests.instances import own_engines

SEED = int(os.environ.get("ALE_TEST_SEED", "20261123"))
Play = Callable[[int, int], dict[str, Any]]


@pytest.fixture
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """`play(kills, seed)`: the scenario on an installation of its own, on the engines that this run names."""

    def on_new_ground(kills: int, seed: int) -> dict[str, Any]:
        folder: Path = tmp_path_factory.mktemp("kill")
        with own_engines(f"test_kill_{kills}") as engines:
            given = {"ALE_DATA_DIR": str(folder / "data"), "ALE_SECRET_KEY": "for a test", "TMPDIR": str(folder)}
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults.scenario", str(kills), str(seed)],
                env={name: text for name, text in os.environ.items() if not name.startswith("ALE_")} | given | engines,
                cwd=PROJECT, capture_output=True, text=True, timeout=1500, check=False,
            )  # fmt: skip
        assert done.returncode == 0, done.stderr[-5000:]
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    return on_new_ground


def same(play: Play, kills: int) -> None:
    """The outcome with so many kills is that of an undisturbed run, and nothing in it contradicts itself."""
    quiet, disturbed = play(0, SEED), play(kills, SEED)
    assert quiet["outcome"]["breaches"] == []
    assert len(quiet["outcome"]["contacts"]) > 3_000
    assert disturbed["killed"] == kills, f"seed {SEED}"
    for part, expected in quiet["outcome"].items():
        assert disturbed["outcome"][part] == expected, f"{part} differs with seed {SEED}"


@pytest.mark.processes
def test_three_kills_change_nothing(play: Play) -> None:
    same(play, 3)


@pytest.mark.faults
def test_twenty_five_kills_change_nothing(play: Play) -> None:
    same(play, 25)
