"""An import from files to records by a real worker that may be killed all the while; prints what became of it as JSON.

`python -m tests.faults.scenario KILLS SEED` with the settings of ALE in the environment. Chunks and leases are small,
so that there are many moments to be killed at and little to wait for. A process of its own, since it lets an
application live beside that of the suite.
"""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from ale import create_app
from ale.config import PROJECT, Settings
from ale.demo import load_demo
from ale.domains.accounts.records import Contact
from ale.domains.imports import service
from ale.domains.imports.grouping import Cause
from ale.domains.imports.repair import mend
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.people import service as people
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.attachments import Attachment, attach, keep
from ale.foundation.db import Base, db, enter_domain, session, transaction
from ale.foundation.history import Audit
from ale.foundation.ledger import Job
from ale.foundation.lifeline import tied
from ale.run import queue_server
from ale.supply import supply_all
from ale.verify import breaches
from tests.imports import SYSTEM, Import, as_csv, contact, import_task

ROWS = 4_000
DEADLINE = 600  # seconds for one job; each kill costs it a lease and a start
WORKER = """
from datetime import timedelta
from ale import create_app
from ale.domains.imports import loading, publishing, repair, validating
from ale.foundation import ledger
from ale.run import worker

ledger.LEASE, worker.TICK_EVERY = timedelta(seconds=2), 0.5
loading.AT_ONCE = validating.AT_ONCE = repair.AT_ONCE = 100
publishing.AT_ONCE = 20
app = create_app()
worker.run_worker(app, app.config["ALE"])
"""


class Worker:
    """A worker process, killed at moments that chance chooses as long as kills are left, and started again."""

    def __init__(self, kills: int, seed: int) -> None:
        self.left, self._chance = kills, random.Random(seed)
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=PROJECT, stdout=subprocess.DEVNULL, preexec_fn=tied()
        )

    def does(self, job: Job) -> None:
        """Wait for a job to end; in each lease the worker is killed once, at its beginning or when it got somewhere."""
        until = time.monotonic() + DEADLINE
        fence, far_enough, doomed = 0, 0, False
        while (seen := _seen(job)).state in ("queued", "running"):
            if time.monotonic() > until:
                raise TimeoutError(f"{seen.kind} {seen.state} {seen.done}/{seen.total} after {seen.attempts} attempts")
            if seen.fence > fence:
                fence, far_enough = seen.fence, seen.done + self._chance.randint(0, 2)
                doomed = self.left > 0
            if doomed and seen.done >= far_enough:
                time.sleep(self._chance.uniform(0, 0.15))
                self._kill()
                doomed = False
            time.sleep(0.02)
        if seen.state != "done":
            raise RuntimeError(f"{seen.kind} failed: {seen.message}")

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self.left -= 1
        self._process = self._start()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def _seen(job: Job) -> Job:
    session.rollback()
    return session.get_one(Job, job.sys_id, populate_existing=True)


@contextmanager
def installation() -> Iterator[Flask]:
    """The application with demo data, and its queue."""
    people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    settings = Settings.from_environment()
    app = create_app(settings)
    with _queue(settings), app.app_context():
        Base.metadata.create_all(db.engine)
        enter_domain(ROOT_DOMAIN)
        with transaction():
            supply_all()
            load_demo()
        yield app


@contextmanager
def _queue(settings: Settings) -> Iterator[None]:
    """The embedded queue, unless the settings name another one."""
    if not settings.embedded_queue:
        yield
        return
    with subprocess.Popen(
        queue_server.command(settings.data_dir), stdout=subprocess.DEVNULL, preexec_fn=tied()
    ) as server:
        try:
            yield
        finally:
            server.kill()


def play(worker: Worker) -> Import:
    """Load two files, publish, load corrections of what is published, mend a group of faults, publish again."""
    with transaction():
        work = Import(import_task(), SYSTEM)
    rows = [contact(number, **_fault(number)) for number in range(ROWS)]
    worker.does(_begin(work, rows[: ROWS // 2], rows[ROWS // 2 :]))
    worker.does(_publish(work))
    changed = [contact(number, Title="Director") for number in range(0, ROWS, 3)]
    worker.does(_begin(work, changed))
    cause = Cause("choice", "u_language", "Klingon", 0)
    with transaction():
        job = mend(work.task, cause, "fr", by=SYSTEM)
    worker.does(job)
    worker.does(_publish(work))
    return work


def _fault(number: int) -> dict[str, str]:
    faults = {
        3: {"Email": "nonsense"},
        7: {"Language": "Klingon"},
        11: {"External_id": "X-0005"},
        13: {"First_name": ""},
    }
    return faults.get(number % 40, {})


def _begin(work: Import, *files: list[dict[str, str]]) -> Job:
    kept = [keep(io.BytesIO(as_csv(rows))) for rows in files]
    with transaction():
        attached = [attach(work.task, one, f"{place}.csv", by=SYSTEM) for place, one in enumerate(kept)]
        return service.load(work.task, attached, by=SYSTEM)


def _publish(work: Import) -> Job:
    with transaction():
        return service.publish(work.task, "all", by=SYSTEM)


def outcome(work: Import) -> dict[str, Any]:
    """All that must be the same however often the worker died; ids and moments are not."""
    session.rollback()
    files = dict(
        session.execute(
            select(ImportSet.sys_id, Attachment.file_name).join(Attachment, Attachment.sys_id == ImportSet.attachment)
        ).all()
    )
    order = {key: place for place, key in enumerate(sorted(files))}
    names = dict(session.execute(select(Contact.sys_id, Contact.external_reference_id)).all())
    columns = (Contact.external_reference_id, Contact.email, Contact.first_name, Contact.last_name, Contact.title,
               Contact.language, Contact.active, Contact.sys_domain, Contact.sys_mod_count)  # fmt: skip
    contacts = select(*columns).where(Contact.external_reference_id.startswith("X-")).order_by(columns[0])
    rows = session.scalars(select(StagingRow).where(StagingRow.import_task == work.task.sys_id))
    told = Counter(
        f"{names.get(record)} {field} {old} {new if field else ''}"
        for record, field, old, new in session.execute(
            select(Audit.record, Audit.field_name, Audit.old_value, Audit.new_value).where(
                Audit.record.in_(select(Contact.sys_id).where(Contact.external_reference_id.startswith("X-")))
            )
        )
    )
    jobs = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    return {
        "contacts": [[str(value) for value in row] for row in session.execute(contacts)],
        "rows": sorted(
            [order[row.import_set], row.line, row.state, row.cells, row.problems or "", row.duplicate,
             names.get(row.target_record or "", "")]
            for row in rows
        ),
        "history": sorted(told.items()),
        "counts": work.counts,
        "sets": sorted(
            [order[one.sys_id], one.state.value, one.rows_total, one.last_line]
            for one in session.scalars(select(ImportSet).where(ImportSet.import_task == work.task.sys_id))
        ),
        "jobs": [list(row) for row in session.execute(jobs.order_by(Job.kind))],
        "breaches": [str(one) for one in breaches()],
    }  # fmt: skip


def main(kills: int, seed: int) -> None:
    """Play, and print the outcome with how often the worker was killed."""
    with installation():
        worker = Worker(kills, seed)
        try:
            work = play(worker)
        finally:
            worker.end()
        print(json.dumps({"outcome": outcome(work), "killed": kills - worker.left}))
        session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
