"""What follows when a job on an import has come to its end, in the transaction that ends it."""

from sqlalchemy import select

from ale.domains.imports.moments import note
from ale.domains.imports.publications import Publication
from ale.domains.imports.records import ImportTask
from ale.domains.imports.remembered import remember
from ale.domains.imports.staging import ImportSet
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.ledger import Job


def finished(job: Job) -> None:
    """The numbers are noted, and what people said of the files is remembered once rows of them are published."""
    task = session.get(ImportTask, job.about) if job.kind.startswith("import.") and job.about else None
    if task is None:
        return
    note(task, job.kind, job.actor, _about(job))
    if job.kind == "import.publish":
        remember(task, Actor.system(task.sys_domain))


def _about(job: Job) -> str | None:
    """The files that were loaded, or the publication that was made or taken back."""
    sets = select(ImportSet.file_name).where(ImportSet.sys_id.in_(job.args.get("import_sets", ())))
    files = session.scalars(sets.order_by(ImportSet.sys_id)).all()
    published = select(Publication.number).where(Publication.sys_id == job.args.get("publication", job.sys_id))
    return ", ".join(files) or session.scalar(published)
