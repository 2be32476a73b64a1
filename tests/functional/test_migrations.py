"""The schema that migrations make is the one that the declarations describe, and it can be taken back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from ale import create_app
from ale.config import Settings
from ale.foundation import fulltext
from ale.foundation.db import Base, db


@pytest.fixture
def empty(tmp_path: Path, settings: Settings) -> Iterator[Flask]:
    """An application whose database has no tables yet."""
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_make_what_is_declared(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_declared})
        assert compare_metadata(context, Base.metadata) == []


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """The words of the full-text search are derived: no migration speaks of them."""
    return not (kind == "table" and str(name).startswith(fulltext.NAME))


def test_migrations_can_be_taken_back(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_open_signals_that_are_there_get_their_cause_the_first_of_each(empty: Flask) -> None:
    upgrade(revision="0006")
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # what the signals are of does not matter here
        said = [("1", "new", "Sponsor  LEFT"), ("2", "active", "sponsor left"), ("3", "closed", "Budget cut")]
        for key, state, text in said:
            values = {name: f"'{value}'" for name, value in given(key, state, text).items()}
            names, texts = ",".join(values), ",".join(values.values())
            connection.exec_driver_sql(f"INSERT INTO {SIGNALS} ({names}) VALUES ({texts})")
        connection.exec_driver_sql(SOLUTION)
        connection.commit()
        driver.execute("PRAGMA foreign_keys=ON")
    upgrade()  # also where something refers to a signal
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT sys_id, open_cause, times_seen, last_seen FROM {SIGNALS}").all()
    day = "2026-01-01 00:00:00.000000"
    assert sorted(found) == [("1", "e - sponsor left", 1, day), ("2", None, 1, day), ("3", None, 1, day)]


SIGNALS = "sn_acct_lc_risk_signal_issue"
SOLUTION = (
    f"INSERT INTO {SIGNALS.removesuffix('issue')}solution_relationship VALUES"
    " ('n', 't', 'r', '1', 1, 'TOP', 's', '2026-01-01', 'system', '2026-01-01', 'system', 0)"
)
"""A row that refers to the first signal."""


def given(key: str, state: str, text: str) -> dict[str, object]:
    """A row of a signal as it was before."""
    day = dict.fromkeys(("sys_created_on", "sys_updated_on", "opened_at"), "2026-01-01 00:00:00.000000")
    by = dict.fromkeys(("sys_created_by", "sys_updated_by"), "system")
    empty = dict.fromkeys(("squad", "contracts_impacted", "products_impacted", "watch_list", "work_notes_list"), "")
    rest = {"engagement": "e", "risk_or_issue": "risk", "tracking_method": "manual", "scope": "adoption",
            "probability": "high", "priority": "4", "active": 1, "sys_mod_count": 0, "sys_domain": "TOP"}  # fmt: skip
    return day | by | empty | rest | {"sys_id": key, "number": key, "state": state, "short_description": text,
                                      "description": text}  # fmt: skip
