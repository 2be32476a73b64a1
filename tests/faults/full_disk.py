"""An import on a disk that is filled to the brim in the middle of it, and gets room again later.

`python -m tests.faults.full_disk FOLDER ENGINE` prints what was said and what became of it as JSON. The disk is a small
one in memory that only the processes at fault see: ALE's data folder, with PostgreSQL that of its tables.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ale import create_app
from ale.config import Settings
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.db import db, enter_domain, session, transaction
from ale.foundation.room import FULL
from ale.verify import breaches
from tests.faults.database import own_postgres
from tests.faults.ground import Ground
from tests.faults.visitor import UPLOAD, Visitor, seen
from tests.imports import SYSTEM, Import, as_csv, contact, import_task
from tests.instances import Instance, becomes, launch, ready

ROWS = 2_000
SIZE = 96  # MiB
ON_A_SMALL_DISK = 'mount -t tmpfs -o size=$0m,mode=777 none "$1" && shift && exec "$@"'


def on_a_small_disk(folder: Path) -> list[str]:
    """What to write before a command to have it and what it starts see a small disk of their own in this folder."""
    return ["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", ON_A_SMALL_DISK, str(SIZE), str(folder)]


class SmallDisk:
    """The disk in a folder."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while file.write(b"x" * size) == size:
                        continue
                except OSError:
                    continue

    def clear(self) -> None:
        self._filler.unlink()


@contextmanager
def running(folder: Path, engine: str) -> Iterator[tuple[Instance, SmallDisk]]:
    """ALE with its data folder, and the tables of its PostgreSQL, on a small disk."""
    tempfile.tempdir = str(folder)
    data = folder / "data"
    with ExitStack() as stack:
        url = {}
        if engine == "postgresql":
            (data / "tables").mkdir()
            url["ALE_DATABASE_URL"] = stack.enter_context(own_postgres(data / "tables")).url
        instance = launch(
            data, arguments="--end-with-parent", module="tests.faults.quick", ALE_ENV="development", **url
        )
        stack.callback(instance.end)
        ready(instance)
        app = create_app(Settings.from_environment({"ALE_DATA_DIR": str(instance.folder)} | url))
        with app.app_context():
            enter_domain(ROOT_DOMAIN)
            yield instance, SmallDisk(data)
            session.remove()
            db.engine.dispose()


def play(instance: Instance, disk: SmallDisk) -> dict[str, Any]:
    """Load; fill the disk while rows are published; look what is said; make room; look what became of it."""
    with transaction():
        work = Import(import_task(), SYSTEM)
    visitor = Visitor(Ground(instance, None, 0, 0), work.task.sys_id)
    rows = as_csv([contact(number) for number in range(ROWS)])
    visitor.deed("load", attachments=[visitor.upload(rows, "rows.csv")])
    job = visitor.begin("publish", rows="all")
    assert becomes(lambda: seen(job).done > 100, 30)
    disk.fill()
    session.rollback()
    answer = visitor.send(UPLOAD, params=visitor.place("large.csv"), content=b"x" * 1_000_000)
    said = answer.status_code, answer.json()["error"]["detail"]
    followed = f"/api/sn_acct_lc/job/{job}"
    assert becomes(lambda: visitor.read(followed)["message"] == FULL, 30), visitor.read(followed)
    meanwhile = {"counts": work.counts, "counted": work.counted(), "breaches": [str(one) for one in breaches()]}
    session.rollback()
    disk.clear()
    visitor.ground.last = time.monotonic()
    visitor.follow(job)
    waited = time.monotonic() - visitor.ground.last
    left = [one.name for one in (instance.folder / "attachments").glob(".new-*")]
    after = {"counts": work.counts, "breaches": [str(one) for one in breaches()]}
    return {"upload": said, "meanwhile": meanwhile, "after": after, "left": left, "waited": waited}


def main(folder: str, engine: str) -> None:
    with running(Path(folder), engine) as (instance, disk):
        print(json.dumps(play(instance, disk)))


if __name__ == "__main__":
    main(*sys.argv[1:])
