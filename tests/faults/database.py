"""A PostgreSQL of a test's own, with its data in a folder of its own, that may be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ale.foundation.lifeline import tied
from tests.instances import becomes, free_port

START = 60  # seconds that a start may take, repair after a crash included
ORDINARY = "nobody"  # who runs it when the tests are root's, whom PostgreSQL refuses


def programs() -> Path | None:
    """Where the server's programs are; None where there is no PostgreSQL."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def engines() -> list[Any]:
    """The databases to test on, as parameters of pytest."""
    missing = pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
    return ["sqlite", pytest.param("postgresql", marks=missing)]


class OwnPostgres:
    """A server on a port of its own with one database, whose owner is no superuser; its tables may lie apart."""

    def __init__(self, folder: Path, tables: Path | None = None) -> None:
        self.folder, self.port = folder, free_port()
        self._as = {"user": ORDINARY, "group": "nogroup"} if os.geteuid() == 0 else {}
        self._bin = programs() or Path()
        for one in (folder, *filter(None, [tables])) if self._as else ():
            shutil.chown(one, ORDINARY)
        init = ["--auth=trust", "--username=root", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [self._bin / "initdb", "-D", folder / "data", *init],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **self._as,
        )  # fmt: skip
        self.start()
        with self._connect() as connection:
            connection.execute("CREATE ROLE ale LOGIN")
            if tables:
                connection.execute(f"CREATE TABLESPACE apart LOCATION '{tables}'".encode())
            connection.execute(
                f"CREATE DATABASE ale OWNER ale TABLESPACE {'apart' if tables else 'pg_default'}".encode()
            )

    @property
    def url(self) -> str:
        return f"postgresql://ale@127.0.0.1:{self.port}/ale"

    def start(self) -> None:
        """Start it, again where left-overs of a killed one are still in the way, and wait until it answers."""
        self._start()
        assert becomes(self._answers, START), "PostgreSQL does not start"

    def _start(self) -> None:
        # What a killed process wrote is safe with the system: no need to wait for the disk.
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        words = (word for name, value in options.items() for word in ("-c", f"{name}={value}"))
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._bin / "postgres", "-D", self.folder / "data", *words],
                stdout=log, stderr=log, cwd="/", preexec_fn=tied(signal.SIGQUIT), **self._as,
            )  # fmt: skip

    def _answers(self) -> bool:
        if self._server.poll() is not None:
            time.sleep(0.1)
            self._start()
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host=127.0.0.1 port={self.port} user=root dbname=postgres", autocommit=True)

    def kill(self) -> None:
        """Kill the server and everything it has started."""
        mine = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text().split()
        self._server.kill()
        for one in mine:
            try:
                os.kill(int(one), signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._server.wait()


@contextmanager
def own_postgres(tables: Path | None = None) -> Iterator[OwnPostgres]:
    """A server for a while; in a folder that whoever runs it can reach, as that of the tables has to be."""
    with tempfile.TemporaryDirectory(prefix="ale-db-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        server = OwnPostgres(Path(folder), tables)
        try:
            yield server
        finally:
            server.kill()
