"""Lists, records and the Table API with 1,000 and with 1,000,000 contacts: time and statements of each kind of page."""

import statistics
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from ale.demo.people import PASSWORD
from ale.domains.accounts.records import Account, Contact
from ale.foundation import bulk
from ale.foundation.actor import Actor
from ale.foundation.db import db, session, transaction
from bench.engines import engines, installation
from bench.report import Report

SIZES = (1_000, 1_000_000)
RUNS = 15
PAGE = 50
API = "/api/now/table/customer_contact"
CALLER = {"Authorization": "Basic " + b64encode(f"agent:{PASSWORD}".encode()).decode()}


def run(report: Report) -> None:
    """Measure each engine at each size."""
    for engine in engines():
        with installation(engine) as (app, _):
            client = app.test_client()
            _log_on(client)
            first = {}
            for size in SIZES:
                _fill(size)
                for name, address in _addresses(size):
                    first[name, size] = _measure(report, app, client, engine, size, name, address)
            for name in ("first page", "API, first page"):
                small, large = (first[name, size] for size in SIZES)
                report.figure(f"{name}, {SIZES[1]:,} / {SIZES[0]:,} rows", large / small, "times", engine=engine)


def _log_on(client: FlaskClient) -> None:
    page = client.get("/login").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"username": "agent", "password": PASSWORD, "csrf_token": token})


def _fill(size: int) -> None:
    """Bring the number of contacts to `size`."""
    account = session.scalars(select(Account).where(Account.name == "Genixify")).one()
    have = session.scalar(select(func.count()).select_from(Contact)) or 0
    by = Actor.system()
    for start in range(have, size, 5_000):
        rows = [
            {"first_name": f"First{n % 977}", "last_name": f"Last{n * 7919 % size:06d}", "email": f"n{n}@bench.example",
             "account": account.sys_id, "language": ("en", "fr", "de")[n % 3]}
            for n in range(start, min(start + 5_000, size))
        ]  # fmt: skip
        with transaction():
            bulk.create_many(Contact, rows, by=by)


def _addresses(size: int) -> list[tuple[str, str]]:
    place = min(1_000, size // PAGE) * PAGE - PAGE
    found = (
        select(Contact.last_name, Contact.sys_id).order_by(Contact.last_name, Contact.sys_id).offset(place - 1).limit(1)
    )
    value, key = session.execute(found).one()
    mark = urlsafe_b64encode(f'[{place}, "{value}", "{key}"]'.encode()).decode().rstrip("=")
    return [
        ("first page", "/contacts"),
        ("filtered", "/contacts?query=language%3Dfr"),
        ("sorted by email", "/contacts?sort=-email"),
        ("searched", "/contacts?q=Last00012"),
        (f"page {place // PAGE + 1:,}", f"/contacts?after={mark}"),
        ("record", f"/contacts/{key}"),
        ("API, first page", f"{API}?sysparm_display_value=all&sysparm_limit={PAGE}"),
        ("API, filtered", f"{API}?sysparm_limit={PAGE}&sysparm_query=language=fr^account.name=Genixify"),
        ("API, one", f"{API}/{key}?sysparm_display_value=all"),
    ]


def _measure(report: Report, app: Flask, client: FlaskClient, engine: str, size: int, name: str, address: str) -> float:
    """Ask for an address several times; the median, in milliseconds."""
    times = []
    for _ in range(RUNS):
        with _statements() as sent:
            begun = time.perf_counter()
            answer = client.get(address, headers=CALLER if address.startswith(API) else None)
            times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    times.sort()
    about = {"engine": engine, "rows": size, "runs": RUNS}
    report.figure(f"{name}, p50", statistics.median(times), "ms", **about)
    report.figure(f"{name}, p95", times[int(RUNS * 0.95)], "ms", **about)
    report.figure(f"{name}, statements", len(sent), "", **about)
    return statistics.median(times)


@contextmanager
def _statements() -> Iterator[list[str]]:
    """The SQL statements sent while inside."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
