"""However many work on one import at once, everything happens once, and who comes second is told who was first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ale.config import PROJECT
from tests.faults.crowd import ROWS
from tests.faults.database import engines

NAMES = {"analyst": "Nina Sow", "agent": "Olive Marchand"}


@pytest.fixture(scope="module", params=engines())
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of an import under a crowd."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.crowd", str(tmp_path_factory.mktemp("crowd")), request.param],
        env={name: text for name, text in os.environ.items() if not name.startswith("ALE_")},
        cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-5000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.faults
def test_two_workers_and_twenty_deliveries_have_one_effect(seen: dict[str, Any]) -> None:
    assert seen["published"] == {"lines": {"1": ROWS}, "created": ROWS, "counts": [0, 0, 0, ROWS]}
    assert (seen["left"], seen["counts"], seen["breaches"]) == (0, [0, 0, ROWS, 0], [])


@pytest.mark.faults
def test_who_publishes_second_is_told_who_was_first(seen: dict[str, Any]) -> None:
    first = next(name for name, (status, _) in seen["answers"].items() if status == 202)
    second = next(name for name in seen["answers"] if name != first)
    assert seen["answers"][second] == [403, f"{NAMES[first]} is publishing these rows at the moment."]
    assert seen["late"] == [403, f"{NAMES[first]} has published these rows already."]
