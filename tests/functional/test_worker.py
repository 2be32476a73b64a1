"""A worker takes its forks along when it is killed, and keeps its clock alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue

from ale.config import PROJECT, queue_socket
from ale.run import bell, queue_server
from ale.run.worker import POLITE

pytestmark = pytest.mark.processes

WORKER = """
import sys
from flask import Flask
from redis import Redis
from ale import jobs
from ale.run import bell
from ale.run.worker import TiedWorker

jobs.tick = lambda: None
TiedWorker(Flask("worker"), bell.queue(Redis.from_url(sys.argv[1]))).work(logging_level="WARNING")
"""


def becomes(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until the condition holds; False when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def children(process: int) -> set[int]:
    """The processes that this one has forked and that still run."""
    return {int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


def runs(process: int) -> bool:
    """Whether a process lives; one that has ended but was not yet waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def priority(process: int) -> int:
    """How far a process stands back."""
    return os.getpriority(os.PRIO_PROCESS, process)


@pytest.fixture
def queue(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """An embedded queue of this test alone."""
    folder = tmp_path_factory.mktemp("queue")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    url = f"unix://{queue_socket(folder)}"
    with subprocess.Popen(queue_server.command(folder)) as server, Redis.from_url(url) as connection:
        try:
            assert becomes(lambda: queue_server.answers(url))
            yield bell.queue(connection)
        finally:
            server.terminate()


@pytest.fixture
def worker(queue: Queue, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker whose clock ticks."""
    path = queue.connection.get_connection_kwargs()["path"]
    environment = os.environ | {"ALE_DATA_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", WORKER, f"unix://{path}"], cwd=PROJECT, env=environment) as process:
        try:
            assert becomes(lambda: len(children(process.pid)) == 1)
            yield process
        finally:
            process.kill()


def test_a_killed_worker_takes_its_job_and_its_clock_along(queue: Queue, worker: subprocess.Popen[bytes]) -> None:
    queue.enqueue("time.sleep", 60)
    assert becomes(lambda: len(children(worker.pid)) == 2)
    forks = children(worker.pid)
    worker.kill()
    worker.wait()
    assert becomes(lambda: not any(runs(fork) for fork in forks), seconds=2)


def test_a_clock_that_dies_is_replaced(queue: Queue, worker: subprocess.Popen[bytes]) -> None:
    (clock,) = children(worker.pid)
    os.kill(clock, signal.SIGKILL)
    queue.enqueue("time.sleep", 0)  # the worker looks after its clock with each sign of life, such as after a job
    assert becomes(lambda: len(children(worker.pid) - {clock}) == 1 and not queue.started_job_registry.count)


def test_an_asked_worker_finishes_its_job_first(queue: Queue, worker: subprocess.Popen[bytes]) -> None:
    job = queue.enqueue("time.sleep", 2)
    assert becomes(lambda: len(children(worker.pid)) == 2)
    worker.terminate()
    assert worker.wait(20) == 0
    assert job.get_status(refresh=True) == "finished"


def test_a_job_stands_back_for_pages(queue: Queue, worker: subprocess.Popen[bytes]) -> None:
    (clock,) = children(worker.pid)
    queue.enqueue("time.sleep", 60)
    assert becomes(lambda: [priority(job) for job in children(worker.pid) - {clock}] == [priority(worker.pid) + POLITE])
