"""The embedded queue carries a bell to a worker, keeps it over a kill, and is reached by its socket alone."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from ale.config import queue_socket
from ale.run import bell, queue_server

pytestmark = pytest.mark.processes


def serve(folder: Path) -> subprocess.Popen[bytes]:
    """Start the server on a data folder and wait until it answers."""
    server = subprocess.Popen(queue_server.command(folder))
    deadline = time.monotonic() + 10
    while not queue_server.answers(f"unix://{queue_socket(folder)}"):
        assert time.monotonic() < deadline, "the queue server does not answer"
        time.sleep(0.05)
    return server


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose socket lies beside it, under a short path."""
    folder = tmp_path_factory.mktemp("queue")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    """The address of a running queue server."""
    server = serve(folder)
    yield f"unix://{queue_socket(folder)}"
    server.terminate()
    server.wait(10)


def test_a_bell_carries_nothing_but_the_job_s_id(url: str) -> None:
    with bell.connect(url) as connection:
        bell.ring(connection, "0123")
        (job,) = bell.queue(connection).jobs
        assert (job.func_name, job.args, job.kwargs) == ("ale.jobs.run_job", ["0123"], {})
        assert b"pickle" not in job.data
        assert job.data.startswith(b"[")


def test_the_server_listens_on_no_network(url: str) -> None:
    with bell.connect(url) as connection:
        assert connection.config_get("port") == {"port": "0"}


def test_a_bell_outlives_a_kill_of_the_server(folder: Path) -> None:
    server = serve(folder)
    url = f"unix://{queue_socket(folder)}"
    with bell.connect(url) as connection:
        bell.ring(connection, "0123")
    time.sleep(1.5)  # the journal is written to disk each second
    server.send_signal(signal.SIGKILL)
    server.wait(10)
    assert not queue_server.answers(url)
    again = serve(folder)
    with bell.connect(url) as connection:
        assert [job.args for job in bell.queue(connection).jobs] == [["0123"]]
    again.terminate()
    again.wait(10)


def test_a_bell_gives_up_at_once_where_nobody_listens() -> None:
    started = time.monotonic()
    with bell.connect("redis://127.0.0.1:1/0") as connection, pytest.raises(RedisConnectionError):
        bell.ring(connection, "0123")
    assert time.monotonic() - started < 1
