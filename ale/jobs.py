"""The back door: what a worker runs. It opens the same transactions and calls the same services as the pages."""

import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from ale.domains.imports.finishing import finished
from ale.domains.imports.loading import load
from ale.domains.imports.publishing import publish
from ale.domains.imports.repair import repair
from ale.domains.imports.undoing import redo, undo
from ale.domains.imports.validating import validate
from ale.domains.people.service import actor_for
from ale.domains.plays.starting import KIND, start_play
from ale.domains.system import service as system
from ale.domains.system.records import ScheduledJob
from ale.foundation import ledger
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.clock import now
from ale.foundation.db import inside, session, transaction
from ale.foundation.ledger import Chunks, Failed, Job, LeaseLost
from ale.foundation.problem import sentence
from ale.foundation.room import FULL, is_full
from ale.mail import deliver

log = logging.getLogger(__name__)

Work = Callable[[Job, Actor], Chunks]
KINDS: dict[str, Work] = {
    "import.load": load,
    "import.validate": validate,
    "import.repair": repair,
    "import.publish": publish,
    "import.undo": undo,
    "import.redo": redo,
    KIND: start_play,
}
"""The kinds of background work; see `ledger.Chunks`."""


def run_job(job_id: str) -> None:
    """Do a job to its end, chunk by chunk; nothing happens when it is over or somebody else holds it."""
    with inside(ROOT_DOMAIN), transaction():
        job = ledger.take(job_id)
    if job is None:
        return
    with inside(job.sys_domain):
        try:
            _chunks(job, _actor(job))
        except LeaseLost:
            log.warning("Job %s is held by another worker now", job_id)
        except Failed as reason:
            with transaction():
                ledger.finish(job_id, job.fence, str(reason), state="failed")
                finished(job)
        except Exception as error:
            _stopped(job_id, job.fence, job.attempts, error)


def _stopped(job_id: str, fence: int, attempts: int, error: Exception) -> None:
    """After a failure nobody foresaw: the job is tried again when its lease ends, as long as that makes sense."""
    if is_full(error):
        log.error("Job %s waits for room: the disk is full (%s)", job_id, error)
        with suppress(SQLAlchemyError), transaction():  # there may be room for so little, or not
            ledger.release(job_id, fence, FULL)
        return
    log.error("Job %s stopped in an unexpected way; it is tried again when its lease ends", job_id, exc_info=error)
    if attempts >= ledger.ATTEMPTS:
        message = sentence("It failed too many times; the log says why.")
        with transaction():
            ledger.finish(job_id, fence, message, state="failed")


def _actor(job: Job) -> Actor:
    """Whoever asked for the job, with the rights of this moment; Failed when that person may not act any more."""
    if job.actor == Actor.system().id:
        return Actor.system(job.sys_domain)
    actor = actor_for(job.actor)
    if actor is None:
        raise Failed(sentence("Whoever started this may not work here any more."))
    return actor


def _chunks(job: Job, actor: Actor) -> None:
    """One transaction a chunk: the work, its progress and the proof that the job is still ours, or nothing."""
    chunks = KINDS[job.kind](job, actor.through("import" if job.kind.startswith("import") else "job"))
    while True:
        try:
            chunk = next(chunks)
        except StopIteration as end:
            with transaction():
                ledger.finish(job.sys_id, job.fence, end.value)
                return finished(job)
        with transaction():
            ledger.hold(job.sys_id, job.fence)
            ledger.hold(job.sys_id, job.fence, **chunk())


def tick() -> None:
    """What is due by the clock: jobs nobody holds, mails to send, scheduled jobs. Called every few seconds."""
    with inside(ROOT_DOMAIN):
        waiting = ledger.waiting()
        session.rollback()
        for job_id in waiting:
            ledger.ring(job_id)
        deliver()
        run_due_jobs()


def run_due_jobs() -> None:
    """Run the scheduled jobs whose time has come, each in its own transaction and once: the save proves the version."""
    due = [job.sys_id for job in system.due_jobs(now())]
    for key in due:
        try:
            with transaction():
                job = session.scalars(select(ScheduledJob).where(ScheduledJob.sys_id == key)).one()
                if job.next_run is None or job.next_run <= now():
                    system.run(job, Actor.system())
        except StaleDataError:
            log.info("Scheduled job %s was run by another worker", key)
        except Exception:  # of one job, which must not keep the others from running
            log.exception("Scheduled job %s failed; it is tried again at the next round", key)
