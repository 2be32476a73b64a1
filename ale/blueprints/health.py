"""Whether this process lives, can work, how much it has answered, and what waits for all of them."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from time import perf_counter

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, g, request
from sqlalchemy import func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.clock import now
from ale.foundation.db import db, inside
from ale.foundation.ledger import Job
from ale.foundation.outbox import Email
from ale.foundation.room import is_left
from ale.run.queue_server import answers

bp = Blueprint("health", __name__)
BACKLOGS: dict[str, tuple[type[Job | Email], tuple[str, ...]]] = {
    "jobs": (Job, ("queued", "running")),
    "mails": (Email, ("ready", "failed")),
}
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds

_lock = Lock()
_requests: Counter[tuple[str, int]] = Counter()
_within: Counter[float] = Counter()
_seconds = 0.0


@bp.get("/livez")
def livez() -> dict[str, str]:
    """This process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> tuple[dict[str, object], int]:
    """Database, schema, queue and room on the disk are there; 503 names what is not."""
    checks: dict[str, Callable[[], bool]] = {"database": _database, "schema": _schema, "queue": _queue, "room": _room}
    found = {name: check() for name, check in checks.items()}
    ready = all(found.values())
    return {"status": "ok" if ready else "not ready", "checks": found}, 200 if ready else 503


@bp.get("/metrics")
def metrics() -> Response:
    """What waits in the whole installation, and the requests of this process, which its figures name."""
    text = "\n".join([*_backlog(), *_answered(f'process="{os.getpid()}"')])
    return Response(text + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _backlog() -> Iterator[str]:
    """Jobs and mails that are not over, by state, with the age of the oldest; nothing while the database is away."""
    try:
        with inside(ROOT_DOMAIN):
            found = {name: _waiting(kind, states) for name, (kind, states) in BACKLOGS.items()}
    except SQLAlchemyError:
        current_app.logger.warning("The database does not answer", exc_info=True)
        return
    for name, waiting in found.items():
        yield f"# TYPE ale_{name} gauge"
        yield from (f'ale_{name}{{state="{state}"}} {number}' for state, (number, _) in waiting.items())
        yield f"# TYPE ale_{name}_oldest_seconds gauge"
        yield from (f'ale_{name}_oldest_seconds{{state="{state}"}} {age:.0f}' for state, (_, age) in waiting.items())


def _waiting(kind: type[Job | Email], states: tuple[str, ...]) -> dict[str, tuple[int, float]]:
    """How many there are in each state, and how many seconds ago the oldest was made."""
    counted = select(kind.state, func.count(), func.min(kind.created_at)).where(kind.state.in_(states))
    found = {
        state: (number, (now() - oldest).total_seconds())
        for state, number, oldest in db.session.execute(counted.group_by(kind.state))
    }
    return {state: found.get(state, (0, 0.0)) for state in states}


def _answered(process: str) -> Iterator[str]:
    """Requests since this process began."""
    with _lock:
        yield "# TYPE ale_requests_total counter"
        for (route, code), number in _requests.items():
            yield f'ale_requests_total{{{process},route="{route}",status="{code}"}} {number}'
        yield "# TYPE ale_request_seconds histogram"
        for limit in BUCKETS:
            yield f'ale_request_seconds_bucket{{{process},le="{limit}"}} {_within[limit]}'
        yield f'ale_request_seconds_bucket{{{process},le="+Inf"}} {_requests.total()}'
        yield f"ale_request_seconds_sum{{{process}}} {_seconds:.6f}"
        yield f"ale_request_seconds_count{{{process}}} {_requests.total()}"


@bp.before_app_request
def start_watch() -> None:
    """When this request began."""
    g.began = perf_counter()


@bp.after_app_request
def count(response: Response) -> Response:
    """Note route, status and duration."""
    global _seconds
    took = perf_counter() - g.pop("began", perf_counter())
    with _lock:
        _requests[request.endpoint or "none", response.status_code] += 1
        _within.update(limit for limit in BUCKETS if took <= limit)
        _seconds += took
    return response


def _database() -> bool:
    try:
        db.session.execute(select(literal(1)))
    except SQLAlchemyError:
        current_app.logger.warning("The database does not answer", exc_info=True)
        return False
    return True


def _schema() -> bool:
    """Whether the database stands at the newest migration."""
    newest = ScriptDirectory(str(Path(current_app.root_path).parent / "migrations")).get_heads()
    try:
        return set(MigrationContext.configure(db.session.connection()).get_current_heads()) == set(newest)
    except SQLAlchemyError:
        return False


def _queue() -> bool:
    return answers(current_app.config["ALE"].redis_url)


def _room() -> bool:
    return is_left(current_app.config["ALE"].data_dir)
