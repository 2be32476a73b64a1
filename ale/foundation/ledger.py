"""Background jobs as rows: lease, fence, progress, retry. The queue only rings the bell; the truth is here.

A job is one row. Whoever works on it takes the lease, which raises the fence; every chunk is one transaction that
first proves that the fence is still its own. A worker that was paused or cut off and comes back finds the fence
raised and stops, so that the same job delivered twenty times has one effect.
"""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.db import Base, Separated, after_commit, session
from ale.foundation.record import new_id

LEASE = timedelta(seconds=30)
ATTEMPTS = 50
"""A job is given up after this many leases that ended without finishing: far more than any run of bad luck."""


class Job(Separated, Base):
    """One piece of background work and how far it is."""

    __tablename__ = "ale_job"
    __table_args__ = (Index("ix_ale_job_open", "state", "lease_until"),)

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[str | None] = mapped_column(String(32), index=True)
    actor: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(20), default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    fence: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


Progress = dict[str, int | str]
"""How far a job is: any of `done`, `total` and `message`."""

Chunk = Callable[[], Progress]
"""A piece of a job's work, done in one transaction together with its progress, or not at all."""

Chunks = Generator[Chunk, None, str]
"""The work of a job; between its chunks it may read, but not write. It returns what is to be said in the end."""


def still_here() -> Progress:
    """A chunk that writes nothing but that the job is alive."""
    return {}


class Failed(Exception):
    """A job cannot be done, whoever tries; the message says why."""


class LeaseLost(RuntimeError):
    """Another worker holds this job now; this one must stop without writing."""


_bell: list[Callable[[str], None]] = []


def on_new_job(ring: Callable[[str], None]) -> None:
    """Say how a waiting job is announced; the application calls this once with its queue."""
    _bell[:] = [ring]


def ring(job_id: str) -> None:
    """Announce a job; nothing is lost when nobody hears it, the reconciler rings again."""
    for call in _bell:
        call(job_id)


def enqueue(
    kind: str, args: dict[str, Any], *, by: Actor, domain: str, about: str | None = None, key: str | None = None
) -> Job:
    """Write a job in the running transaction, with the sys_id `key`; it is announced when that is safe."""
    job = Job(kind=kind, args=args, actor=by.id, sys_domain=domain, about=about, sys_id=key or new_id())
    session.add(job)
    session.flush()
    after_commit(lambda: ring(job.sys_id))
    return job


def take(job_id: str) -> Job | None:
    """Lease a job in the running transaction; None when it is over or somebody else holds it."""
    moment = now()
    free = or_(Job.lease_until.is_(None), Job.lease_until < moment)
    taken = session.execute(
        update(Job)
        .where(Job.sys_id == job_id, Job.state.in_(("queued", "running")), free)
        .values(
            state="running",
            lease_until=moment + LEASE,
            fence=Job.fence + 1,
            attempts=Job.attempts + 1,
            started_at=func.coalesce(Job.started_at, moment),
        )
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # the result of an UPDATE has it
        return None
    job = session.get(Job, job_id, populate_existing=True)
    assert job is not None
    return job


def hold(job_id: str, fence: int, **progress: Any) -> None:
    """Prove in the running transaction that the job is still ours, renew the lease, write progress; or LeaseLost."""
    held = session.execute(
        update(Job)
        .where(Job.sys_id == job_id, Job.fence == fence, Job.state == "running")
        .values(lease_until=now() + LEASE, **progress)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:  # type: ignore[attr-defined]  # the result of an UPDATE has it
        raise LeaseLost(job_id)


def finish(job_id: str, fence: int, message: str = "", *, state: str = "done") -> None:
    """End a job in the running transaction."""
    hold(job_id, fence, state=state, message=message, ended_at=now())
    session.execute(update(Job).where(Job.sys_id == job_id).values(lease_until=None))


def release(job_id: str, fence: int, message: str) -> None:
    """Give a job back that nothing is wrong with, to be tried again when its lease ends; this try does not count."""
    hold(job_id, fence, message=message, attempts=Job.attempts - 1)


def stop_about(record_id: str, message: str) -> None:
    """End in the running transaction all jobs about a record; whoever works on one finds the fence raised."""
    about = update(Job).where(Job.about == record_id, Job.state.in_(("queued", "running")))
    ended = {"state": "failed", "message": message, "fence": Job.fence + 1, "lease_until": None, "ended_at": now()}
    session.execute(about.values(ended).execution_options(synchronize_session=False))


def waiting() -> list[str]:
    """The jobs nobody holds, oldest first: what the reconciler rings for."""
    free = or_(Job.lease_until.is_(None), Job.lease_until < now())
    found = select(Job.sys_id).where(Job.state.in_(("queued", "running")), free).order_by(Job.sys_id)
    return list(session.scalars(found))


def running_about(record_id: str) -> list[Job]:
    """The jobs about a record that are not over."""
    found = select(Job).where(Job.about == record_id, Job.state.in_(("queued", "running"))).order_by(Job.sys_id)
    return list(session.scalars(found))
