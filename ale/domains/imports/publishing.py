"""From ready rows to records of the target: a background job on the way that all changes take, chunk by chunk."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, select, update

from ale.domains.imports.definition import definition_of
from ale.domains.imports.publications import Publication, PublicationState
from ale.domains.imports.publisher import Candidate, Publisher
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, READY, WRONG, has_doubled, hold, resting_state, set_state, shift
from ale.domains.imports.staging import StagingRow
from ale.domains.playbooks.service import follow_the_task
from ale.foundation.actor import Actor
from ale.foundation.compact import as_json
from ale.foundation.db import inside, session
from ale.foundation.ledger import Chunks, Job, Progress
from ale.foundation.record import new_id
from ale.foundation.statements import among, tell_the_planner, update_rows

AT_ONCE = 2_000


def publish(job: Job, by: Actor) -> Chunks:
    """Publish the rows that `job` names, or all that are ready; those that a rule refuses need attention again."""
    task = session.get_one(ImportTask, str(job.about))
    publication = _Publication(task, job, by)
    while not publication.is_over:
        yield publication.chunk
    yield partial(_end, task.sys_id, job.sys_id, by)
    return ""


class _Publication:
    """A job of publishing and how far it is; each call of `chunk` is one transaction."""

    def __init__(self, task: ImportTask, job: Job, by: Actor) -> None:
        self.task = task.sys_id
        self.definition = definition_of(task)
        self.key = job.sys_id
        self.publisher = Publisher(self.definition, by.as_part_of(self.key), job.args.get("since"))
        self.chosen = None if job.args["rows"] == "all" else list(job.args["rows"])
        self.done, self.total = job.done, job.total or _count(task.sys_id, self.chosen)
        self.is_over = False

    def chunk(self) -> Progress:
        """Publish the next rows."""
        hold(self.task)
        rows = _ready(self.task, self.chosen)
        if rows:
            candidates = self.publisher.publish(rows)
            _settle(self.task, candidates, self.key)
            _count_up(self.key, candidates)
            if has_doubled(self.done, len(rows)):
                tell_the_planner(self.definition.target)
        self.done += len(rows)
        self.is_over = not self.chosen if self.chosen is not None else not rows
        return {"message": "Publishing", "done": self.done, "total": max(self.total, self.done)}


def _end(task: str, publication: str, by: Actor) -> Progress:
    """The import rests; being published may be what its activity in the playbook waits for (PBK-06).

    That moves on where the actor is at home: the account's domain does not know the provider's people.
    """
    set_state(task, resting_state(task))
    close(publication)
    with inside(by.domain):
        follow_the_task(session.get_one(ImportTask, task), None, by)
    return {}


def close(publication: str) -> None:
    """Say that a publication makes no more changes."""
    mine = update(Publication).where(Publication.sys_id == publication)
    done = {"state": PublicationState.PUBLISHED, "last_change": new_id()}
    session.execute(mine.values(done).execution_options(synchronize_session=False))


def _count_up(publication: str, candidates: Sequence[Candidate]) -> None:
    """Add what came of these rows to what the publication says of itself."""
    events = Counter(one.event for one in candidates)
    more = {"created": events["create"], "updated": events["save"], "unchanged": events["none"], "refused": events[""]}
    mine = update(Publication).where(Publication.sys_id == publication)
    tally = {name: getattr(Publication, name) + count for name, count in more.items()}
    session.execute(mine.values(tally).execution_options(synchronize_session=False))


def _count(task: str, chosen: list[str] | None) -> int:
    if chosen is not None:
        return len(chosen)
    ready = select(func.count()).where(StagingRow.import_task == task, StagingRow.state == READY)
    return session.scalar(ready) or 0


def _ready(task: str, chosen: list[str] | None) -> Sequence[Any]:
    """The next rows; of chosen ones those that come first are taken off the list."""
    found = select(StagingRow.sys_id, StagingRow.cells).where(StagingRow.import_task == task, StagingRow.state == READY)
    if chosen is not None:
        now_due, chosen[:] = chosen[:AT_ONCE], chosen[AT_ONCE:]
        found = found.where(among(StagingRow.sys_id, now_due))
    return session.execute(found.order_by(StagingRow.sys_id).limit(AT_ONCE)).all()


def _settle(task: str, candidates: Sequence[Candidate], publication: str) -> None:
    """Tell each row what became of it, in the transaction that did it."""
    gone = [{"sys_id": one.row.sys_id, "target_record": one.target} for one in candidates if not one.problems]
    back = [{"sys_id": one.row.sys_id, "problems": as_json(one.problems)} for one in candidates if one.problems]
    update_rows(StagingRow, gone, state=PUBLISHED, publication=publication)
    update_rows(StagingRow, back, state=WRONG)
    shift(task, {READY: -len(candidates), PUBLISHED: len(gone), WRONG: len(back)})
