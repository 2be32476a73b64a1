"""Trying a validation on a sample row before it judges real ones; nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ale.domains.imports.definition import definition_of, validation_of
from ale.domains.imports.entering import entered
from ale.domains.imports.examining import Examiner
from ale.domains.imports.mapping import meanings_of
from ale.domains.imports.records import FieldMap, ImportTask, TransformMap, ValidationAssist
from ale.domains.imports.staging import StagingRow
from ale.domains.imports.validation import Stored
from ale.foundation.actor import Actor
from ale.foundation.db import inside, session
from ale.foundation.reading import visible

SAMPLES = 50


@dataclass(frozen=True, slots=True)
class Sample:
    """A staging row that can be tried, with the import it belongs to."""

    task: ImportTask
    row: StagingRow


def columns_of(staging_table: str) -> list[FieldMap]:
    """The columns of a staging table in their order."""
    found = select(FieldMap).join(TransformMap, FieldMap.map == TransformMap.sys_id)
    return list(session.scalars(found.where(TransformMap.source_table == staging_table).order_by(FieldMap.order)))


def tasks_of(staging_table: str, by: Actor) -> Sequence[ImportTask]:
    """The imports that use a staging table, newest first."""
    found = visible(ImportTask, by).where(ImportTask.source_table == staging_table)
    return session.scalars(found.order_by(ImportTask.sys_id.desc()).limit(SAMPLES)).all()


def samples_of(staging_table: str, by: Actor) -> list[Sample]:
    """The rows that were loaded last into a staging table, at most SAMPLES."""
    tasks = {task.sys_id: task for task in tasks_of(staging_table, by)}
    found = select(StagingRow).where(StagingRow.import_task.in_(tasks)).order_by(StagingRow.sys_id.desc())
    return [Sample(tasks[row.import_task], row) for row in session.scalars(found.limit(SAMPLES))]


def tried(check: ValidationAssist, task: ImportTask, cells: Mapping[str, str], by: Actor) -> list[Stored]:
    """What the validation alone, also a switched off one, says of a row of `task`; scripts run in the sandbox.

    Behind the wall of the import, as the job that validates its rows works.
    """
    only = (validation_of(check, columns_of(check.staging_table)),)
    definition = definition_of(task)
    texts = entered(cells, meanings_of(task, definition))
    with inside(task.sys_domain), Examiner(task, replace(definition, validations=only), by) as examiner:
        return examiner.problems([{name: text for name, text in texts.items() if text}])[0]
