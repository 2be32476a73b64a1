"""Pages and answers of the API asked for in this process: how long each takes, and how many statements it sends."""

import statistics
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context

from flask.testing import FlaskClient
from sqlalchemy import event

from ale.demo.people import PASSWORD
from ale.foundation.db import db
from bench.report import Report

RUNS = 40


def log_on(client: FlaskClient, user: str = "agent") -> None:
    """Log on as the pages do."""
    page = client.get("/login").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"username": user, "password": PASSWORD, "csrf_token": token})


def measure(report: Report, client: FlaskClient, name: str, address: str, **about: object) -> float:
    """Ask for an address several times, once before that for its templates to be compiled; the median in milliseconds.

    Beside the time that passed stands the time this process worked, which others on the machine cannot lengthen much.
    """
    times, worked = [], []
    caller = {"Authorization": "Basic " + b64encode(f"agent:{PASSWORD}".encode()).decode()}
    for turn in range(-1, RUNS):
        with statements() as sent:
            begun, busy = time.perf_counter(), time.process_time()
            # In a context of its own, as a server's: else session and user would be known from the request before.
            answer = Context().run(client.get, address, headers=caller if address.startswith("/api/") else None)
            if turn >= 0:
                times.append((time.perf_counter() - begun) * 1000)
                worked.append((time.process_time() - busy) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    times.sort()
    worked.sort()
    about |= {"runs": RUNS}
    report.figure(f"{name}, p50", statistics.median(times), "ms", **about)
    report.figure(f"{name}, p95", times[int(RUNS * 0.95)], "ms", **about)
    report.figure(f"{name}, p95 of work", worked[int(RUNS * 0.95)], "ms", **about)
    report.figure(f"{name}, statements", len(sent), "", **about)
    return statistics.median(times)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements sent while inside."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
