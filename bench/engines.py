"""A fresh installation per engine: SQLite in a scratch folder, PostgreSQL in a scratch schema where it is given."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import create_engine, text

from ale import create_app
from ale.config import Settings
from ale.demo import load_demo
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.db import Base, db, enter_domain, transaction
from ale.supply import supply_all

POSTGRESQL = os.environ.get("ALE_BENCH_DATABASE_URL") or os.environ.get("ALE_TEST_DATABASE_URL")
SCHEMA = "ale_bench"


def engines() -> list[str]:
    """The engines that can be measured here."""
    return ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]


@contextmanager
def installation(engine: str) -> Iterator[tuple[Flask, dict[str, str]]]:
    """An application with demo data on this engine, inside its context, and the environment other processes need."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"ALE_DATA_DIR": folder, "ALE_SECRET_KEY": "bench", "ALE_REDIS_URL": "redis://127.0.0.1:1/0"}
        if engine == "postgresql":
            given["ALE_DATABASE_URL"] = scratch_schema(str(POSTGRESQL))
        app = create_app(Settings.from_environment(given))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            enter_domain(ROOT_DOMAIN)
            with transaction():
                supply_all()
                load_demo()
            yield app, given
            db.engine.dispose()


def scratch_schema(url: str) -> str:
    """The address of a schema of this database, made anew."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    engine.dispose()
    return f"{url}?options=-csearch_path%3D{SCHEMA}"
