"""A workbook of contacts from upload to publication, by HTTP, in the real processes; beside what it costs at least,
and beside django-import-export, which small teams take for it. A CSV file of a million rows as far as validation.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import contacts, floor
from bench.engines import POSTGRESQL, engines, scratch_schema
from bench.report import Report
from bench.running import Client, Memory, Pages, running

SIZES = (10_000, 100_000)
MILLION = 1_000_000
PEER = 10_000  # rows; it takes as long for each of a hundred thousand
IDLE = 6  # seconds of looking at pages before the import
TASK = "sn_ti_core_imp_task"


def run(report: Report) -> None:
    """Measure the peer, then each engine at each size."""
    peer = _peer(report)
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            workbook = Path(folder) / "contacts.xlsx"
            contacts.write(workbook, rows)
            for engine in engines():
                _measure(report, engine, rows, workbook, peer)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contacts.csv"
        contacts.write_csv(file, MILLION)
        for engine in engines():
            _million(report, engine, file)


def _peer(report: Report) -> float:
    """Rows a second of django-import-export, dry run and confirmation, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "contacts.xlsx"
        contacts.write(workbook, PEER, faulty=False)
        command = [sys.executable, "-m", "bench.peer", str(workbook), folder]
        seconds = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if seconds.pop("imported") != PEER:
        raise RuntimeError("the peer did not import every row")
    for name, taken in seconds.items():
        report.figure(f"peer: {name}", PEER / taken, "rows/s", rows=PEER, seconds=round(taken, 2))
    return PEER / sum(seconds.values())


def _measure(report: Report, engine: str, rows: int, workbook: Path, peer: float) -> None:
    about = {"engine": engine, "rows": rows}
    with tempfile.TemporaryDirectory() as folder:
        database = _database(engine)
        least = floor.measure(workbook, Path(folder), POSTGRESQL if database else None)
        for name, seconds in (("floor: read", least.read), ("floor: write", least.write), ("floor", sum(least))):
            report.figure(name, rows / seconds, "rows/s", **about)
        with running(Path(folder), database) as (client, process):
            taken = dict(_import(report, client, process, workbook, about))
        for name, seconds in taken.items():
            report.figure(name, rows / seconds, "rows/s", seconds=round(seconds, 2), **about)
        report.figure("floor / end to end", sum(taken.values()) / sum(least), "times", **about)
        report.figure("end to end / peer", rows / sum(taken.values()) / peer, "times", **about)


def _database(engine: str) -> str | None:
    return scratch_schema(str(POSTGRESQL)) if engine == "postgresql" else None


def _million(report: Report, engine: str, file: Path) -> None:
    about = {"engine": engine, "rows": MILLION, "file": "csv"}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), _database(engine)) as (client, process):
        task = _task(client)
        memory, pages = Memory(process), Pages(client)
        memory.start()
        pages.start()
        for name, seconds in _loaded(client, task, file):
            report.figure(name, MILLION / seconds, "rows/s", seconds=round(seconds, 2), **about)
        report.figure("pages meanwhile, p95", pages.stop(), "ms", **about)
        report.figure("worker, peak memory", memory.stop(), "MiB", **about)


def _import(
    report: Report, client: Client, process: int, workbook: Path, about: dict[str, Any]
) -> Iterator[tuple[str, float]]:
    """The steps with their seconds; what was seen of memory and pages meanwhile is reported on the way."""
    task = _task(client)
    pages = Pages(client)
    pages.start()
    time.sleep(IDLE)
    report.figure("pages idle, p95", pages.stop(), "ms", **about)
    memory, pages = Memory(process), Pages(client)
    memory.start()
    pages.start()
    yield from _loaded(client, task, workbook)
    publication = _begin(client, task, "publish", {"rows": "all"})
    yield "published", _seconds(client, publication)
    report.figure("pages meanwhile, p95", pages.stop(), "ms", **about)
    report.figure("worker, peak memory", memory.stop(), "MiB", **about)
    counts = client.call("GET", f"/api/sn_acct_lc/import_task/{task}/rows?limit=1")["counts"]
    if counts["published"] != about["rows"] - about["rows"] // 20:
        raise RuntimeError(f"not all was published: {counts}")
    for way in ("undo", "redo"):
        taken = _seconds(client, _begin(client, task, way, {"publication": publication}))
        report.figure(way, counts["published"] / taken, "rows/s", seconds=round(taken, 2), **about)


def _loaded(client: Client, task: str, file: Path) -> Iterator[tuple[str, float]]:
    begun = time.perf_counter()
    name = f"table_name={TASK}&table_sys_id={task}&file_name={file.name}"
    attachment = client.call("POST", f"/api/now/attachment/file?{name}", file.read_bytes())["sys_id"]
    yield "upload", time.perf_counter() - begun
    yield "loaded and validated", _seconds(client, _begin(client, task, "load", {"attachments": [attachment]}))


def _task(client: Client) -> str:
    """The import task of Genixify for contacts; makes the place that the rows name."""
    query = "account.name=Genixify^source_tableENDSWITHcustomer_contacts^state=open"
    task = client.call("GET", f"/api/now/table/{TASK}?sysparm_exclude_reference_link=true&sysparm_query={query}")[0]
    client.call("POST", "/api/now/table/cmn_location", {"name": contacts.LOCATION, "account": task["account"]})
    return str(task["sys_id"])


def _begin(client: Client, task: str, action: str, body: dict[str, Any]) -> str:
    return str(client.call("POST", f"/api/sn_acct_lc/import_task/{task}/{action}", body)["job"])


def _seconds(client: Client, job: str) -> float:
    """How long a job took, the wait for the worker included."""
    begun = time.perf_counter()
    ended = begun
    for moment, _ in client.follow(job):
        ended = moment
    return ended - begun
