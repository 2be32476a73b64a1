"""An import in a test: a task of an account, files as CSV, jobs run here and now."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import func, select

from ale import jobs
from ale.domains.accounts.records import Account, Contact
from ale.domains.imports import queries, service
from ale.domains.imports.publications import Publication
from ale.domains.imports.records import DataSource, ImportTask, TransformMap
from ale.domains.imports.staging import StagingRow
from ale.domains.onboarding.records import OnboardingCase
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, attach, keep
from ale.foundation.changes import create
from ale.foundation.db import session, transaction
from ale.foundation.ledger import Job

SYSTEM = Actor.system()
CONTACTS = "sn_acct_lc_account_onb_import_customer_contacts"
LOCATIONS = "sn_acct_lc_account_onb_import_locations"
HEADINGS = (
    "External id", "Account", "First name", "Last name", "Email", "Phone", "Title", "Language", "Active", "Start date",
    "Location", "Notes",
)  # fmt: skip


def account(name: str = "Genixify") -> Account:
    """The account with this name."""
    return session.scalars(select(Account).where(Account.name == name)).one()


def import_task(source: str = CONTACTS, name: str = "Genixify") -> ImportTask:
    """A new import task of this account's first case."""
    owner = account(name)
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == owner.sys_id)).first()
    chosen = session.scalars(select(TransformMap).where(TransformMap.source_table == source)).one()
    given = {
        "parent": case.sys_id if case else None, "account": owner.sys_id, "subject": "Import", "source_table": source,
        "target_table": chosen.target_table,
        "data_source": session.scalar(select(DataSource.sys_id).where(DataSource.import_set_table == source)),
    }  # fmt: skip
    return create(ImportTask, given, by=SYSTEM)


def contact(number: int, **cells: str) -> dict[str, str]:
    """A row of the contacts workbook without fault, but for the given cells; names are headings with `_` for blanks."""
    row = {
        "External id": f"X-{number:04d}", "First name": "Ada", "Last name": f"Row {number}",
        "Email": f"row{number}@example.com", "Language": "en", "Active": "yes",
    }  # fmt: skip
    return row | {name.replace("_", " "): text for name, text in cells.items()}


def as_csv(rows: list[dict[str, str]], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """The rows as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


class Import:
    """One import task, led by an actor through the service that page and API stand on."""

    def __init__(self, task: ImportTask, by: Actor) -> None:
        self._key, self.by = task.sys_id, by

    @property
    def task(self) -> ImportTask:
        """The task as it is stored now; a job that ran has let go of the one before."""
        return session.get_one(ImportTask, self._key, populate_existing=True)

    def file(self, content: bytes, name: str = "rows.csv") -> Attachment:
        """A file on the task."""
        with transaction():
            return attach(self.task, keep(io.BytesIO(content)), name, by=self.by)

    def load(self, *contents: bytes, names: tuple[str, ...] = ()) -> Job:
        """Load files and validate their rows, to the end."""
        named = names or tuple(f"rows{number}.csv" for number in range(len(contents)))
        files = [self.file(content, name) for content, name in zip(contents, named, strict=True)]
        with transaction():
            job = service.load(self.task, files, by=self.by)
        return run(job)

    def load_rows(self, *rows: dict[str, str], headings: tuple[str, ...] = HEADINGS) -> Job:
        """Load rows as one file."""
        return self.load(as_csv(list(rows), headings))

    def validate(self) -> Job:
        with transaction():
            job = service.validate(self.task, by=self.by)
        return run(job)

    def publish(self, rows: Any = "all", token: str | None = None) -> Job:
        with transaction():
            job = service.publish(self.task, rows, by=self.by, token=token)
        return run(job)

    @property
    def publication(self) -> Publication:
        """The publication that came last, as it is stored now."""
        mine = select(Publication).where(Publication.import_task == self.task.sys_id)
        found = mine.order_by(Publication.sys_id.desc()).limit(1).execution_options(populate_existing=True)
        return session.scalars(found).one()

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Yet to validate, needs attention, ready, published, as the task counts them."""
        return tuple(queries.counts(self.task).values())  # type: ignore[return-value]

    def counted(self) -> tuple[int, int, int, int]:
        """The same, counted anew."""
        found = select(StagingRow.state, func.count()).where(StagingRow.import_task == self.task.sys_id)
        there = dict(session.execute(found.group_by(StagingRow.state)).all())
        return tuple(there.get(state, 0) for state in queries.counts(self.task))  # type: ignore[return-value]

    def rows(self, state: str = "") -> list[StagingRow]:
        """The staging rows of a state, or all, as they are stored now."""
        session.expire_all()
        return queries.rows(self.task, queries.Wanted(state), 10_000)

    def problems(self, row: StagingRow) -> list[tuple[str, str]]:
        """Rule and field of what is wrong with a row."""
        return [(one["rule"], one["field"]) for one in queries.problems_of(row, "u_external_id")]


def run(job: Job) -> Job:
    """Do a job as a worker would; the job as it ended."""
    jobs.run_job(job.sys_id)
    return session.get_one(Job, job.sys_id, populate_existing=True)


def made(number: int) -> Contact:
    """The contact that row `number` became."""
    found = select(Contact).where(Contact.external_reference_id == f"X-{number:04d}")
    return session.scalars(found.execution_options(populate_existing=True)).one()
