"""What people do with an import: bring files, have rows validated and published, look before, start anew, close."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, select, update

from ale.domains.imports import undoing
from ale.domains.imports.definition import definition_of
from ale.domains.imports.publications import Publication, PublicationState
from ale.domains.imports.publisher import Candidate, Publisher
from ale.domains.imports.publishing import AT_ONCE
from ale.domains.imports.records import ImportState, ImportTask
from ale.domains.imports.rows import COUNTERS, READY, hold, set_state
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.onboarding.rules import is_over
from ale.domains.system.service import setting_number
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.drafts import Draft
from ale.foundation.ledger import Job, enqueue, running_about, stop_about
from ale.foundation.problem import Forbidden, NotVisible, Problem, Rejected, sentence
from ale.foundation.reading import find, may
from ale.foundation.record import new_id, table_name, values_of

UNDO_DAYS = "ale.undo_days"

Chosen = Sequence[str] | Literal["all"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do: how many records it creates, updates, leaves as they are, how many rows it refuses.

    `token` stands for the rows and the records as they are now.
    """

    created: int
    updated: int
    unchanged: int
    conflict: int
    token: str


def task_for(sys_id: str, by: Actor) -> ImportTask:
    """The import task to work on; NotVisible where it is not for `by` to see, Forbidden where not to change."""
    task = find(ImportTask, sys_id, by)
    guard(by)
    return task


def may_import(by: Actor) -> bool:
    """Not who may not write import tasks, and no customers: what is staged is the provider's work."""
    return not by.is_customer and may(ImportTask, "write", by)


def guard(by: Actor) -> None:
    """Forbidden for who may not import."""
    if not may_import(by):
        raise Forbidden(f"{by.name} may not import")


def load(task: ImportTask, files: Sequence[Attachment], *, by: Actor) -> Job:
    """Bring files into staging in the background, each as an import set of its own, and validate their rows (IMP-03).

    Rejected: NO_FILES without any, NOT_ATTACHED when one hangs on anything but the task or its case.
    """
    _refuse_closed(task)
    if not files:
        raise Rejected([Problem("NO_FILES", "Choose at least one file.", "attachments")])
    for file in files:
        if file.record not in (task.sys_id, task.parent):
            raise Rejected([Problem("NOT_ATTACHED", "{file} is attached to another record.", file=file.file_name)])
    same = {"import_task": task.sys_id, "data_source": task.data_source}
    sets = [
        create(ImportSet, same | {"attachment": file.sys_id, "file_name": file.file_name}, by=by.for_system())
        for file in files
    ]
    set_state(task.sys_id, ImportState.LOADING)
    return _enqueue("import.load", {"import_sets": [one.sys_id for one in sets]}, task, by)


def validate(task: ImportTask, *, by: Actor) -> Job:
    """Validate in the background what is yet to validate (IMP-07)."""
    _refuse_closed(task)
    return _enqueue("import.validate", {}, task, by)


def publish(task: ImportTask, chosen: Chosen, *, by: Actor, token: str | None = None) -> Job:
    """Publish ready rows in the background (IMP-08); with the `token` of a preview only what was previewed.

    Rejected: NOT_READY when a chosen row is not ready, PREVIEW_OUTDATED when rows or targets changed since.
    """
    _refuse_closed(task)
    target = definition_of(task).target
    if not (may(target, "create", by) and may(target, "write", by)):
        raise Forbidden(f"{by.name} may not publish into {target.__name__}")
    if chosen != "all":
        _refuse_unready(task, chosen)
    if token is not None and token != preview(task, chosen, by=by).token:
        message = sentence("Rows or records have changed since the preview. Look at it again.")
        raise Rejected([Problem("PREVIEW_OUTDATED", message, "token")])
    hold(task.sys_id)
    _refuse_while(task, ("import.undo", "import.redo"))
    key, about = new_id(), {"import_task": task.sys_id, "target_table": table_name(target)}
    create(Publication, about | {"sys_id": key}, by=by.for_system())
    return _enqueue("import.publish", {"rows": chosen if chosen == "all" else list(chosen)}, task, by, key)


def preview(task: ImportTask, chosen: Chosen, *, by: Actor) -> Preview:
    """What publishing these rows would do, with the same rules and lookups; writes nothing."""
    if chosen != "all":
        _refuse_unready(task, chosen)
    publisher = Publisher(definition_of(task), by.through("import"))
    counts = {"create": 0, "save": 0, "none": 0, "conflict": 0}
    seen = hashlib.sha256()
    for rows in _ready(task, chosen):
        for candidate, draft in publisher.draft(rows):
            event = draft.event if draft and not draft.problems else "conflict"
            counts[event] += 1
            seen.update(_state_of(candidate, draft, event))
    return Preview(counts["create"], counts["save"], counts["none"], counts["conflict"], seen.hexdigest())


def _state_of(candidate: Candidate, draft: Draft | None, event: str) -> bytes:
    """What must not have changed between a look and a deed: the row, and the record it meets."""
    met = (draft.sys_id, draft.before["sys_mod_count"]) if draft and draft.before else ()
    return repr((candidate.row.sys_id, candidate.row.version, event, met)).encode()


def _ready(task: ImportTask, chosen: Chosen) -> Iterator[Sequence[Any]]:
    """The chosen ready rows in the order of their ids, some at a time."""
    last = ""
    ids = None if chosen == "all" else sorted(set(chosen))
    while True:
        found = select(StagingRow.sys_id, StagingRow.version, StagingRow.cells).where(
            StagingRow.import_task == task.sys_id, StagingRow.state == READY, StagingRow.sys_id > last
        )
        if ids is not None:
            due, ids = ids[:AT_ONCE], ids[AT_ONCE:]
            found = found.where(StagingRow.sys_id.in_(due))
        rows = session.execute(found.order_by(StagingRow.sys_id).limit(AT_ONCE)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].sys_id


def _refuse_unready(task: ImportTask, chosen: Sequence[str]) -> None:
    wanted = list(set(chosen))
    ready = 0
    for start in range(0, len(wanted), AT_ONCE):
        some = StagingRow.sys_id.in_(wanted[start : start + AT_ONCE])
        mine = (StagingRow.import_task == task.sys_id, StagingRow.state == READY, some)
        ready += len(session.scalars(select(StagingRow.sys_id).where(*mine)).all())
    if not wanted or ready != len(wanted):
        raise Rejected([Problem("NOT_READY", "Only rows that are ready to publish can be published.", "rows")])


def restart(task: ImportTask, *, by: Actor) -> None:
    """Empty the staging table of this task, also of what is ready, and let its files be loaded anew (IMP-09).

    Jobs at work on it stop; what was published stays.
    """
    guard(by)
    _refuse_closed(task)
    stop_about(task.sys_id, sentence("The import was started anew."))
    hold(task.sys_id)
    session.execute(delete(StagingRow).where(StagingRow.import_task == task.sys_id))
    for one in session.scalars(select(ImportSet).where(ImportSet.import_task == task.sys_id)).all():
        file = session.get(Attachment, one.attachment)
        if file is not None and file.processed:
            save(file, {"processed": False}, by=by.for_system())
        remove(one, by=by.for_system())
    empty = dict.fromkeys(COUNTERS.values(), 0) | {"data_import_state": ImportState.NOT_LOADED}
    session.execute(
        update(ImportTask)
        .where(ImportTask.sys_id == task.sys_id)
        .values(empty)
        .execution_options(synchronize_session="fetch")
    )


def publication_of(task: ImportTask, sys_id: str, by: Actor) -> Publication:
    """A publication of this import; NotVisible when it is of another."""
    found = find(Publication, sys_id, by)
    if found.import_task != task.sys_id:
        raise NotVisible
    return found


def undo(task: ImportTask, publication: Publication, *, by: Actor) -> Job:
    """Take a publication back in the background, also of an import that was started anew or closed.

    Rejected: UNDO_EXPIRED after the days of the setting, NOT_PUBLISHED when it was undone before, JOB_RUNNING.
    """
    days = setting_number(UNDO_DAYS, 30)
    if publication.sys_created_on < now() - timedelta(days=days):
        message = sentence("A publication can be undone for {days} days.")
        raise Rejected([Problem("UNDO_EXPIRED", message, "publication", days=days)])
    return _turn(task, publication, "import.undo", by)


def redo(task: ImportTask, publication: Publication, *, by: Actor) -> Job:
    """Do again in the background what an undo took back. Rejected: NOT_UNDONE, JOB_RUNNING."""
    return _turn(task, publication, "import.redo", by)


def _turn(task: ImportTask, publication: Publication, kind: str, by: Actor) -> Job:
    guard(by)
    hold(task.sys_id)
    session.refresh(publication)
    _refuse_while(task)
    is_undone = publication.state is PublicationState.UNDONE
    if kind == "import.redo" and not is_undone:
        message = sentence("This publication was not undone.")
        raise Rejected([Problem("NOT_UNDONE", message, "publication")])
    if kind == "import.undo" and is_undone:
        message = sentence("This publication was undone already.")
        raise Rejected([Problem("NOT_PUBLISHED", message, "publication")])
    undoing.begin(publication, PublicationState.UNDOING if kind == "import.undo" else PublicationState.REDOING)
    return _enqueue(kind, {"publication": publication.sys_id}, task, by)


def _refuse_while(task: ImportTask, kinds: Sequence[str] = ()) -> None:
    """Rejected while a job (of these kinds) works on the task."""
    if any(not kinds or job.kind in kinds for job in running_about(task.sys_id)):
        message = sentence("Wait until the work on this import is done.")
        raise Rejected([Problem("JOB_RUNNING", message)])


def _enqueue(kind: str, args: dict[str, Any], task: ImportTask, by: Actor, key: str | None = None) -> Job:
    guard(by)
    return enqueue(kind, args, by=by, domain=task.sys_domain, about=task.sys_id, key=key)


def _refuse_closed(task: ImportTask) -> None:
    if is_over(values_of(task)):
        raise Rejected([Problem("TASK_CLOSED", "This import task is closed; open it again first.", "state")])
