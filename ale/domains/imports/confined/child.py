"""Start programs that touch hostile input: processes of their own that own nothing and die with their parent."""

import os
import select
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import IO

_BOOT = Path(__file__).with_name("boot.py")
_MOST_AT_ONCE = 128 * 1024 * 1024  # bytes in one line; more is no answer of ours


class Child:
    """A confined process that answers in lines; `module` names the one whose `main(argument)` it runs.

    `stdin` is an open file that the child reads, or None for a pipe that `send` writes to. `gather` is how many seconds
    of output are taken together: waking up for each of many short lines would cost more than they do.
    """

    def __init__(self, module: str, argument: str, stdin: IO[bytes] | None = None, gather: float = 0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(_BOOT), module, str(os.getpid()), argument],
            stdin=subprocess.PIPE if stdin is None else stdin,
            stdout=subprocess.PIPE,
            env={},
            cwd="/",
        )
        self._gather = gather
        self._lines: deque[bytes] = deque()
        self._unfinished: list[bytes] = []
        self._unread = 0

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, data: bytes) -> None:
        """Write all of `data`. Raises BrokenPipeError when the child has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def line(self, seconds: float) -> bytes | None:
        """The next line without its end; None when the child has ended. Raises TimeoutError after `seconds`."""
        until = time.monotonic() + seconds
        while not self._lines:
            if not self._read(max(0.0, until - time.monotonic())):
                return None
        return self._lines.popleft()

    def _read(self, seconds: float) -> bool:
        """Take what the child has written; False at the end of its output."""
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        if not select.select([output], [], [], seconds)[0]:
            raise TimeoutError
        time.sleep(self._gather)
        part = os.read(output, 1 << 20)
        first, *others = part.split(b"\n")
        self._unfinished.append(first)
        self._unread += len(first)
        if others:
            self._lines.append(b"".join(self._unfinished))
            self._lines.extend(others[:-1])
            self._unfinished, self._unread = [others[-1]], len(others[-1])
        return bool(part) and self._unread <= _MOST_AT_ONCE

    def end(self) -> int:
        """Kill the child if it still runs; its exit status, negative when a signal ended it before we did."""
        if self.alive:
            self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return status

    def status(self, seconds: float = 5) -> int:
        """Exit status of a child whose output has ended."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.end()
