"""Jobs as rows: one lease at a time, a fence that rises, nothing written by who lost it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from ale.foundation import ledger
from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.db import inside, session, transaction
from ale.foundation.ledger import Job, LeaseLost, enqueue, finish, hold, take, waiting

pytestmark = pytest.mark.usefixtures("app")
SYSTEM = Actor.system()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were announced."""
    heard: list[str] = []
    monkeypatch.setattr(ledger, "_bell", [heard.append])
    return heard


def made() -> str:
    """A new job."""
    with transaction():
        return enqueue("test", {"a": 1}, by=SYSTEM, domain="TOP", about="b" * 32).sys_id


def taken(job_id: str) -> Job | None:
    with transaction():
        return take(job_id)


def stored(job_id: str) -> Job:
    """The job as it is in the database now."""
    return session.scalars(select(Job).where(Job.sys_id == job_id).execution_options(populate_existing=True)).one()


def test_a_job_is_announced_when_it_is_safe_and_not_before(rung: list[str]) -> None:
    with transaction():
        job = enqueue("test", {}, by=SYSTEM, domain="TOP")
        assert rung == []
    assert rung == [job.sys_id]


def test_a_job_rolled_back_is_never_announced(rung: list[str]) -> None:
    def fail() -> None:
        with transaction():
            enqueue("rolled back", {}, by=SYSTEM, domain="TOP")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    made()
    assert len(rung) == 1
    assert session.scalars(select(Job).where(Job.kind == "rolled back")).all() == []


def test_one_taker_gets_the_job(rung: list[str]) -> None:
    job_id = made()
    first = taken(job_id)
    assert first is not None
    assert (first.state, first.fence, first.attempts) == ("running", 1, 1)
    assert taken(job_id) is None
    assert job_id not in waiting()


def test_when_the_lease_ends_the_next_one_takes_it_and_the_fence_rises(rung: list[str]) -> None:
    job_id = made()
    first = taken(job_id)
    assert first is not None
    fence, started = first.fence, first.started_at
    with time_machine.travel(now() + ledger.LEASE + timedelta(seconds=1), tick=False):
        assert job_id in waiting()
        second = taken(job_id)
        assert second is not None
        assert (second.fence, second.attempts, second.started_at) == (fence + 1, 2, started)
        with pytest.raises(LeaseLost), transaction():
            hold(job_id, fence, done=5)
        with transaction():
            hold(job_id, second.fence, done=3)
    assert stored(job_id).done == 3


def test_who_lost_the_lease_writes_nothing_of_the_chunk(rung: list[str]) -> None:
    job_id = made()

    def chunk() -> None:
        with transaction():
            enqueue("of the chunk", {}, by=SYSTEM, domain="TOP")
            hold(job_id, fence=99)

    with pytest.raises(LeaseLost):
        chunk()
    assert session.scalars(select(Job).where(Job.kind == "of the chunk")).all() == []


def test_holding_renews_the_lease(rung: list[str]) -> None:
    job_id = made()
    with time_machine.travel(now() + timedelta(seconds=20), tick=False):
        job = taken(job_id)
        assert job is not None
    with time_machine.travel(now() + timedelta(seconds=45), tick=False), transaction():
        hold(job_id, job.fence)
    with time_machine.travel(now() + timedelta(seconds=70), tick=False):
        assert taken(job_id) is None


def test_a_finished_job_is_over_for_everybody(rung: list[str]) -> None:
    job_id = made()
    job = taken(job_id)
    assert job is not None
    with transaction():
        finish(job_id, job.fence, "Done.")
    over = stored(job_id)
    assert (over.state, over.message, over.lease_until) == ("done", "Done.", None)
    assert taken(job_id) is None
    assert job_id not in waiting()
    with pytest.raises(LeaseLost), transaction():
        hold(job_id, job.fence)


def test_what_runs_about_a_record_is_known(rung: list[str]) -> None:
    job_id = made()
    assert [job.sys_id for job in ledger.running_about("b" * 32)] == [job_id]
    job = taken(job_id)
    assert job is not None
    with transaction():
        finish(job_id, job.fence)
    assert ledger.running_about("b" * 32) == []


def test_jobs_are_behind_the_wall(rung: list[str], actor: Callable[[str], Actor]) -> None:
    job_id = made()
    with inside("TOP/Genixify"):
        assert job_id not in waiting()
        assert taken(job_id) is None
    assert taken(job_id) is not None
