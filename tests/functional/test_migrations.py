"""The schema that migrations make is the one that the declarations describe, and it can be taken back."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, column, inspect, table

from ale import create_app
from ale.config import Settings
from ale.foundation import fulltext
from ale.foundation.db import Base, db
from tests.conftest import own_schema


@pytest.fixture
def empty(tmp_path: Path, settings: Settings) -> Iterator[Flask]:
    """An application whose database has no tables yet."""
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def walled(settings: Settings) -> Iterator[Flask]:
    """An empty application on PostgreSQL, as a role that row-level security holds; skipped on SQLite."""
    if not settings.database_url.startswith("postgresql"):
        pytest.skip("Row-level security is PostgreSQL's")
    app = create_app(Settings.from_environment(
        {"ALE_DATA_DIR": str(settings.data_dir), "ALE_SECRET_KEY": "test",
         "ALE_DATABASE_URL": own_schema(os.environ["ALE_DATABASE_URL"], "migrations")}
    ))  # fmt: skip
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_see_the_rows_of_every_domain(walled: Flask) -> None:
    """Where nobody told a domain, the database shows a migration no row of a separated table."""
    upgrade(revision="0003")
    loaded = frame("s") | {"number": "n", "import_task": "t", "attachment": "a", "file_name": "f", "state": "success",
                           "rows_total": 5, "last_line": 6}  # fmt: skip
    with db.engine.begin() as connection:
        tell(connection)
        for one in inspect(connection).get_foreign_keys("sys_import_set"):
            connection.exec_driver_sql(f"ALTER TABLE sys_import_set DROP CONSTRAINT {one['name']}")
        put(connection, "sys_import_set", loaded)
        put(connection, "sys_user", user("u", "Ada"))
    upgrade()
    with db.engine.begin() as connection:
        tell(connection)
        assert connection.exec_driver_sql("SELECT rows_discarded FROM sys_import_set").scalar() == 5
        assert connection.exec_driver_sql("SELECT user_name FROM sys_user").scalar() == "ada"


def tell(connection: Connection) -> None:
    connection.exec_driver_sql("SELECT set_config('ale.domain', 'TOP', true)")


def put(connection: Connection, name: str, *rows: dict[str, object]) -> None:
    connection.execute(table(name, *map(column, rows[0])).insert(), rows)


def frame(key: str) -> dict[str, object]:
    """What every row has."""
    day = dict.fromkeys(("sys_created_on", "sys_updated_on"), "2026-01-01 00:00:00.000000")
    by = dict.fromkeys(("sys_created_by", "sys_updated_by"), "system")
    return day | by | {"sys_id": key, "sys_domain": "TOP/Far", "sys_mod_count": 0}


def user(key: str, name: str) -> dict[str, object]:
    """A row of a user."""
    plain = dict.fromkeys(("name", "user_name"), name) | {"email": f"{key}@x.example", "roles": ""}
    return frame(key) | plain | {"user_type": "internal", "language": "en", "theme": "auto", "active": True,
                                 "locked_out": False}  # fmt: skip


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


def test_user_names_that_are_there_become_small_and_stay_apart(empty: Flask) -> None:
    upgrade(revision="0009")
    names = ("ada", "Ada", "Zoe")
    with db.engine.begin() as connection:
        put(connection, "sys_user", *(user(f"{place:032}", name) for place, name in enumerate(names)))
    upgrade()
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT user_name FROM sys_user ORDER BY sys_id").scalars().all()
    assert found == ["ada", "ada-00000001", "zoe"]


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
