"""One worker process: runs the jobs that the bell rings for, each in a fork of its own, and keeps the clock ticking."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import time
from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

from ale import jobs  # before the forks, so that a job starts without importing anything
from ale.config import Settings
from ale.foundation.db import db
from ale.foundation.lifeline import end_with_parent
from ale.run import bell

WORKER_TTL = 40  # seconds; at rq's 420 an idle worker looks for abandoned jobs and its clock every seven minutes
POLITE = 10  # how much a job and its children stand back, in steps of `nice`, so that pages come first
TICK_EVERY = 10  # seconds between two rounds of what is due: unheld jobs, mails, scheduled jobs


def run_worker(app: Flask, settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, which let the job under way finish; a second one ends it too."""
    with app.app_context():
        db.engine.dispose()  # a connection must not be shared by forks
    gc.freeze()  # forks share what is loaded by now instead of copying it at their first collection
    connection = Redis.from_url(settings.redis_url)
    TiedWorker(app, bell.queue(connection)).work(logging_level="WARNING")


class TiedWorker(Worker):
    """An rq worker whose forks end with it: the job under way and the clock."""

    def __init__(self, app: Flask, queue: Queue) -> None:
        super().__init__([queue], connection=queue.connection, serializer=JSONSerializer, worker_ttl=WORKER_TTL)
        self.app = app
        self.process_id = os.getpid()
        self.clock = _start_clock(app)

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Tell Redis that we live, as rq does at least every 30 s, and see that the clock lives too."""
        if not self.is_horse and not self.clock.is_alive():
            self.clock = _start_clock(self.app)
        super().heartbeat(*args, **kwargs)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """The fork's first step."""
        end_with_parent(self.process_id)
        os.nice(POLITE)
        super().main_work_horse(job, queue)

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run the job inside the application; its session ends with it."""
        with self.app.app_context():
            return super().perform_job(job, queue, execution)


def _start_clock(app: Flask) -> multiprocessing.process.BaseProcess:
    clock = multiprocessing.get_context("fork").Process(target=_tick_for_ever, args=(app, os.getpid()), daemon=True)
    clock.start()
    return clock


def _tick_for_ever(app: Flask, parent: int) -> None:
    """A process rather than a thread: a job forked while a thread holds a lock or a connection would inherit both."""
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    clock = os.getpid()
    while True:
        if child := os.fork():
            os.waitpid(child, 0)
        else:
            _tick(app, clock)
        time.sleep(TICK_EVERY)


def _tick(app: Flask, clock: int) -> None:
    """One round, in a fork that ends with it: what it touched would else stay in memory until the next."""
    try:
        end_with_parent(clock)
        with app.app_context():
            jobs.tick()
    except Exception:
        app.logger.exception("The round of due work failed; the next one is in %s s", TICK_EVERY)
    finally:
        os._exit(0)
