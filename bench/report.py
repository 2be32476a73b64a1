"""Where figures go: to the screen as they come, and to bench/results/ as JSON lines that name the machine."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TextIO

RESULTS = Path(__file__).parent / "results"


class Report:
    """The figures of one run of one benchmark."""

    def __init__(self, benchmark: str) -> None:
        self.benchmark = benchmark
        self.machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        RESULTS.mkdir(exist_ok=True)
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        self._file = (RESULTS / f"{moment}-{self.benchmark}.jsonl").open("w", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def figure(self, name: str, value: float, unit: str, **about: object) -> None:
        """One measured figure; `about` says what it is of (engine, rows, runs, ...)."""
        facts = " ".join(f"{key}={item}" for key, item in about.items())
        print(f"{self.benchmark:8} {name:44} {value:12,.1f} {unit:8} {facts}", flush=True)
        line = {
            "benchmark": self.benchmark,
            "name": name,
            "value": round(value, 3),
            "unit": unit,
            **about,
            **self.machine,
        }
        if self._file:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
