"""Runs the validation scripts of administrators over rows, in warm child processes that are killed when they hog.

`Sandbox` is safe to use from several threads; a script never sees another script's rows, files, sockets or memory.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ale.domains.imports.confined.cells import clean
from ale.domains.imports.confined.child import Child
from ale.domains.imports.scripts import dotted_paths, repair
from ale.foundation.closing import Closing
from ale.foundation.compact import as_json

PATIENCE = 2.0
"""Seconds that a script may take for one row."""

_LONGEST_SCRIPT = 64 * 1024
_CHUNK = 500  # rows sent at once
_HOGS_IN_A_ROW, _HOGS_AT_MOST = 3, 20  # after so many the script is not tried on further rows


@dataclass(frozen=True)
class Verdict:
    """What a script says of a row: `message` is its own, `error` why it came to none, `messages` what it told `gs`.

    `limit` is true when it took too long or too much memory.
    """

    passed: bool
    message: str = ""
    error: str = ""
    messages: tuple[str, ...] = ()
    limit: bool = False


PASSED = Verdict(passed=True)
OVER_LIMIT = Verdict(passed=False, error="the script took longer than 2 s or needed too much memory", limit=True)


class _Died(Exception):
    """The child ended by itself."""


class _Hopeless(Exception):
    """Too many rows have hogged."""


class Sandbox(Closing):
    """A pool of warm children, `idle` of which are kept. Use it in `with`, or close it."""

    def __init__(self, idle: int = 1, patience: float = PATIENCE) -> None:
        self._keep, self._patience = idle, patience
        self._idle: list[Child] = []
        self._lock = threading.Lock()

    @property
    def idle_pids(self) -> list[int]:
        """Processes that wait for a script."""
        return [child.pid for child in self._idle]

    def run(self, script: str, rows: Iterable[Mapping[str, Any]]) -> list[Verdict]:
        """The verdict on each row, in order.

        A row is a dict of texts; a reference that the script walks through (`scripts.dotted_paths`) is a dict of its
        own with "sys_id". A row that takes longer than `PATIENCE` or too much memory fails alone; after three in a row,
        or twenty in all, the rest fails likewise. A script that does not compile fails every row with the same error.
        """
        texts = [as_json(row) for row in rows]
        verdicts: list[Verdict] = []
        died_at = -1
        while len(verdicts) < len(texts) and not _is_hopeless(verdicts):
            try:
                self._try(script, texts, verdicts)
            except _Hopeless:
                break
            except TimeoutError:
                verdicts.append(OVER_LIMIT)
            except (_Died, BrokenPipeError):
                # Once may be the child's own end (idle too long, its processor time used up); twice is the row's doing.
                if died_at == len(verdicts):
                    verdicts.append(OVER_LIMIT)
                died_at = len(verdicts)
        return verdicts + [OVER_LIMIT] * (len(texts) - len(verdicts))

    def fault(self, script: str) -> str:
        """Why a script cannot run at all, "" when it can."""
        for _ in range(2):
            try:
                with self._child() as child:
                    return self._begin(child, script)
            except TimeoutError:
                break
            except (_Died, BrokenPipeError):
                continue
        return OVER_LIMIT.error

    def repaired(self, script: str) -> str | None:
        """A script that runs, made from one that does not because a line break fell into a text; else None."""
        if self.fault(script):
            offer = repair(script)
            if offer != script and not self.fault(offer):
                return offer
        return None

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _try(self, script: str, texts: list[str], verdicts: list[Verdict]) -> None:
        """Add the verdicts on the rows that have none yet, as far as one child comes."""
        with self._child() as child:
            fault = self._begin(child, script)
            if fault:
                verdicts.extend([Verdict(passed=False, error=fault)] * (len(texts) - len(verdicts)))
            while len(verdicts) < len(texts):
                chunk = texts[len(verdicts) : len(verdicts) + _CHUNK]
                child.send("\n".join([as_json({"rows": len(chunk)}), *chunk, ""]).encode())
                for _ in chunk:
                    verdicts.append(_verdict(self._line(child)))
                    if verdicts[-1].limit and _is_hopeless(verdicts):
                        raise _Hopeless

    @contextmanager
    def _child(self) -> Iterator[Child]:
        """A child from the pool, which goes back only when nothing went wrong."""
        child = self._take()
        try:
            yield child
        except BaseException:
            child.end()
            raise
        with self._lock:
            keep = len(self._idle) < self._keep
            if keep:
                self._idle.append(child)
        if not keep:
            child.end()

    def _take(self) -> Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.alive:  # not so after a fork: then it is another process's child
                    return child
                child.end()
        return Child("ale.domains.imports.confined.runner", "", gather=0.002)

    def _begin(self, child: Child, script: str) -> str:
        """Give the child a new script; what is wrong with it."""
        if len(script) > _LONGEST_SCRIPT:
            return f"the script has more than {_LONGEST_SCRIPT} characters"
        paths = [path.split(".") for path in sorted(dotted_paths(script))]
        child.send(as_json({"script": script, "paths": paths}).encode() + b"\n")
        return self._line(child)

    def _line(self, child: Child) -> str:
        line = child.line(self._patience)
        if line is None:
            raise _Died
        return line.decode()


def _verdict(line: str) -> Verdict:
    if not line:
        return PASSED
    told = json.loads(line)  # which also reads the broken characters that a script may make
    if told.get("limit"):
        return OVER_LIMIT
    return Verdict(
        passed=told["passed"],
        message=clean(told["message"]),
        error=clean(told.get("error", "")),
        messages=tuple(map(clean, told.get("messages", ()))),
    )


def _is_hopeless(verdicts: Sequence[Verdict]) -> bool:
    latest = verdicts[-_HOGS_IN_A_ROW:]
    in_a_row = len(latest) == _HOGS_IN_A_ROW and all(verdict.limit for verdict in latest)
    return in_a_row or sum(verdict.limit for verdict in verdicts) >= _HOGS_AT_MOST
