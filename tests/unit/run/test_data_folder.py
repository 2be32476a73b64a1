"""The data folder belongs to one running ALE, and the folder of its queue's socket to one user."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ale.config import queue_socket
from ale.run import CannotStart, lock, queue_server


@pytest.fixture
def temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stand-in for the system's folder of temporary files; pytest's own are too deep for a socket at times."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


@pytest.fixture
def left_over(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that still holds the lock of an ALE that has ended."""
    file = lock.hold(tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, pass_fds=[file]
    )
    os.pwrite(file, f"{ended.pid:<20}".encode(), 0)
    os.close(file)
    with process:
        yield process


def test_a_second_holder_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    file = lock.hold(tmp_path)
    with pytest.raises(CannotStart, match=rf"already runs on the data folder {tmp_path} \(process {os.getpid()}\)"):
        lock.hold(tmp_path)
    os.close(file)


def test_a_released_folder_can_be_held_again(tmp_path: Path) -> None:
    os.close(lock.hold(tmp_path))
    os.close(lock.hold(tmp_path))


def test_left_overs_of_a_killed_one_are_waited_for(
    tmp_path: Path, left_over: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: left_over.communicate())
    os.close(lock.hold(tmp_path))
    assert left_over.returncode == 0


def test_left_overs_that_stay_are_refused(
    tmp_path: Path, left_over: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "ORPHANS_END_WITHIN", 0.3)
    with pytest.raises(CannotStart, match="already runs"):
        lock.hold(tmp_path)


def test_the_socket_lies_in_a_folder_that_only_we_can_enter(temporary_folder: Path) -> None:
    folder = queue_server.private_socket(temporary_folder / "data").parent
    assert folder.parent == temporary_folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_enter_is_refused(temporary_folder: Path) -> None:
    queue_socket(temporary_folder / "data").parent.mkdir(mode=0o755)
    with pytest.raises(CannotStart, match="must be a folder that only you can enter"):
        queue_server.private_socket(temporary_folder / "data")


def test_a_link_in_the_place_of_the_folder_is_refused(temporary_folder: Path) -> None:
    (temporary_folder / "elsewhere").mkdir(mode=0o700)
    queue_socket(temporary_folder / "data").parent.symlink_to(temporary_folder / "elsewhere")
    with pytest.raises(CannotStart, match="must be a folder that only you can enter"):
        queue_server.private_socket(temporary_folder / "data")


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("long" * 25)))
    with pytest.raises(CannotStart, match="too long for a socket: set TMPDIR"):
        queue_server.private_socket(tmp_path)
