"""A full disk, told apart from every other failure: nothing is wrong but that there is no room."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from ale.foundation.problem import sentence

FULL = sentence("The server’s disk is full. Nothing was changed; it goes on when there is room.")
LEAST = 1024 * 1024
"""Bytes below which nobody should count on being able to write."""

_ERRNO = (errno.ENOSPC, errno.EDQUOT)
_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
_POSTGRESQL = "53100"


def is_full(error: BaseException | None) -> bool:
    """Whether this failure, or the one it came from, says that a disk is full."""
    while error is not None:
        found = getattr(error, "orig", None) or error
        if (
            (isinstance(found, OSError) and found.errno in _ERRNO)
            or getattr(found, "sqlite_errorcode", None) in _SQLITE
            or getattr(found, "sqlstate", None) == _POSTGRESQL
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_left(folder: Path) -> bool:
    """Whether there is room where this folder lies; asked because a full disk may not even take a note that it is."""
    return shutil.disk_usage(folder).free >= LEAST
