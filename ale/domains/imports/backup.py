"""The staging backup (JOB-01 to JOB-03): old staging rows as a CSV file on their import task, once a day."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import IO

from sqlalchemy import select

from ale.domains.imports.definition import definition_of
from ale.domains.imports.exports import safe_cell
from ale.domains.imports.records import ImportTask
from ale.domains.imports.staging import StagingRow
from ale.domains.onboarding.rules import TASK_OVER
from ale.domains.system.service import handler, setting_number
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, Purpose, attach, keep
from ale.foundation.changes import remove
from ale.foundation.clock import today
from ale.foundation.compact import from_json
from ale.foundation.db import session

BACKUP_DAYS = "sn_acct_lc.BackupDays"
AT_ONCE = 5_000
_NO_LIMIT = 1 << 40  # bytes: the limit for uploads is not meant for what we write ourselves


@handler("staging_backup")
def back_up(by: Actor) -> str:
    """Write a file for each open import task with rows older than the setting says; how many there were.

    The columns are those of the staging table, so that the file can be imported again; a second run on the same day
    replaces the file of the first.
    """
    oldest = datetime.combine(today() - timedelta(days=setting_number(BACKUP_DAYS)), time())
    aged = select(StagingRow.import_task).where(StagingRow.sys_created_on < oldest).distinct()
    tasks = select(ImportTask).where(ImportTask.sys_id.in_(aged), ImportTask.state.not_in(TASK_OVER))
    files = [_file(task, oldest, by.for_system()) for task in session.scalars(tasks.order_by(ImportTask.sys_id)).all()]
    return f"{len(files)} files"


def _file(task: ImportTask, before: datetime, by: Actor) -> Attachment:
    name = f"{task.source_table}-{today()}.csv"
    old = select(Attachment).where(
        Attachment.record == task.sys_id, Attachment.file_name == name, Attachment.purpose == Purpose.BACKUP
    )
    for one in session.scalars(old).all():
        remove(one, by=by)
    with tempfile.TemporaryFile() as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        _write(text, task, before)
        text.detach().seek(0)
        kept = keep(file, largest=_NO_LIMIT)
    return attach(task, kept, name, by=by, content_type="text/csv", purpose=Purpose.BACKUP)


def _write(file: IO[str], task: ImportTask, before: datetime) -> None:
    columns = list(definition_of(task).labels)
    writer = csv.writer(file)
    writer.writerow(columns)
    for rows in _aged(task, before):
        for text in rows:
            cells = from_json(text)
            writer.writerow([safe_cell(cells.get(name, "")) for name in columns])


def _aged(task: ImportTask, before: datetime) -> Iterator[Sequence[str]]:
    """The cells of the rows made before a moment, in the order they were loaded, some at a time."""
    last = ""
    while True:
        found = (
            select(StagingRow.sys_id, StagingRow.cells)
            .where(StagingRow.import_task == task.sys_id, StagingRow.sys_created_on < before, StagingRow.sys_id > last)
            .order_by(StagingRow.sys_id)
            .limit(AT_ONCE)
        )
        rows = session.execute(found).all()
        if not rows:
            return
        yield [row.cells for row in rows]
        last = rows[-1].sys_id
