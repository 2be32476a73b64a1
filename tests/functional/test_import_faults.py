"""What an import does when others are faster, when its reader is killed, and when the disk is full."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ale import jobs
from ale.blueprints.shown import import_standing
from ale.domains.imports import loading, publishing, service
from ale.domains.imports.workbook import Workbook
from ale.foundation import attachments, ledger, room
from ale.foundation.actor import Actor
from ale.foundation.db import session, transaction
from ale.foundation.ledger import Job
from ale.foundation.problem import Rejected
from ale.foundation.room import FULL
from tests.conftest import Browser
from tests.imports import Import, contact, run


def refusal(deed: Callable[[], object]) -> tuple[str, str]:
    """Code and sentence of what is refused."""
    with pytest.raises(Rejected) as refused, transaction():
        deed()
    [problem] = refused.value.problems
    return problem.code, problem.text()


@pytest.fixture
def analyst(actor: Callable[[str], Actor]) -> Actor:
    return actor("analyst")


def test_who_publishes_the_same_rows_is_told_who_is_at_it(contacts: Import, analyst: Actor) -> None:
    contacts.load_rows(contact(1), contact(2), contact(3))
    first, second, third = (row.sys_id for row in contacts.rows())
    with transaction():
        job = service.publish(contacts.task, [first, second], by=contacts.by)
    said = "JOB_RUNNING", "Olive Marchand is publishing these rows at the moment."
    assert refusal(lambda: service.publish(contacts.task, "all", by=analyst)) == said
    assert refusal(lambda: service.publish(contacts.task, [second, third], by=analyst)) == said
    with transaction():
        other = service.publish(contacts.task, [third], by=analyst)
    assert [run(one).state for one in (job, other)] == ["done", "done"]
    assert contacts.counted() == (0, 0, 0, 3)


def test_who_publishes_what_is_published_is_told_who_did(contacts: Import, analyst: Actor) -> None:
    contacts.load_rows(contact(1), contact(2))
    rows = [row.sys_id for row in contacts.rows()]
    contacts.publish([rows[0]])
    said = "ALREADY_PUBLISHED", "Olive Marchand has published these rows already."
    assert refusal(lambda: service.publish(contacts.task, rows, by=analyst)) == said
    contacts.publish([rows[1]])
    assert refusal(lambda: service.publish(contacts.task, "all", by=analyst)) == said
    assert contacts.publish().state == "done", "nobody is in their own way"


def test_a_preview_does_not_hide_who_was_first(contacts: Import, analyst: Actor) -> None:
    contacts.load_rows(contact(1))
    contacts.publish()
    code, _ = refusal(lambda: service.publish(contacts.task, "all", by=analyst, token="0" * 96))
    assert code == "ALREADY_PUBLISHED"


@pytest.fixture
def murder(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """`murder(times)`: so many readers are killed after their first rows, with `further` each after some more rows than
    the one before; the list of their processes.
    """
    chunks = Workbook.chunks

    def kill_readers(times: int, *, further: bool = False) -> list[int]:
        killed: list[int] = []

        def dying(book: Workbook) -> Any:
            for number, chunk in enumerate(chunks(book)):
                yield chunk
                if len(killed) < times and (not further or number == len(killed)):
                    killed.append(book.child_pid)
                    os.kill(book.child_pid, signal.SIGKILL)
                    book._child._lines.clear()
                    book._child.status()  # it may have been through: then it is as if it had not
                    monkeypatch.setattr(book._child, "status", lambda: -signal.SIGKILL)

        monkeypatch.setattr(Workbook, "chunks", dying)
        return killed

    return kill_readers


def test_a_file_whose_reader_is_killed_is_read_again(
    contacts: Import, murder: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "AT_ONCE", 500)
    killed = murder(2)
    job = contacts.load_rows(*(contact(number) for number in range(2_500)))
    assert (job.state, contacts.counts[1], len(killed)) == ("done", 0, 2)
    assert [row.line for row in contacts.rows()] == list(range(2, 2_502))
    assert contacts.counts == contacts.counted() == (0, 0, 2_500, 0)


def test_readers_that_are_killed_again_and_again_come_to_the_end_as_long_as_each_gets_further(
    contacts: Import, murder: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "AT_ONCE", 500)
    killed = murder(5, further=True)
    job = contacts.load_rows(*(contact(number) for number in range(5_500)))
    assert (job.state, len(killed)) == ("done", 5)
    assert [row.line for row in contacts.rows()] == list(range(2, 5_502))


def test_a_file_whose_readers_are_always_killed_needs_too_much_memory(
    contacts: Import, murder: Callable[..., list[int]]
) -> None:
    killed = murder(99)
    job = contacts.load_rows(*(contact(number) for number in range(2_500)))
    assert (job.state, len(killed)) == ("failed", 3)
    assert "needs too much memory" in job.message
    assert contacts.counts == contacts.counted() == (0, 0, 0, 0)


def full() -> OperationalError:
    """What SQLite says when there is no room."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return OperationalError("INSERT", {}, error)


def test_on_a_full_disk_a_job_waits_and_goes_on(
    contacts: Import, monkeypatch: pytest.MonkeyPatch, log_on: Callable[[str], Browser]
) -> None:
    contacts.load_rows(contact(1), contact(2))
    settle = publishing._settle
    with transaction():
        job = service.publish(contacts.task, "all", by=contacts.by)

    def refuse(*_: object) -> None:
        raise full()

    monkeypatch.setattr(publishing, "_settle", refuse)
    stopped = run(job)
    assert (stopped.state, stopped.message, stopped.attempts) == ("running", FULL, 0)
    assert contacts.counts == contacts.counted() == (0, 0, 2, 0)
    page = log_on("agent").get(f"/imports/{contacts.task.sys_id}").text
    assert "The server’s disk is full." in page
    monkeypatch.setattr(publishing, "_settle", settle)
    session.get_one(Job, job.sys_id).lease_until = None
    session.flush()
    assert run(job).state == "done"
    assert contacts.counted() == (0, 0, 0, 2)


def test_a_job_says_so_even_when_there_is_no_room_for_the_note(
    contacts: Import, monkeypatch: pytest.MonkeyPatch, log_on: Callable[[str], Browser]
) -> None:
    contacts.load_rows(contact(1))
    with transaction():
        service.publish(contacts.task, "all", by=contacts.by)
    address = f"/imports/{contacts.task.sys_id}"
    assert "disk is full" not in log_on("agent").get(address).text
    monkeypatch.setattr(import_standing, "is_left", lambda _folder: False)
    assert "disk is full" in log_on("agent").get(address).text


def test_an_upload_that_finds_no_room_is_answered_in_a_sentence_and_leaves_nothing(
    contacts: Import, monkeypatch: pytest.MonkeyPatch, app: Any, log_on: Callable[[str], Browser]
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    @contextmanager
    def as_served() -> Any:
        app.config["TESTING"], app.config["PROPAGATE_EXCEPTIONS"] = False, False
        yield
        app.config["TESTING"], app.config["PROPAGATE_EXCEPTIONS"] = True, None

    place = {"table_name": "sn_ti_core_imp_task", "table_sys_id": contacts.task.sys_id, "file_name": "a.csv"}
    with as_served(), monkeypatch.context() as patch:
        patch.setattr(attachments.os, "fsync", refuse)
        answer = log_on("agent").post("/api/now/attachment/file", query_string=place, data=b"x", auth=("agent", "demo"))
    assert (answer.status_code, answer.json["error"]["detail"]) == (507, FULL)
    assert list(attachments._folder[0].glob(".new-*")) == []


def test_what_is_no_full_disk_is_not_called_one() -> None:
    assert room.is_full(OSError(errno.ENOSPC, "No space left on device"))
    assert room.is_full(full())
    assert not room.is_full(OSError(errno.EACCES, "Permission denied"))
    assert not room.is_full(OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked")))
    assert not room.is_full(None)


def test_a_failure_that_is_none_of_the_disk_counts_as_a_try(contacts: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts.load_rows(contact(1))
    monkeypatch.setattr(ledger, "ATTEMPTS", 1)
    monkeypatch.setattr(publishing, "_settle", lambda *_: 1 / 0)
    with transaction():
        job = service.publish(contacts.task, "all", by=contacts.by)
    jobs.run_job(job.sys_id)
    ended = session.get_one(Job, job.sys_id, populate_existing=True)
    assert (ended.state, ended.attempts) == ("failed", 1)
