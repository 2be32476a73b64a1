"""ALE as it runs: `python -m ale.run` with its own data folder and port, for the tests that need real processes."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ale.config import PROJECT

START = 120  # seconds that the first start may take, demo data included
PROMISE = 10  # seconds after which nothing may be left


@dataclass
class Instance:
    """One `python -m ale.run`: its process, port, data folder and what it printed so far."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    log: Path

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def answers(self) -> bool:
        """Whether /livez says that the web server lives."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def family(self) -> dict[int, str]:
        """Process number and command of everything that was started on this data folder and still lives.

        Found by two marks that a process cannot lose on the way: the environment it was started with and the lock it
        holds open (Valkey writes its title over the former).
        """
        mark = f"ALE_DATA_DIR={self.folder}\0".encode()
        return {
            int(entry.name): (entry / "cmdline").read_text().replace("\0", " ")
            for entry in Path("/proc").iterdir()
            if entry.name.isdecimal() and (mark in environment(entry) or str(self.folder / "ale.lock") in files(entry))
        }

    def end(self) -> None:
        """Stop it, and kill what a broken promise left behind."""
        self.process.terminate()
        self.process.wait(PROMISE)
        for number in self.family():
            os.kill(number, signal.SIGKILL)

    def member(self, words: str) -> int:
        """The eldest member of the family whose command contains these words."""
        return min(number for number, command in self.family().items() if words in command)


def environment(process: Path) -> bytes:
    """What a process was started with; nothing for one that has just ended."""
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def files(process: Path) -> set[str]:
    """The files that a process holds open; none for one that has just ended."""
    try:
        return {str(link.readlink()) for link in (process / "fd").iterdir()}
    except OSError:
        return set()


def becomes(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds; False when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(
    folder: Path, *prefix: str, port: int | None = None, arguments: str = "", module: str = "ale.run", **settings: str
) -> Instance:
    """Start ALE on a data folder without waiting for it; in production, where it starts sooner without demo data."""
    port = port or free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALE_")}
    ours = {"ALE_DATA_DIR": str(folder), "ALE_PORT": str(port), "ALE_ENV": "production", "ALE_SECRET_KEY": "for a test"}
    ours["TMPDIR"] = str(folder.parent)  # where the queue's socket goes
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-m", module, *arguments.split()],
            env=kept | ours | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=PROJECT,
        )
    return Instance(process, port, folder, log)


def ready(instance: Instance) -> Instance:
    """The same instance once it says that it is ready."""
    assert becomes(lambda: "ALE is ready" in instance.printed or instance.process.poll() is not None, START)
    assert instance.process.poll() is None, instance.printed
    return instance


@contextmanager
def own_engines(schema: str) -> Iterator[dict[str, str]]:
    """The database and queue that this run of the suite names, the former in a schema of its own; none: built in."""
    named = {name: os.environ[name] for name in ("ALE_DATABASE_URL", "ALE_REDIS_URL") if name in os.environ}
    url = named.get("ALE_DATABASE_URL")
    if url is None:
        yield named
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        server.execute(f"CREATE SCHEMA {schema}")
        yield named | {"ALE_DATABASE_URL": f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"}
        server.execute(f"DROP SCHEMA {schema} CASCADE")
