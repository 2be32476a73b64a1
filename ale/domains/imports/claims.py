"""Two people want the same rows published: the first one's press counts, the second is told whose it was."""

from sqlalchemy import select

from ale.domains.imports.previewing import Chosen
from ale.domains.imports.publications import Publication
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, READY
from ale.domains.imports.staging import StagingRow
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.ledger import running_about
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.reading import name_of
from ale.foundation.statements import among

AT_WORK = sentence("{name} is publishing these rows at the moment.")
WAS_FIRST = sentence("{name} has published these rows already.")


def refuse_second(task: ImportTask, chosen: Chosen, by: Actor) -> None:
    """Rejected while somebody publishes some of the rows (JOB_RUNNING), or has published what is left to publish.

    ALREADY_PUBLISHED is said of somebody else's deed only: whoever publishes "all" twice in a row is not in anybody's
    way.
    """
    for job in running_about(task.sys_id):
        if job.kind == "import.publish" and _overlap(job.args["rows"], chosen):
            raise Rejected([Problem("JOB_RUNNING", AT_WORK, "rows", name=name_of("sys_user", job.actor))])
    first = _publisher(task, chosen)
    if first and first != by.id:
        raise Rejected([Problem("ALREADY_PUBLISHED", WAS_FIRST, "rows", name=name_of("sys_user", first))])


def _overlap(one: Chosen, other: Chosen) -> bool:
    return "all" in (one, other) or not set(one).isdisjoint(other)


def _publisher(task: ImportTask, chosen: Chosen) -> str | None:
    """Who published a chosen row; of all rows, who published last when none is ready any more."""
    rows = select(StagingRow.sys_id).where(StagingRow.import_task == task.sys_id)
    done = select(Publication.sys_created_by).join(StagingRow, StagingRow.publication == Publication.sys_id)
    done = done.where(StagingRow.import_task == task.sys_id, StagingRow.state == PUBLISHED)
    if isinstance(chosen, str):
        if session.scalar(rows.where(StagingRow.state == READY).limit(1)):
            return None
    else:
        done = done.where(among(StagingRow.sys_id, chosen))
    return session.scalar(done.order_by(Publication.sys_id.desc()).limit(1))
