"""Several work on one import at the same moment, on PostgreSQL with real connections: nobody waits crosswise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Event, local
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, text

from ale.domains.imports import loading, publishing, repair, rows, validating
from ale.domains.imports.records import ImportTask
from ale.domains.people import service as people
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.db import db, enter_domain, session, transaction
from ale.verify import breaches
from tests.factories import user
from tests.imports import Import, account, contact, import_task
from tests.stories import Story

_number = count(1)
_BLOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


class Crossing:
    """Two who stop in the middle of a transaction until the other is there too, or waits for what they hold."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._place = engine, local()
        self.arrived = {"one": Event(), "other": Event()}

    def taken_by(self, who: str, function: Callable[..., Any], *args: Any) -> None:
        """Do something as the one or the other; in the end nobody has to wait for it any more."""
        self._place.who = who
        try:
            function(*args)
        finally:
            self.arrived[who].set()

    def meet(self) -> None:
        """Wait for the other."""
        who = getattr(self._place, "who", None)
        if who is None or self.arrived[who].is_set():
            return
        self.arrived[who].set()
        other = self.arrived["other" if who == "one" else "one"]
        with self._engine.connect() as connection:
            while not other.wait(0.02) and not connection.scalar(_BLOCKED):
                connection.rollback()

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, called after the meeting."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.meet()
            return function(*args, **kwargs)

        return wrapped


@pytest.fixture
def crossing(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crossing]:
    """Each transaction stops where it holds what it takes first: the rows, or for loading the task."""
    with shop.app_context():
        engine = create_engine(db.engine.url)
    made = Crossing(engine)
    monkeypatch.setattr(loading, "settle_duplicates", made.before(rows.settle_duplicates))
    for module in (repair, validating, publishing):
        monkeypatch.setattr(module, "shift", made.before(rows.shift))
    yield made
    engine.dispose()


@pytest.fixture
def number(shop: Flask) -> int:
    """That of the only row of an import, which is ready."""
    given = next(_number)

    def stage() -> None:
        with transaction():
            Story.begin(agent(), name_of(given))
            task = import_task(name=name_of(given))
        Import(task, agent()).load_rows(contact(given))

    at_work(shop, stage)
    return given


def name_of(number: int) -> str:
    return f"Crossing {number}"


def agent() -> Actor:
    found = people.actor_for(user("agent"))
    assert found is not None
    return found


def found(number: int) -> Import:
    task = session.scalars(select(ImportTask).where(ImportTask.account == account(name_of(number)).sys_id)).one()
    return Import(task, agent())


def at_work(shop: Flask, deed: Callable[[], Any]) -> Any:
    """What a door does, with transactions of its own."""
    with shop.app_context():
        enter_domain(ROOT_DOMAIN)
        return deed()


def load(number: int) -> None:
    """A row with the key of the one that is there: both become duplicates."""
    assert found(number).load_rows(contact(number, Title="Again")).state == "done"


def edit(number: int) -> None:
    one = found(number)
    with transaction():
        repair.edit_row(one.rows()[0], {"u_title": "Boss"}, version=None, by=one.by)


def discard(number: int) -> None:
    one = found(number)
    with transaction():
        assert repair.discard(one.task, [one.rows()[0].sys_id], by=one.by) == 1


def validate(number: int) -> None:
    assert found(number).validate().state == "done"


def publish(number: int) -> None:
    assert found(number).publish().state == "done"


@pytest.mark.parametrize("deed", [edit, discard, validate, publish])
def test_who_changes_rows_and_who_loads_do_not_wait_for_each_other(
    shop: Flask, number: int, crossing: Crossing, deed: Callable[[int], None]
) -> None:
    if deed is validate:
        at_work(shop, lambda: edit(number))
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(crossing.taken_by, who, at_work, shop, partial(what, number))
            for who, what in (("one", load), ("other", deed))
        ]
    assert [one.exception() for one in both] == [None, None]
    one = at_work(shop, lambda: (found(number).counts, found(number).counted(), breaches()))
    assert one[0] == one[1]
    assert one[2] == []
