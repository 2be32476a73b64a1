"""An installation of a test's own that may be killed: who can be struck, and how."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

from redis import RedisError

from ale.config import queue_socket
from ale.run import bell
from tests.faults.database import OwnPostgres
from tests.instances import Instance

WHOM = ("worker", "child", "web", "queue", "flush", "database")
"""The worker; its clock, job, or whatever that has started; the web server or a process of it; the queue; its content;
the database, which on SQLite is in the other processes already."""


class Ground:
    """The processes of one installation and what a seeded chance does to them."""

    def __init__(self, instance: Instance, postgres: OwnPostgres | None, kills: int, seed: int) -> None:
        self.instance, self._postgres = instance, postgres
        self.chance = random.Random(seed)
        whom = [one for one in WHOM if postgres or one != "database"]
        self.due = [whom[number % len(whom)] for number in range(kills)]
        self.chance.shuffle(self.due)
        self.done: dict[str, int] = {}
        self.last = 0.0

    @property
    def queue(self) -> Path:
        """The socket of the queue."""
        return queue_socket(self.instance.folder)

    def strike(self) -> str:
        """Kill the next one who lives, now; who it was. Who is dead since a blow before is struck later."""
        while (place := next(filter(self._strikes, self._next_of_each()), None)) is None:
            time.sleep(0.05)
        whom = self.due.pop(place)
        self.done[whom] = self.done.get(whom, 0) + 1
        self.last = time.monotonic()
        return whom

    def _next_of_each(self) -> list[int]:
        """Where in `due` the next blow for each stands, those that are due sooner first."""
        return sorted({whom: place for place, whom in enumerate(self.due)}.values(), reverse=True)

    def _strikes(self, place: int) -> bool:
        return self._strike(self.due[place])

    def _strike(self, whom: str) -> bool:
        if whom == "flush":
            return self._flush()
        if whom == "database":
            assert self._postgres is not None
            self._postgres.kill()
            time.sleep(self.chance.uniform(0, 1))
            self._postgres.start()
            return True
        return self._kill(self._victim(whom))

    def _victim(self, whom: str) -> int | None:
        words = {"worker": "worker", "child": "worker", "web": "gunicorn", "queue": "valkey"}[whom]
        mine = [number for number, command in self.instance.family().items() if words in command]
        if not mine:
            return None
        eldest = min(mine)
        if whom == "child":
            forks = _below(eldest)
            return self.chance.choice(forks) if forks else None
        return self.chance.choice([eldest, *_below(eldest)]) if whom == "web" else eldest

    def _kill(self, number: int | None) -> bool:
        if number is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
            return True
        return False

    def _flush(self) -> bool:
        """Forget everything the queue knows; while it is down there is nothing to forget."""
        with suppress(RedisError), bell.connect(f"unix://{self.queue}") as queue:
            queue.flushall()
        return True


def _below(process: int) -> list[int]:
    """All that a process has started, and what those have."""
    try:
        mine = [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
    return [one for number in mine for one in (number, *_below(number))]
