"""A copy holds everything, and putting it back brings everything back."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ale.backup import BackupError, backup, restore
from ale.config import Settings
from ale.domains.people.records import User
from ale.foundation.db import session
from ale.run import lock


def _settings(folder: Path) -> Settings:
    return Settings.from_environment({"ALE_DATA_DIR": str(folder), "ALE_SECRET_KEY": "x"})


def _rows(settings: Settings) -> list[tuple[str]]:
    with closing(sqlite3.connect(settings.data_dir / "ale.sqlite3")) as database:
        return database.execute("SELECT word FROM t ORDER BY word").fetchall()


def _write(settings: Settings, *words: str) -> None:
    with closing(sqlite3.connect(settings.data_dir / "ale.sqlite3")) as database, database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE IF NOT EXISTS t (word TEXT)")
        database.executemany("INSERT INTO t VALUES (?)", [(word,) for word in words])


def test_a_copy_made_while_others_write_comes_back_whole(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "data")
    _write(settings, "one", "two")
    stored = settings.data_dir / "attachments" / "ab"
    stored.mkdir(parents=True)
    (stored / "file").write_bytes(b"bytes")
    with closing(sqlite3.connect(settings.data_dir / "ale.sqlite3")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES ('not committed')")
        backup(settings, tmp_path / "copy.tar.gz")
        writer.rollback()
    _write(settings, "three")
    (stored / "file").write_bytes(b"changed")
    restore(settings, tmp_path / "copy.tar.gz")
    assert _rows(settings) == [("one",), ("two",)]
    assert (stored / "file").read_bytes() == b"bytes"


def test_nothing_is_put_back_under_a_running_ale(app: Flask, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "copy.tar.gz").touch()
    held = lock.hold(settings.data_dir)
    told = app.test_cli_runner().invoke(args=["ale", "restore", str(tmp_path / "copy.tar.gz")])
    os.close(held)
    assert told.exit_code == 1
    assert "Nothing was put back: it already runs on the data folder" in told.output


def test_a_user_is_not_made_with_a_role_that_is_none(app: Flask) -> None:
    given = ["--name", "Zoé", "--email", "zoe@x.example", "--password", "secret-enough", "--role", "no.such.role"]
    told = app.test_cli_runner().invoke(args=["ale", "user", "add", "zoe", *given])
    assert told.exit_code == 1
    assert "There is no role called “no.such.role”." in told.output
    session.rollback()
    assert session.scalar(select(User.sys_id).where(User.user_name == "zoe")) is None


def test_what_is_no_copy_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "data")
    _write(settings, "kept")
    (tmp_path / "wrong.tar.gz").write_bytes(b"no archive")
    with pytest.raises(BackupError, match="no copy"):
        restore(settings, tmp_path / "wrong.tar.gz")
    assert _rows(settings) == [("kept",)]


def test_demo_data_is_refused_in_production(tmp_path: Path) -> None:
    environment: Mapping[str, str] = {
        "ALE_ENV": "production", "ALE_SECRET_KEY": "x", "ALE_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "ale", "demo"]
    answer = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "production" in answer.stderr
