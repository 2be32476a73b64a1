"""A full disk is said in a sentence, leaves nothing half done, and is no obstacle once there is room again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ale.config import PROJECT
from ale.foundation.room import FULL
from tests.faults.database import engines
from tests.faults.full_disk import ROWS, on_a_small_disk
from tests.faults.visitor import PROMISE


def can_make_disks() -> bool:
    """Whether this machine lets the tests have a small disk of their own."""
    try:
        return (
            subprocess.run([*on_a_small_disk(Path("/mnt")), "true"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL reaches too, which does not run as root."""
    with tempfile.TemporaryDirectory(prefix="ale-full-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        (Path(name) / "data").mkdir()
        yield Path(name)


@pytest.mark.faults
@pytest.mark.skipif(not can_make_disks(), reason="this machine gives tests no disk of their own (unshare, tmpfs)")
@pytest.mark.parametrize("engine", engines())
def test_a_full_disk_stops_an_import_whole_until_there_is_room(folder: Path, engine: str) -> None:
    done = subprocess.run(
        [*on_a_small_disk(folder / "data"), sys.executable, "-m", "tests.faults.full_disk", str(folder), engine],
        env={name: text for name, text in os.environ.items() if not name.startswith("ALE_")},
        cwd=PROJECT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-5000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["upload"] == [507, FULL]
    waiting, wrong, ready, published = seen["meanwhile"]["counts"]
    assert (waiting, wrong, ready + published) == (0, 0, ROWS)
    assert published < ROWS
    assert seen["meanwhile"]["counted"] == seen["meanwhile"]["counts"]
    assert seen["after"]["counts"] == [0, 0, 0, ROWS]
    assert seen["meanwhile"]["breaches"] == seen["after"]["breaches"] == []
    assert seen["left"] == []
    assert seen["waited"] < PROMISE
