"""A workbook of contacts from upload to publication, by HTTP, in the real processes; beside what it costs at least."""

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
IDLE = 6  # seconds of looking at pages before the import
TASK = "sn_ti_core_imp_task"


def run(report: Report) -> None:
    """Measure each engine at each size."""
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            workbook = Path(folder) / "contacts.xlsx"
            contacts.write(workbook, rows)
            for engine in engines():
                _measure(report, engine, rows, workbook)


def _measure(report: Report, engine: str, rows: int, workbook: Path) -> None:
    about = {"engine": engine, "rows": rows}
    with tempfile.TemporaryDirectory() as folder:
        database = scratch_schema(str(POSTGRESQL)) if engine == "postgresql" else None
        least = floor.measure(workbook, Path(folder), POSTGRESQL if database else None)
        for name, seconds in (("floor: read", least.read), ("floor: write", least.write), ("floor", sum(least))):
            report.figure(name, rows / seconds, "rows/s", **about)
        with running(Path(folder), database) as (client, process):
            taken = dict(_import(report, client, process, workbook, about))
        for name, seconds in taken.items():
            report.figure(name, rows / seconds, "rows/s", seconds=round(seconds, 2), **about)
        report.figure("floor / end to end", sum(taken.values()) / sum(least), "times", **about)


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
    begun = time.perf_counter()
    name = f"table_name={TASK}&table_sys_id={task}&file_name=contacts.xlsx"
    file = client.call("POST", f"/api/now/attachment/file?{name}", workbook.read_bytes())["sys_id"]
    yield "upload", time.perf_counter() - begun
    yield "loaded and validated", _seconds(client, _begin(client, task, "load", {"attachments": [file]}))
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
