"""One data folder, one running ALE: an advisory lock that its processes share and the kernel releases."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from ale.run import CannotStart

ORPHANS_END_WITHIN = 10.0
"""Seconds that the processes of a killed ALE may still need to end: the promise of `make run`."""


def hold(data_dir: Path) -> int:
    """Lock the data folder and return the file descriptor that holds the lock.

    Pass it on to every child: the lock is free again when the last of them has ended, so nothing of a killed
    ALE can still write when the next one starts. Waits for such left-overs; raises CannotStart.
    """
    file = os.open(data_dir / "ale.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + ORPHANS_END_WITHIN
    while not _locked(file):
        holder = _holder(file)
        if _alive(holder) or time.monotonic() > deadline:
            os.close(file)
            raise CannotStart(f"it already runs on the data folder {data_dir} (process {holder}); stop that one first.")
        time.sleep(0.1)
    os.truncate(file, 0)
    os.pwrite(file, str(os.getpid()).encode(), 0)
    return file


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: int) -> int:
    """The process that wrote its number into the lock; 0 while it has not done so yet."""
    return int(os.pread(file, 20, 0) or 0)


def _alive(process: int) -> bool:
    if process == 0:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's, and alive
        return True
    return True
