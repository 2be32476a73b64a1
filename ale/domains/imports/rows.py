"""What happens to staging rows in bulk: they arrive, are counted, and are told when they are duplicates."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Integer, cast, func, or_, select, update

from ale.domains.imports.records import ImportState, ImportTask
from ale.domains.imports.staging import RowState, StagingRow
from ale.foundation.db import session
from ale.foundation.statements import among

YET, WRONG, READY, PUBLISHED = (state.value for state in RowState)
COUNTERS = {YET: "rows_to_validate", WRONG: "rows_attention", READY: "rows_ready", PUBLISHED: "rows_published"}
"""The counter of the task that holds the number of its rows in a state."""


def has_doubled(done: int, more: int) -> bool:
    """Whether `more` rows take the work past a power of two times their number: a good moment for rare duties."""
    return (done // more).bit_length() < ((done + more) // more).bit_length() if more else False


def hold(task: str) -> None:
    """Keep everybody else from changing rows of a task until the transaction ends; before the rows are read.

    With one lock there is no order to get wrong, and who settles duplicates sees all rows of the others.
    """
    session.execute(select(ImportTask.sys_id).where(ImportTask.sys_id == task).with_for_update(key_share=True))


def shift(task: str, changes: Mapping[str, int]) -> None:
    """Change the counters of a task by so many rows per state."""
    values = {
        name: func.coalesce(getattr(ImportTask, name), 0) + changes.get(state, 0) for state, name in COUNTERS.items()
    }
    session.execute(
        update(ImportTask).where(ImportTask.sys_id == task).values(values).execution_options(synchronize_session=False)
    )


def set_state(task: str, state: ImportState) -> None:
    """Say where the import stands; as with the counters, whoever edits the task meanwhile is not disturbed."""
    changed = update(ImportTask).where(ImportTask.sys_id == task).values(data_import_state=state)
    session.execute(changed.execution_options(synchronize_session=False))


def resting_state(task: str) -> ImportState:
    """Where the import stands when no job works on it."""
    counters = (
        ImportTask.rows_to_validate,
        ImportTask.rows_attention,
        ImportTask.rows_ready,
        ImportTask.rows_published,
    )
    waiting, wrong, ready, published = session.execute(select(*counters).where(ImportTask.sys_id == task)).one()
    if published and not (waiting or wrong or ready):
        return ImportState.PUBLISHED
    return ImportState.VALIDATED if waiting or wrong or ready else ImportState.NOT_LOADED


def change_rows(task: str, *conditions: Any, **values: Any) -> int:
    """Change all rows of a task that fulfil the conditions; how many there were."""
    changed = session.execute(
        update(StagingRow)
        .where(StagingRow.import_task == task, *conditions)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]  # the result of an UPDATE has it


def settle_duplicates(task: str, keys: Iterable[str | None]) -> None:
    """After rows with these keys came, went or changed: mark those that share theirs, free those that do not any more.

    Published rows do not count: a later file may correct an earlier one. The task must be held.
    """
    alone: set[str] = set()
    rivals: set[str] = set()
    found = (
        select(StagingRow.key, func.count())
        .where(StagingRow.import_task == task, StagingRow.state != PUBLISHED)
        .where(among(StagingRow.key, set(keys) - {None}))
        .group_by(StagingRow.key)
        .having(or_(func.count() > 1, func.max(cast(StagingRow.duplicate, Integer)) == 1))
    )
    for key, count in session.execute(found):
        (rivals if count > 1 else alone).add(str(key))
    demoted = _mark(task, rivals) if rivals else 0
    promoted = _free(task, alone) if alone else 0
    if demoted != promoted:
        shift(task, {READY: promoted - demoted, WRONG: demoted - promoted})


def _mark(task: str, keys: Collection[str]) -> int:
    """How many rows are not ready any more."""
    of_these = (among(StagingRow.key, keys), StagingRow.state != PUBLISHED, StagingRow.duplicate.is_(False))
    demoted = change_rows(task, *of_these, StagingRow.state == READY, state=WRONG, duplicate=True)
    change_rows(task, *of_these, duplicate=True)
    return demoted


def _free(task: str, keys: Collection[str]) -> int:
    """How many rows are ready now, since being a duplicate was all that was wrong with them."""
    of_these = (among(StagingRow.key, keys), StagingRow.state != PUBLISHED, StagingRow.duplicate.is_(True))
    fine = (StagingRow.state == WRONG, StagingRow.problems.is_(None))
    promoted = change_rows(task, *of_these, *fine, state=READY, duplicate=False)
    change_rows(task, *of_these, duplicate=False)
    return promoted
