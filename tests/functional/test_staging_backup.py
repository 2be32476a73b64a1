"""The staging backup job: what it takes, where it puts it, and that nobody's cell becomes a formula."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from ale import jobs
from ale.domains.imports.backup import BACKUP_DAYS, back_up
from ale.domains.imports.staging import StagingRow
from ale.domains.imports.supplied import BACKUP
from ale.domains.system.records import Property, ScheduledJob
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, Purpose, attachments_of, path_of
from ale.foundation.changes import save
from ale.foundation.db import session, transaction
from tests.imports import CONTACTS, SYSTEM, Import, contact, import_task

DAY = datetime.fromisoformat("2025-03-10 12:00")


@pytest.fixture
def contacts(actor: Callable[[str], Actor]) -> Import:
    """A task with three rows, made on the 7th, the 8th and the 10th."""
    work = Import(import_task(), actor("agent"))
    work.load_rows(contact(1, Notes="=cmd()"), contact(2), contact(3, Notes="plain"))
    with transaction():
        for row, day in zip(work.rows(), (7, 8, 10), strict=True):
            made = {"sys_created_on": DAY.replace(day=day, hour=9)}
            session.execute(update(StagingRow).where(StagingRow.sys_id == row.sys_id).values(made))
    return work


def set_days(days: int) -> None:
    with transaction():
        save(session.scalars(select(Property).where(Property.name == BACKUP_DAYS)).one(), {"value": days}, by=SYSTEM)


def backed_up(work: Import) -> list[Attachment]:
    return [one for one in attachments_of(work.task, SYSTEM) if one.purpose is Purpose.BACKUP]


def rows_of(file: Attachment) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path_of(file).read_text("utf-8"))))


@pytest.mark.parametrize(("days", "taken"), [(2, ["X-0001"]), (0, ["X-0001", "X-0002"]), (9, [])])
@time_machine.travel(DAY, tick=False)
def test_JOB_01_E1_E2_JOB_03_E1_rows_older_than_the_setting_are_taken(
    contacts: Import, days: int, taken: list[str]
) -> None:
    set_days(days)
    back_up(SYSTEM)
    files = backed_up(contacts)
    assert [row["u_external_id"] for file in files for row in rows_of(file)] == taken
    assert [file.file_name for file in files] == [f"{CONTACTS}-2025-03-10.csv"] * bool(taken)


@time_machine.travel(DAY, tick=False)
def test_JOB_03_E2_a_second_run_on_the_day_replaces_the_file(contacts: Import) -> None:
    for _ in range(2):
        back_up(SYSTEM)
    assert len(backed_up(contacts)) == 1


@time_machine.travel(DAY, tick=False)
def test_no_cell_is_a_formula_and_the_file_loads_again(contacts: Import) -> None:
    set_days(0)
    back_up(SYSTEM)
    content = path_of(backed_up(contacts)[0]).read_bytes()
    assert b"'=cmd()" in content
    first = contacts.rows()
    contacts.load(content)
    again = [row for row in contacts.rows() if row.import_set != first[0].import_set]
    assert [row.cells for row in again] == [row.cells for row in first[:2]]


@time_machine.travel(DAY, tick=False)
def test_closed_tasks_are_left_out(contacts: Import) -> None:
    save(contacts.task, {"state": "canceled"}, by=SYSTEM)
    back_up(SYSTEM)
    assert backed_up(contacts) == []


def test_JOB_02_E1_the_job_is_delivered_inactive_and_does_not_run_by_itself(contacts: Import) -> None:
    job = session.scalars(select(ScheduledJob).where(ScheduledJob.name == BACKUP.en)).one()
    assert job.active is False
    with time_machine.travel(DAY + timedelta(days=1), tick=False):
        jobs.run_due_jobs()
    assert backed_up(contacts) == []
