"""`make run` promises: one instance a folder, nothing left behind after a stop or a kill, and what dies comes back."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.instances import PROMISE, Instance, becomes, launch, own_engines, ready

pytestmark = pytest.mark.processes


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that is not there yet; its path is short, as the queue's socket needs it."""
    return tmp_path_factory.mktemp("ale") / "data"


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, str]]:
    """The database and queue that this run of the suite names."""
    with own_engines("test_processes") as named:
        yield named


@pytest.fixture
def start(folder: Path, engines: dict[str, str]) -> Iterator[Callable[..., Instance]]:
    """`launch` on this test's folder; whatever it started ends with the test."""
    started: list[Instance] = []

    def launch_here(*prefix: str, **options: Any) -> Instance:
        started.append(launch(folder, *prefix, **engines, **options))
        return started[-1]

    yield launch_here
    for instance in started:
        instance.end()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, engines: dict[str, str]) -> Iterator[Instance]:
    """A running ALE with its demo data."""
    running = launch(tmp_path_factory.mktemp("ale") / "data", ALE_ENV="development", **engines)
    try:
        yield ready(running)
    finally:
        running.end()


def test_it_serves_and_says_where_and_who_may_log_on(instance: Instance) -> None:
    assert instance.answers()
    assert f"http://127.0.0.1:{instance.port}" in instance.printed
    assert re.search(r"admin .*\n.*agent .*\n(.*\n)*.*boxeo.sme", instance.printed)
    assert "password is “demo”" in instance.printed


def test_a_second_instance_on_the_folder_is_refused_and_the_first_lives_on(
    instance: Instance, folder: Path, start: Callable[..., Instance]
) -> None:
    folder.symlink_to(instance.folder)
    second = start()
    assert second.process.wait(PROMISE) == 1
    assert f"(process {instance.process.pid}); stop that one first." in second.printed
    assert instance.answers()


def test_a_port_in_use_is_answered_in_one_sentence(start: Callable[..., Instance]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = start(port=taken.getsockname()[1])
        assert refused.process.wait(3 * PROMISE) == 1  # a busy machine takes long to start Python
    assert refused.printed.count("\n") == 1
    assert "set ALE_PORT" in refused.printed


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_it_started(start: Callable[..., Instance], stop: signal.Signals) -> None:
    running = ready(start())
    assert len(running.family()) >= 5  # itself, queue, web master and workers, worker
    running.process.send_signal(stop)
    assert running.process.wait(PROMISE) == 0
    assert running.family() == {}


def test_nothing_survives_a_kill_and_the_folder_serves_again_at_once(start: Callable[..., Instance]) -> None:
    killed = ready(start())
    with socket.create_connection(("127.0.0.1", killed.port)) as half_asked:
        half_asked.sendall(b"GET / HTTP/1.1\r\n")
        family = killed.family().keys()
        killed.process.kill()
        killed.process.wait()
        again = start(port=killed.port)
        assert becomes(lambda: not family & again.family().keys(), PROMISE), again.family()
    ready(again).process.terminate()
    assert again.process.wait(PROMISE) == 0


def test_nothing_survives_the_make_that_started_it(start: Callable[..., Instance]) -> None:
    running = ready(start("sh", "-c", '"$@"; true', "make", arguments="--end-with-parent"))
    running.process.kill()
    running.process.wait()
    assert becomes(lambda: not running.family(), PROMISE), running.family()


@pytest.mark.parametrize(
    ("name", "words"), [("queue", "valkey-server"), ("web server", "gunicorn"), ("worker", "ale worker")]
)
def test_a_child_that_dies_is_started_again(instance: Instance, engines: dict[str, str], name: str, words: str) -> None:
    if name == "queue" and "ALE_REDIS_URL" in engines:
        pytest.skip("the queue of this run is nobody's child")
    before = instance.member(words)
    os.kill(before, signal.SIGKILL)
    assert becomes(lambda: f"The {name} ended with SIGKILL; it starts again" in instance.printed, PROMISE)
    assert becomes(lambda: any(words in command for command in instance.family().values()), PROMISE)
    assert instance.member(words) != before
    assert becomes(instance.answers, 30)
