"""The program that runs validation scripts over rows; run and killed by `sandbox.py`.

Lines in: {"script", "paths"} begins with a new context and is answered by "" or by what is wrong with the script;
{"rows": n} and n rows as JSON objects are answered by a line for each: "" for passed, else a verdict as JSON.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import quickjs

from ale.domains.imports.confined.confine import confine

_PROCESS_MEMORY, _SCRIPT_MEMORY = 128 * 1024 * 1024, 48 * 1024 * 1024
_LIFETIME = 600  # seconds of processor over all scripts; the parent watches each row


class _Script:
    """A script in a context of its own; `fault` is what is wrong with it, "" for nothing."""

    def __init__(self, harness: str, source: str, paths: list[list[str]]) -> None:
        self._begin = partial(self._compiled, harness, source, paths)
        self.fault = ""
        try:
            self._judge = self._begin()
        except quickjs.JSException as error:
            self.fault = str(error).partition("\n")[0] or "SyntaxError"

    def verdict(self, row: str) -> str:
        try:
            verdict = str(self._judge(row))
        except quickjs.JSException as error:
            verdict = json.dumps({"passed": False, "message": "", "error": str(error)[:1000], "limit": True})
        if '"limit":true' in verdict.replace(" ", ""):
            self._judge = None
            self._judge = self._begin()  # the memory that the row has filled may still be held
        return verdict

    @staticmethod
    def _compiled(harness: str, source: str, paths: list[list[str]]) -> Any:
        context = quickjs.Context()
        context.set_memory_limit(_SCRIPT_MEMORY)
        context.eval(harness)
        return context.get("judge")(source, context.parse_json(json.dumps(paths)))


def main(_: str) -> None:
    """Answer scripts and rows until standard input ends."""
    harness = Path(__file__).with_name("harness.js").read_text("utf-8")
    script = _Script(harness, "true", [])  # loads whatever the engine loads late
    confine(memory=_PROCESS_MEMORY, cpu_seconds=_LIFETIME)
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "script" in request:
            script = _Script(harness, request["script"], request["paths"])
            _answer(script.fault)
        else:
            for row in [sys.stdin.readline() for _ in range(request["rows"])]:
                _answer(script.verdict(row))


def _answer(line: str) -> None:
    sys.stdout.write(line.replace("\n", " ") + "\n")
    sys.stdout.flush()
