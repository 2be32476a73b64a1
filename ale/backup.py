"""A copy of everything while ALE runs, and putting it back: one .tar.gz with the database and the attachments."""

import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from ale.config import Settings
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.second_wall import SETTING

ATTACHMENTS = "attachments"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class BackupError(Exception):
    """The copy could not be made or put back; the message is one sentence for whoever runs ALE."""


def backup(settings: Settings, target: Path) -> None:
    """Write the database, then the attachments it speaks of, to `target`; a copy that fails leaves no file behind.

    The database is copied first: attachments are stored before their rows and never changed, so that every row of
    the copy finds its bytes.
    """
    url = make_url(settings.database_url)
    kind = url.get_backend_name()
    draft = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.parent or None) as folder:
        copy = Path(folder) / DATABASES[kind]
        _COPY[kind](url, copy)
        try:
            with tarfile.open(draft, "w:gz") as archive:
                archive.add(copy, copy.name)
                if (settings.data_dir / ATTACHMENTS).is_dir():
                    archive.add(settings.data_dir / ATTACHMENTS, ATTACHMENTS)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def restore(settings: Settings, source: Path) -> None:
    """Put a copy back in place of what is there. ALE must be stopped; the copy must be of the same kind of database."""
    url = make_url(settings.database_url)
    kind = url.get_backend_name()
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise BackupError(f"{source} is no copy made by “flask ale backup”: {error}.") from error
        copy = Path(folder) / DATABASES[kind]
        if not copy.is_file():
            raise BackupError(f"{source} holds no {kind} database; ALE_DATABASE_URL must name the kind it was made of.")
        _PUT_BACK[kind](url, copy)
        _replace_folder(Path(folder) / ATTACHMENTS, settings.data_dir / ATTACHMENTS)


def _replace_folder(new: Path, old: Path) -> None:
    if old.exists():
        shutil.rmtree(old)
    if new.is_dir():
        new.replace(old)


def _copy_sqlite(url: URL, copy: Path) -> None:
    """SQLite's own online copy: consistent while others write."""
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _put_sqlite_back(url: URL, copy: Path) -> None:
    database = Path(str(url.database))
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    copy.replace(database)


def _copy_postgresql(url: URL, copy: Path) -> None:
    """Behind row-level security, a copy of everything is one of the uppermost domain."""
    seen = f"{url.query.get('options', '')} -c{SETTING}={ROOT_DOMAIN}".strip()
    whole = url.update_query_dict({"options": seen})
    _run("pg_dump", "--format=custom", "--enable-row-security", f"--file={copy}", _plain(whole))


def _put_postgresql_back(url: URL, copy: Path) -> None:
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        f"--dbname={_plain(url)}",
        str(copy),
    )


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise BackupError(f"{command[0]} is not installed; it comes with the PostgreSQL client.") from error
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{command[0]} failed: {error.stderr.strip()[-400:]}") from error


_COPY = {"sqlite": _copy_sqlite, "postgresql": _copy_postgresql}
_PUT_BACK = {"sqlite": _put_sqlite_back, "postgresql": _put_postgresql_back}
