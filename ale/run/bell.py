"""The bell between web and worker: rq carries the id of a job, the ledger in the database keeps the truth about it."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE = "ale"  # the only one: an rq worker that listens on two can lose a job for good
JOB = "ale.jobs.run_job"
GIVE_UP_AFTER = 3600  # seconds; a job that hangs must not hold its worker for ever


def connect(url: str) -> Redis:
    """A connection that gives up at once: a page must not wait for a queue that the clock does without."""
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2, retry=Retry(NoBackoff(), 0))


def queue(connection: Redis) -> Queue:
    """The queue that every worker of ALE listens to."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer, default_timeout=GIVE_UP_AFTER)


def ring(connection: Redis, job_id: str) -> None:
    """Wake a worker for this row of the ledger; ringing twice does no harm. Raises redis.RedisError."""
    queue(connection).enqueue(JOB, job_id, result_ttl=0, failure_ttl=3600)
