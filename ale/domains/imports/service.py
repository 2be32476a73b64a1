"""What people do with an import: bring files, have rows validated and published, look before, start anew, close."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from ale.domains.imports import building, previewing, undoing  # noqa: F401 -- what follows from the builder
from ale.domains.imports.claims import refuse_second
from ale.domains.imports.definition import definition_of
from ale.domains.imports.moments import note
from ale.domains.imports.previewing import Chosen
from ale.domains.imports.publications import Publication, PublicationState
from ale.domains.imports.records import ImportState, ImportTask
from ale.domains.imports.rows import COUNTERS, hold, set_state
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.onboarding.rules import is_over
from ale.domains.system.service import setting_number
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.ledger import Job, enqueue, running_about, stop_about
from ale.foundation.problem import Forbidden, NotVisible, Problem, Rejected, sentence
from ale.foundation.reading import find, may, name_of
from ale.foundation.record import new_id, table_name, values_of

UNDO_DAYS = "ale.undo_days"


def task_for(sys_id: str, by: Actor) -> ImportTask:
    """The import task to work on; NotVisible where it is not for `by` to see, Forbidden where not to change."""
    task = find(ImportTask, sys_id, by)
    guard(by)
    return task


def may_import(by: Actor) -> bool:
    """Not who may not write import tasks or read what is staged, and no customers: staging is the provider's work."""
    return not by.is_customer and may(ImportTask, "write", by) and may(ImportSet, "read", by)


def guard(by: Actor) -> None:
    """Forbidden for who may not import."""
    if not may_import(by):
        raise Forbidden(f"{by.name} may not import")


def load(task: ImportTask, files: Sequence[Attachment], *, by: Actor, asks: bool = False) -> Job:
    """Bring files into staging in the background, each as an import set of its own, and validate their rows (IMP-03).

    With `asks`, somebody is there to say which columns a file has whose headings are not known: it waits for that.
    Rejected: NO_FILES without any, NOT_ATTACHED when one hangs on anything but the task or its case.
    """
    refuse_closed(task)
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
    return _enqueue("import.load", {"import_sets": [one.sys_id for one in sets], "asks": asks}, task, by)


def validate(task: ImportTask, *, by: Actor) -> Job:
    """Validate in the background what is yet to validate (IMP-07)."""
    refuse_closed(task)
    return _enqueue("import.validate", {}, task, by)


def publish(task: ImportTask, chosen: Chosen, *, by: Actor, token: str | None = None) -> Job:
    """Publish ready rows in the background (IMP-08); with the `token` of a preview only what was previewed.

    Rejected: NOT_READY when a chosen row is not ready, PREVIEW_OUTDATED when rows or targets changed since, JOB_RUNNING
    or ALREADY_PUBLISHED when somebody else was first; what changes while the job waits is refused row by row.
    """
    refuse_closed(task)
    target = definition_of(task).target
    if not (may(target, "create", by) and may(target, "write", by)):
        raise Forbidden(f"{by.name} may not publish into {target.__name__}")
    refuse_second(task, chosen, by)
    since = previewing.accepted(task, chosen, token, by=by)
    hold(task.sys_id)
    refuse_second(task, chosen, by)  # whom the lock kept waiting
    _refuse_while(task, ("import.undo", "import.redo"))
    key, about = new_id(), {"import_task": task.sys_id, "target_table": table_name(target)}
    create(Publication, about | {"sys_id": key}, by=by.for_system())
    rows = chosen if chosen == "all" else sorted(set(chosen))
    return _enqueue("import.publish", {"rows": rows, "since": since}, task, by, key)


def restart(task: ImportTask, *, by: Actor) -> None:
    """Empty the staging table of this task, also of what is ready, and let its files be loaded anew (IMP-09).

    Jobs at work on it stop; what was published stays.
    """
    guard(by)
    refuse_closed(task)
    stop_about(task.sys_id, sentence("The import was started anew."))
    note(task, "restart", by.id)
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
    for job in running_about(task.sys_id):
        if not kinds or job.kind in kinds:
            message = sentence("Wait until the work on this import is done; {name} began it.")
            raise Rejected([Problem("JOB_RUNNING", message, name=name_of("sys_user", job.actor))])


def _enqueue(kind: str, args: dict[str, Any], task: ImportTask, by: Actor, key: str | None = None) -> Job:
    guard(by)
    return enqueue(kind, args, by=by, domain=task.sys_domain, about=task.sys_id, key=key)


def refuse_closed(task: ImportTask) -> None:
    """Rejected (TASK_CLOSED) when nothing can be imported any more."""
    if is_over(values_of(task)):
        raise Rejected([Problem("TASK_CLOSED", "This import task is closed; open it again first.", "state")])
