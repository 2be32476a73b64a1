"""What is kept while nothing changes: never older than the data, never another's."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from ale.domains.estate.records import Product
from ale.foundation.actor import Actor
from ale.foundation.calendar_words import speaks_of_time
from ale.foundation.changes import create
from ale.foundation.db import db, enter_domain, session
from ale.foundation.unchanged import state_of, while_unchanged

Ask = Callable[[], int]


@pytest.fixture
def ask(app: Flask) -> Ask:
    """How often it was worked out until now, as what is kept says."""
    times = iter(range(1, 100))
    return lambda: while_unchanged(("how often", id(times)), lambda: next(times))


def product() -> None:
    create(Product, {"name": "Kept"}, by=Actor.system())


def test_it_is_worked_out_once_until_something_is_written(ask: Ask) -> None:
    assert (ask(), ask()) == (1, 1)
    product()
    assert ask() == 2


def test_what_was_seen_of_changes_goes_with_them(ask: Ask) -> None:
    ask()
    part = session.begin_nested()
    product()
    inside = ask()
    part.rollback()
    assert ask() > inside > 1


def test_each_domain_has_its_own(ask: Ask) -> None:
    assert ask() == 1
    enter_domain("TOP/Boxeo")
    assert ask() == 2


def test_a_connection_sees_that_another_one_wrote(tmp_path: Path) -> None:
    """On SQLite; that PostgreSQL's snapshots differ is shown by two connections of the shop."""
    engine = create_engine(f"sqlite:///{tmp_path}/two.sqlite3")
    with engine.connect() as one, engine.connect() as other:
        one.execute(text("CREATE TABLE t (n INTEGER)"))
        one.commit()
        before = state_of(other)
        assert state_of(other) == before
        other.rollback()
        one.execute(text("INSERT INTO t VALUES (1)"))
        one.commit()
        assert state_of(other) != before


def test_a_postgresql_connection_sees_that_another_one_wrote(shop: Flask) -> None:
    with shop.app_context(), db.engine.connect() as one, db.engine.connect() as other:
        before = state_of(other)
        assert before is not None
        one.execute(text("CREATE TEMPORARY TABLE t (n INTEGER)"))
        assert state_of(one) is None, "a transaction that writes keeps nothing"
        one.commit()
        assert state_of(other) != before


@pytest.mark.parametrize("query", ["opened_atONToday@javascript:gs.x()", "due_dateRELATIVEGE@day@ago@3", "dNOTONx"])
def test_queries_of_the_present_moment_are_known(query: str) -> None:
    assert speaks_of_time(query)
    assert not speaks_of_time("state=open^ORDERBYnumber")
