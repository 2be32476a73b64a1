"""How Alembic reaches the database of the application; `flask db` runs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from ale.foundation.db import Base, IdList, db
from ale.foundation.fulltext import NAME, set_up, take_down
from ale.foundation.second_wall import raise_up

config = context.config
if config.config_file_name:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """History must not depend on today's code: our own column types are written as what they are in the database."""
    return "sa.Text()" if kind == "type" and isinstance(item, IdList) else False


def raise_wall(ctx: Any, step: Any, **_rest: Any) -> None:
    """Tables that a migration made stand behind both walls before anybody uses them; the search goes with them."""
    if step.is_upgrade:
        raise_up(ctx.connection)
        set_up(ctx.connection)
    else:
        take_down(ctx.connection)


def is_declared(name: str | None, kind: str, _parents: Any) -> bool:
    """What migrations speak of; the words of the search are made beside the records."""
    return not (kind == "table" and str(name).startswith(NAME))


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: what refers to rows of the old one must not object to its going."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA foreign_keys=OFF")  # only heard outside a transaction: now, and when all is over
    try:
        yield
    finally:
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Apply the migrations in one transaction each, under the lock of the database."""
    arguments = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, without_foreign_keys(connection):
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_item=render_item, include_name=is_declared,
            transaction_per_migration=True, on_version_apply=raise_wall, **arguments,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()


run()
