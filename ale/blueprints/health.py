"""Whether this process lives, can work, and how much it has answered."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from time import perf_counter

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, g, request
from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from ale.foundation.db import db
from ale.run.queue_server import answers

bp = Blueprint("health", __name__)
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
    """Database, schema and queue are there; 503 names what is not."""
    checks: dict[str, Callable[[], bool]] = {"database": _database, "schema": _schema, "queue": _queue}
    found = {name: check() for name, check in checks.items()}
    ready = all(found.values())
    return {"status": "ok" if ready else "not ready", "checks": found}, 200 if ready else 503


@bp.get("/metrics")
def metrics() -> Response:
    """Requests of this process since it started, as Prometheus reads them."""
    with _lock:
        lines = [
            "# TYPE ale_requests_total counter",
            *(f'ale_requests_total{{route="{route}",status="{code}"}} {n}' for (route, code), n in _requests.items()),
            "# TYPE ale_request_seconds histogram",
            *(f'ale_request_seconds_bucket{{le="{limit}"}} {_within[limit]}' for limit in BUCKETS),
            f'ale_request_seconds_bucket{{le="+Inf"}} {_requests.total()}',
            f"ale_request_seconds_sum {_seconds:.6f}",
            f"ale_request_seconds_count {_requests.total()}",
        ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


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
