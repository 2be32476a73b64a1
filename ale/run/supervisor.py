"""Start processes, restart those that end, and stop them all: what `make run` keeps alive and takes along."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from ale.config import PROJECT
from ale.foundation.closing import Closing
from ale.foundation.lifeline import tied
from ale.run import CannotStart

LOOK_EVERY = 0.2  # seconds between two looks at the children
GRACE = 4.0  # seconds between SIGTERM and SIGKILL; spent at most twice, so that all is over within ten
STEADY_AFTER = 60.0  # seconds; a child that lived as long failed by chance
LONGEST_DELAY = 30.0  # seconds before a child that keeps ending is started again


@dataclass
class Child:
    """A process to keep alive, in a session of its own so that Ctrl-C reaches the supervisor alone."""

    name: str
    command: Sequence[str]
    when_orphaned: signal.Signals = signal.SIGTERM  # what the kernel sends it when the supervisor is killed
    serves_the_others: bool = False  # stopped after them
    process: subprocess.Popen[bytes] = field(init=False)
    started: float = field(init=False)
    failures: int = 0
    restart_at: float | None = None

    def start(self, shared: Sequence[int]) -> None:
        """Start the process, which inherits the file descriptors `shared`."""
        self.started, self.restart_at = time.monotonic(), None
        self.process = subprocess.Popen(
            self.command,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            pass_fds=shared,
            start_new_session=True,
            preexec_fn=tied(self.when_orphaned),
        )

    def delay(self) -> float:
        """Seconds to wait before the next start: longer each time while the process keeps ending."""
        self.failures = self.failures + 1 if time.monotonic() - self.started < STEADY_AFTER else 1
        return min(2.0 ** (self.failures - 1), LONGEST_DELAY)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    @property
    def ending(self) -> str:
        """How the process ended, in words."""
        code = self.process.returncode
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


class Supervisor(Closing):
    """Context manager around a family of children; leaving it stops them all within ten seconds."""

    def __init__(self, shared: Sequence[int], say: Callable[[str], None]) -> None:
        self.shared = shared
        self.say = say
        self.children: list[Child] = []

    def close(self) -> None:
        end(child for child in self.children if not child.serves_the_others)
        end(child for child in self.children if child.serves_the_others)

    def keep(self, child: Child) -> None:
        """Start a child and make it one of the family."""
        child.start(self.shared)
        self.children.append(child)

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for what the children bring about. Raises CannotStart when one of them ends or time runs out."""
        deadline = time.monotonic() + seconds
        while not ready():
            for child in self.children:
                if not child.running:
                    raise CannotStart(f"the {child.name} ended with {child.ending}; its messages are above.")
            if time.monotonic() > deadline:
                raise CannotStart(f"{what} did not answer within {seconds:.0f} s.")
            time.sleep(LOOK_EVERY)

    def watch(self) -> NoReturn:
        """Restart children that end; returns never."""
        while True:
            for child in self.children:
                if not child.running:
                    self._revive(child)
            time.sleep(LOOK_EVERY)

    def _revive(self, child: Child) -> None:
        if child.restart_at is None:
            delay = child.delay()
            child.restart_at = time.monotonic() + delay
            self.say(f"The {child.name} ended with {child.ending}; it starts again in {delay:.0f} s.")
        elif time.monotonic() >= child.restart_at:
            child.start(self.shared)


def end(children: Iterable[Child]) -> None:
    """Ask these children to end, then after the grace make them."""
    living = [child.process for child in children if child.running]
    for process in living:
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in living:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
