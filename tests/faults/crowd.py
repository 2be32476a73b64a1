"""An import on which everybody works at once: two workers, every job announced twenty times, two people who publish.

`python -m tests.faults.crowd FOLDER ENGINE` prints what became of it as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from ale.config import PROJECT
from ale.domains.accounts.records import Contact
from ale.foundation.db import session, transaction
from ale.foundation.history import Audit
from ale.foundation.lifeline import tied
from ale.run import bell
from ale.verify import breaches
from tests.faults.ground import Ground
from tests.faults.scenario import installation
from tests.faults.visitor import Visitor
from tests.imports import SYSTEM, Import, as_csv, contact, import_task
from tests.instances import environment

ROWS = 1_000
TIMES = 20


@contextmanager
def another_worker(ground: Ground) -> Iterator[None]:
    """A second worker, beside the one that ALE keeps."""
    given = environment(Path(f"/proc/{ground.instance.process.pid}")).decode().split("\0")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.quick", "worker"],
        env=dict(one.split("=", 1) for one in given if one), cwd=PROJECT, preexec_fn=tied(),
    ) as worker:  # fmt: skip
        try:
            yield
        finally:
            worker.kill()


def play(ground: Ground) -> dict[str, Any]:
    """Load, have two people publish the same rows, take that back; every job is delivered again and again."""
    with transaction():
        work = Import(import_task(), SYSTEM)
    one, other = (Visitor(ground, work.task.sys_id, name) for name in ("analyst", "agent"))
    rows = as_csv([contact(number) for number in range(ROWS)])
    _deliver(ground, one, one.begin("load", attachments=[one.upload(rows, "rows.csv")]))
    answers = _at_once(one, other)
    begun = next(answer.json()["result"]["job"] for answer in answers if answer.is_success)
    _deliver(ground, one, begun)
    slow = one if not answers[0].is_success else other
    late = slow.send(slow.door("publish"), json={"rows": "all"})
    published = _became(work)
    _deliver(ground, one, one.begin("undo", publication=begun))
    left = session.scalar(select(func.count()).where(Contact.external_reference_id.startswith("X-")))
    return {
        "answers": {name: _said(answer) for name, answer in zip(("analyst", "agent"), answers, strict=True)},
        "late": _said(late),
        "published": published,
        "left": left,
        "counts": work.counts,
        "breaches": [str(one) for one in breaches()],
    }


def _at_once(*people: Visitor) -> list[Any]:
    """All of them press Publish at the same moment."""
    barrier = Barrier(len(people))

    def press(visitor: Visitor) -> Any:
        barrier.wait()
        return visitor.send(visitor.door("publish"), json={"rows": "all"})

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(press, people))


def _deliver(ground: Ground, visitor: Visitor, job: str) -> None:
    with bell.connect(f"unix://{ground.queue}") as queue:
        for _ in range(TIMES):
            bell.ring(queue, job)
    visitor.follow(job)


def _became(work: Import) -> dict[str, Any]:
    """How many contacts there are, and how often something was told of one."""
    session.rollback()
    mine = select(Contact.sys_id).where(Contact.external_reference_id.startswith("X-"))
    told = session.execute(select(Audit.record, func.count()).where(Audit.record.in_(mine)).group_by(Audit.record))
    return {"lines": Counter(count for _, count in told), "created": work.publication.created, "counts": work.counts}


def _said(answer: Any) -> list[Any]:
    return [answer.status_code, "" if answer.is_success else answer.json()["error"]["detail"]]


def main(folder: str, engine: str) -> None:
    with installation(Path(folder), engine, "quick", 0, 0) as ground, another_worker(ground):
        print(json.dumps(play(ground)))


if __name__ == "__main__":
    main(*sys.argv[1:])
