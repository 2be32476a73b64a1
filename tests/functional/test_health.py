"""What the machinery around ALE asks: does it live, can it work, what has it answered."""

import re
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from ale.blueprints import health
from ale.foundation.db import db
from tests.conftest import Browser


def test_the_process_lives_without_asking_anybody(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.session, "execute", lambda *_: 1 / 0)
    assert client.get("/livez").json == {"status": "ok"}


def test_what_is_missing_is_named(client: Browser) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json == {"status": "not ready", "checks": {"database": True, "schema": False, "queue": False}}


def test_everything_there_is_ready(client: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    script = ScriptDirectory(str(Path(app.root_path).parent / "migrations"))
    MigrationContext.configure(db.session.connection()).stamp(script, "head")
    monkeypatch.setattr(health, "answers", lambda _url: True)
    response = client.get("/readyz")
    assert (response.status_code, response.json["status"]) == (200, "ok")


def test_requests_are_counted_by_route_and_status(client: Browser) -> None:
    def count() -> int:
        found = re.search(r'ale_requests_total{route="session.log_on",status="200"} (\d+)', client.get("/metrics").text)
        return int(found[1]) if found else 0

    before = count()
    client.get("/login")
    client.get("/login?lang=fr")
    assert count() == before + 2


def test_the_histogram_adds_up(client: Browser) -> None:
    text = client.get("/metrics").text
    numbers = [int(number) for number in re.findall(r"ale_request_seconds_bucket{[^}]*} (\d+)", text)]
    assert numbers == sorted(numbers)
    assert f"ale_request_seconds_count {numbers[-1]}" in text


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/static/css/tokens.css"])
def test_no_session_is_made_for_them(client: Browser, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers
