"""A race: deeds that meet after reading and before writing, each in a transaction of its own that really commits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, create_engine, func, select, text

from ale import create_app
from ale.config import Settings
from ale.demo.people import make_staff
from ale.domains.people import service as people
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.db import Base, db, enter_domain, session, transaction
from ale.foundation.problem import Refusal
from ale.supply import supply_all

SYSTEM = Actor.system()
PATIENCE = 60  # seconds, on a busy machine

Meet = Callable[[], object]
Deed = Callable[[Meet], Any]


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """An application with a schema of its own whose transactions really commit; staff and supplied rows only."""
    url = settings.database_url
    if not url.startswith("postgresql"):
        pytest.skip("Races need PostgreSQL: SQLite lets one writer in at a time")
    schema = f"races_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    plain, _, _ = url.partition("options=")
    engine = create_engine(plain.rstrip("?&"))
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    app = create_app(replace(settings, database_url=f"{plain}options=-csearch_path%3D{schema}"))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        enter_domain(ROOT_DOMAIN)
        with transaction():
            supply_all()
            make_staff(SYSTEM)
        session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def done(shop: Flask, deed: Callable[[], Any]) -> Any:
    """Do something in a transaction of its own."""
    with shop.app_context():
        enter_domain(ROOT_DOMAIN)
        with transaction():
            return deed()


def race(shop: Flask, *deeds: Deed) -> list[Any]:
    """Do all deeds at once; each calls what it is given when it has read, and goes on when all have. What came out."""
    barrier = Barrier(len(deeds), timeout=30)

    def run(deed: Deed) -> Any:
        try:
            return done(shop, lambda: deed(barrier.wait))
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def while_open(shop: Flask, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Do `first`; before it commits do `second`, until that is done or waits for a lock. What came out of both.

    So the two always meet, and one that should have waited and did not has read what the other was about to change.
    """
    begun, met, backend = Event(), Event(), Future[int]()

    def lead() -> Any:
        outcome = first()
        begun.set()
        assert met.wait(PATIENCE)
        return outcome

    def follow() -> Any:
        assert begun.wait(PATIENCE)
        backend.set_result(session.scalar(select(func.pg_backend_pid())))
        return second()

    def run(deed: Callable[[], Any]) -> Any:
        try:
            return done(shop, deed)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        leading, following = pool.submit(run, lead), pool.submit(run, follow)
        with shop.app_context(), db.engine.connect() as connection:
            beside = connection.execution_options(isolation_level="AUTOCOMMIT")  # else it sees one moment only
            while not (following.done() or leading.done() or _waits(beside, backend.result(PATIENCE))):
                sleep(0.01)
        met.set()
        return [leading.result(), following.result()]


def _waits(beside: Connection, backend: int) -> bool:
    """Whether the database lets this connection of another wait for a lock."""
    asked = text("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = :pid")
    return bool(beside.scalar(asked, {"pid": backend}))


def refusals(outcomes: list[Any]) -> list[type[Refusal]]:
    return [type(one) for one in outcomes if isinstance(one, Refusal)]


def number_of(shop: Flask, record_type: Any, *conditions: Any) -> int:
    return int(done(shop, lambda: session.scalar(select(func.count(record_type.sys_id)).where(*conditions))))
