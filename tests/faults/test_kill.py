"""Whoever is killed at whatever moment of an import, its outcome is that of an import nobody disturbed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ale.config import PROJECT
from tests.faults.database import engines, programs
from tests.faults.ground import WHOM
from tests.faults.visitor import PROMISE

SEED = int(os.environ.get("ALE_TEST_SEED", "20261128"))
Play = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """`play(engine, pace, rows, kills, seed, rounds)`: the scenario on an installation of its own; the same once."""

    @cache
    def on_new_ground(*wanted: Any) -> dict[str, Any]:
        folder: Path = tmp_path_factory.mktemp("kill")
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.scenario", str(folder), *map(str, wanted)],
            env={name: text for name, text in os.environ.items() if not name.startswith("ALE_")},
            cwd=PROJECT, capture_output=True, text=True, timeout=3_600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-5000:]
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    return on_new_ground


def same(play: Play, engine: str, pace: str, rows: int, kills: int) -> tuple[dict[str, int], float]:
    """With so many kills the outcome is that of an undisturbed run; who was struck how often, how soon it went on."""
    disturbed = play(engine, pace, rows, kills, SEED, 1)
    quiet = play(engine, "quick", rows, 0, SEED, disturbed["rounds"])
    assert quiet["outcome"]["breaches"] == []
    assert len(quiet["outcome"]["contacts"]) > rows / 2
    for part, expected in quiet["outcome"].items():
        assert disturbed["outcome"][part] == expected, f"{part} differs with seed {SEED}"
    struck: dict[str, int] = disturbed["struck"]
    waited: float = disturbed["waited"]
    assert sum(struck.values()) == kills, f"seed {SEED}"
    print(f"{engine}, {pace}: {struck}; the slowest job ended {waited:.1f} s after the last kill")
    return struck, waited


@pytest.mark.processes
def test_seven_kills_change_nothing(play: Play) -> None:
    """The short version, on the database that this run names."""
    same(play, "postgresql" if "ALE_DATABASE_URL" in os.environ and programs() else "sqlite", "quick", 600, 7)


@pytest.mark.faults
@pytest.mark.parametrize("engine", engines())
def test_a_hundred_kills_change_nothing(play: Play, engine: str) -> None:
    struck, waited = same(play, engine, "quick", 4_000, 100)
    assert waited < PROMISE
    assert set(struck) == set(WHOM) - ({"database"} if engine == "sqlite" else set())


@pytest.mark.faults
@pytest.mark.parametrize("engine", engines())
def test_it_goes_on_within_a_minute_at_the_pace_of_every_day(play: Play, engine: str) -> None:
    """With the leases, delays and chunks that ALE really has; everybody is struck once."""
    _, waited = same(play, engine, "own", 4_000, 6)
    assert waited < PROMISE
