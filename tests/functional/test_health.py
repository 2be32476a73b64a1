"""What the machinery around ALE asks: does it live, can it work, what has it answered."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import OperationalError

from ale.blueprints import health
from ale.foundation.clock import now
from ale.foundation.db import db
from ale.foundation.ledger import enqueue
from tests.conftest import Browser
from tests.imports import SYSTEM


def test_the_process_lives_without_asking_anybody(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.session, "execute", lambda *_: 1 / 0)
    assert client.get("/livez").json == {"status": "ok"}


@pytest.mark.parametrize("address", ["/livez", "/readyz", "/metrics"])
def test_a_method_that_is_not_allowed_is_told_without_a_log_on(client: Browser, address: str) -> None:
    answer = client.post(address)
    assert (answer.status_code, set(answer.allow)) == (405, {"GET", "HEAD", "OPTIONS"})


def test_behind_the_log_on_methods_are_told_to_who_is_logged_on(
    client: Browser, log_on: Callable[[str], Browser]
) -> None:
    assert client.put("/contacts").location == "/login?next=/"
    assert log_on("agent").put("/contacts").status_code == 405


def test_what_is_missing_is_named(client: Browser) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json == {
        "status": "not ready",
        "checks": {"database": True, "schema": False, "queue": False, "room": True},
    }


def test_everything_there_is_ready(client: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    script = ScriptDirectory(str(Path(app.root_path).parent / "migrations"))
    MigrationContext.configure(db.session.connection()).stamp(script, "head")
    monkeypatch.setattr(health, "answers", lambda _url: True)
    response = client.get("/readyz")
    assert (response.status_code, response.json["status"]) == (200, "ok")


def test_requests_are_counted_by_route_and_status(client: Browser) -> None:
    def count() -> int:
        told = f'ale_requests_total{{process="{os.getpid()}",route="session.log_on",status="200"}} '
        found = re.search(f"{re.escape(told)}(\\d+)", client.get("/metrics").text)
        return int(found[1]) if found else 0

    before = count()
    client.get("/login")
    client.get("/login?lang=fr")
    assert count() == before + 2


def test_the_histogram_adds_up(client: Browser) -> None:
    text = client.get("/metrics").text
    numbers = [int(number) for number in re.findall(r"ale_request_seconds_bucket{[^}]*} (\d+)", text)]
    assert numbers == sorted(numbers)
    assert f'ale_request_seconds_count{{process="{os.getpid()}"}} {numbers[-1]}' in text


def test_what_waits_is_told_for_the_whole_installation(client: Browser) -> None:
    def figures() -> dict[str, int]:
        text = client.get("/metrics").text
        return {name: int(number) for name, number in re.findall(r"^(ale_(?:jobs|mails)\S*) (\d+)$", text, re.M)}

    before = figures()
    assert set(before) == {
        f'ale_{name}{{state="{state}"}}'
        for kind, states in (("jobs", ("queued", "running")), ("mails", ("ready", "failed")))
        for name in (kind, f"{kind}_oldest_seconds")
        for state in states
    }
    enqueue("import.validate", {}, by=SYSTEM, domain="TOP/Genixify").created_at = now() - timedelta(hours=1)
    after = figures()
    assert after['ale_jobs{state="queued"}'] == before['ale_jobs{state="queued"}'] + 1
    assert after['ale_jobs_oldest_seconds{state="queued"}'] >= 3600


def test_metrics_are_told_without_the_database_too(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(db.session, "execute", gone)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "ale_request_seconds_count" in answer.text
    assert "ale_jobs" not in answer.text


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/static/css/tokens.css"])
def test_no_session_is_made_for_them(client: Browser, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers
