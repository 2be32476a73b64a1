"""Run the whole suite once per engine: SQLite with the embedded queue always, PostgreSQL with Redis where named.

`make test` calls this. ALE_TEST_DATABASE_URL and ALE_TEST_REDIS_URL name the second pair; the tests find it as
ALE_DATABASE_URL and ALE_REDIS_URL, and no other setting of ALE reaches them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

NAMED_BY = {"ALE_DATABASE_URL": "ALE_TEST_DATABASE_URL", "ALE_REDIS_URL": "ALE_TEST_REDIS_URL"}


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments on each engine; 0 when every run passed."""
    named = {setting: os.environ[name] for setting, name in NAMED_BY.items() if os.environ.get(name)}
    engines = {"SQLite + embedded queue": {}, "PostgreSQL + Redis": named} if named else {"SQLite + embedded queue": {}}
    results = {name: run(name, settings, arguments) for name, settings in engines.items()}
    for name, (_, counts) in results.items():
        print(f"{name}: {summary(counts)}")
    if not named:
        print(f"PostgreSQL + Redis: left out, since {' and '.join(NAMED_BY.values())} are not set")
    return max(code for code, _ in results.values())


def run(engine: str, settings: dict[str, str], arguments: list[str]) -> tuple[int, Counter[str]]:
    """Run pytest in a process of its own; its exit code and how many tests passed, failed or were skipped."""
    print(f"── {engine} ──", flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ALE_")} | settings
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, env=environment, check=False).returncode
        return code, count(report) if report.exists() else Counter()


def count(report: Path) -> Counter[str]:
    """Outcomes in a JUnit report; an error in a fixture counts as a failure."""
    names = {"failure": "failed", "error": "failed", "skipped": "skipped"}
    cases = ElementTree.parse(report).iter("testcase")
    return Counter(next((names[part.tag] for part in case if part.tag in names), "passed") for case in cases)


def summary(counts: Counter[str]) -> str:
    """The counts as one line, such as `12 passed, 0 failed, 1 skipped`."""
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
