"""The schema that migrations make is the one that the declarations describe, and it can be taken back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

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
