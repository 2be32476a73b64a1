"""An import from files to records and back, on an installation of its own that is struck all the while.

`python -m tests.faults.scenario FOLDER ENGINE PACE ROWS KILLS SEED ROUNDS` prints what became of it as JSON: ENGINE is
sqlite or postgresql (one of its own), PACE is quick or own (the times that ALE really has), ROUNDS how often at
least the last publication is taken back and done again. A process of its own, since it lets an application live beside
that of the suite.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ale import create_app
from ale.config import Settings
from ale.domains.accounts.records import Contact
from ale.domains.imports.grouping import Cause
from ale.domains.imports.publications import Publication
from ale.domains.imports.repair import mend
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.attachments import Attachment
from ale.foundation.db import db, enter_domain, session, transaction
from ale.foundation.history import Audit
from ale.foundation.ledger import Job
from ale.verify import breaches
from tests.faults.database import own_postgres
from tests.faults.ground import Ground
from tests.faults.visitor import Visitor, patiently
from tests.imports import SYSTEM, Import, as_csv, contact, import_task
from tests.instances import launch, ready

MODULES = {"quick": "tests.faults.quick", "own": "ale.run"}


@contextmanager
def installation(folder: Path, engine: str, pace: str, kills: int, seed: int) -> Iterator[Ground]:
    """A running ALE with demo data, and in this process an application on the same data."""
    with ExitStack() as stack:
        postgres = stack.enter_context(own_postgres()) if engine == "postgresql" else None
        tempfile.tempdir = str(folder)  # where the queue's socket is
        url = {"ALE_DATABASE_URL": postgres.url} if postgres else {}
        instance = launch(
            folder / "data", arguments="--end-with-parent", module=MODULES[pace], ALE_ENV="development", **url
        )
        stack.callback(instance.end)
        ready(instance)
        app = create_app(Settings.from_environment({"ALE_DATA_DIR": str(instance.folder)} | url))
        with app.app_context():
            enter_domain(ROOT_DOMAIN)
            yield Ground(instance, postgres, kills, seed)
            session.remove()
            db.engine.dispose()


def play(ground: Ground, rows: int, rounds: int) -> tuple[Import, Visitor, int]:
    """Load two files, publish, load corrections, mend a group of faults, publish, take that back, do it again.

    The last two as often as it takes for every blow to fall, at least `rounds` times; that number comes back.
    """
    with transaction():
        work = Import(import_task(), SYSTEM)
    visitor = Visitor(ground, work.task.sys_id)
    given = [contact(number, **_fault(number)) for number in range(rows)]
    visitor.deed("load", 1 / 7, attachments=_sent(visitor, given[: rows // 2], given[rows // 2 :]))
    visitor.deed("publish", 1 / 6, rows="all")
    changed = [contact(number, Title="Director") for number in range(0, rows, 3)]
    visitor.deed("load", 1 / 5, attachments=_sent(visitor, changed, after=2))
    visitor.follow(patiently(lambda: _mended(work)), 1 / 4)
    again = visitor.deed("publish", 1 / 3, rows="all")
    done = 0
    while done < rounds or ground.due:
        visitor.deed("undo", 1 / 2, publication=again)
        visitor.deed("redo", 1, publication=again)
        done += 1
    visitor.end()
    return work, visitor, done


def _sent(visitor: Visitor, *files: list[dict[str, str]], after: int = 0) -> list[str]:
    return [visitor.upload(as_csv(rows), f"{place}.csv") for place, rows in enumerate(files, after)]


def _mended(work: Import) -> str:
    with transaction():
        return mend(work.task, Cause("choice", "u_language", "Klingon", 0), "fr", by=SYSTEM).sys_id


def _fault(number: int) -> dict[str, str]:
    faults = {
        3: {"Email": "nonsense"},
        7: {"Language": "Klingon"},
        11: {"External_id": "X-0005"},
        13: {"First_name": ""},
    }
    return faults.get(number % 40, {}) if number % 4 else {"Language": "Klingon"}


def outcome(work: Import) -> dict[str, Any]:
    """All that must be the same whatever was killed; ids and moments are not."""
    session.rollback()
    files = dict(
        session.execute(
            select(ImportSet.sys_id, Attachment.file_name).join(Attachment, Attachment.sys_id == ImportSet.attachment)
        ).all()
    )
    names = dict(session.execute(select(Contact.sys_id, Contact.external_reference_id)).all())
    columns = (Contact.external_reference_id, Contact.email, Contact.first_name, Contact.last_name, Contact.title,
               Contact.language, Contact.active, Contact.sys_domain, Contact.sys_mod_count)  # fmt: skip
    ours = Contact.external_reference_id.startswith("X-")
    contacts = select(*columns).where(ours).order_by(columns[0])
    rows = session.scalars(select(StagingRow).where(StagingRow.import_task == work.task.sys_id))
    lines = select(Audit.record, Audit.field_name, Audit.old_value, Audit.new_value, Audit.reason)
    of_account = work.task.account
    told = Counter(
        f"{names.get(record)} {reason} {field} {old} {new if field else ''}".replace(of_account, "its account")
        for record, field, old, new, reason in session.execute(
            lines.where(Audit.record.in_(select(Contact.sys_id).where(ours)))
        )
    )
    jobs = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    tallies = (Publication.created, Publication.updated, Publication.unchanged, Publication.refused, Publication.state,
               Publication.reversed, Publication.kept, Publication.blocked)  # fmt: skip
    done = select(*tallies).where(Publication.import_task == work.task.sys_id).order_by(Publication.sys_id)
    return {
        "contacts": [[str(value) for value in row] for row in session.execute(contacts)],
        "rows": sorted(
            [files[row.import_set], row.line, row.state, row.cells, row.problems or "", row.duplicate,
             names.get(row.target_record or "", "")]
            for row in rows
        ),
        "history": sorted(told.items()),
        "counts": work.counts,
        "publications": [[str(value) for value in row] for row in session.execute(done)],
        "sets": sorted(
            [files[one.sys_id], one.state.value, one.rows_total, one.last_line]
            for one in session.scalars(select(ImportSet).where(ImportSet.import_task == work.task.sys_id))
        ),
        "jobs": [list(row) for row in session.execute(jobs.order_by(Job.kind))],
        "breaches": [str(one) for one in breaches()],
    }  # fmt: skip


def main(folder: str, engine: str, pace: str, rows: int, kills: int, seed: int, rounds: int) -> None:
    """Play, and print the outcome with who was struck how often, and how long the slowest job then took."""
    with installation(Path(folder), engine, pace, kills, seed) as ground:
        work, visitor, done = play(ground, rows, rounds)
        told = {"struck": ground.done, "waited": visitor.waited, "rounds": done}
        print(json.dumps({"outcome": outcome(work)} | told))


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:]))  # type: ignore[call-arg]
