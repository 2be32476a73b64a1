"""Somebody who leads an import through the web server, and presses again when the answer does not come."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Timer
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ale.domains.imports.records import ImportTask
from ale.foundation.attachments import Attachment
from ale.foundation.db import session
from ale.foundation.ledger import Job
from ale.foundation.record import table_name
from tests.faults.ground import Ground

UPLOAD = "/api/now/attachment/file"
PROMISE = 60  # seconds after the last blow within which the job under way ends
PATIENCE = 600  # seconds until a busy machine is no excuse any more


class Visitor:
    """A person with a browser; looks what has become of a press before pressing again."""

    def __init__(self, ground: Ground, task: str, name: str = "analyst") -> None:
        self.ground, self.task = ground, task
        self.waited = 0.0  # seconds after the last blow that the slowest job took to end
        self._share = 0.0
        self._web = httpx.Client(
            base_url=f"http://127.0.0.1:{ground.instance.port}", auth=(name, "demo"), timeout=PATIENCE
        )

    def upload(self, content: bytes, name: str) -> str:
        """Hang a file on the import; its sys_id."""
        file = select(Attachment.sys_id).where(Attachment.record == self.task, Attachment.file_name == name)
        return str(self._press(UPLOAD, file, params=self.place(name), content=content)["sys_id"])

    def place(self, name: str) -> dict[str, str]:
        """What says of an upload where it belongs."""
        return {"table_name": table_name(ImportTask), "table_sys_id": self.task, "file_name": name}

    def door(self, what: str) -> str:
        """The address of a deed on the import."""
        return f"/api/sn_acct_lc/import_task/{self.task}/{what}"

    def deed(self, what: str, share: float = 0, **given: Any) -> str:
        """Have something done in the background, to its end; meanwhile `share` of the blows that are left fall."""
        return self.follow(self.begin(what, **given), share)

    def begin(self, what: str, **given: Any) -> str:
        """Have something done in the background; its job."""
        before = self._jobs()
        mine = select(Job.sys_id).where(Job.about == self.task, Job.sys_id.not_in(before))
        done = self._press(self.door(what), mine, json=given)
        return str(done.get("job", done.get("sys_id")))

    def _jobs(self) -> list[str]:
        return patiently(lambda: list(session.scalars(select(Job.sys_id).where(Job.about == self.task))))

    def _press(self, path: str, there: Any, **sent: Any) -> dict[str, Any]:
        """The answer; or what `there` finds where it got lost on the way."""
        until = time.monotonic() + PATIENCE
        while True:
            self._blow_meanwhile()
            try:
                answer = self._web.post(path, **sent)
                if answer.is_success:
                    return dict(answer.json()["result"])
                refused, said = answer.is_client_error, answer.text
            except httpx.TransportError as error:
                refused, said = False, str(error)
            if found := patiently(lambda: session.scalars(there).first()):
                return {"sys_id": found}  # also where a press that got lost was heard later, and this one is too many
            assert not refused, f"{path} is refused: {said}"
            assert time.monotonic() < until, f"{path} is not answered: {said}"
            time.sleep(0.1)

    def _blow_meanwhile(self) -> None:
        """Now and then the web server is killed while it answers."""
        if "web" in self.ground.due and self.ground.chance.random() < 0.5:
            self.ground.due.remove("web")
            self.ground.due.append("web")
            Timer(self.ground.chance.uniform(0, 0.1), self.ground.strike).start()

    def follow(self, job: str, share: float = 0) -> str:
        """Wait for a job to end. In most leases somebody is struck once or more, whenever the job got somewhere."""
        ground, left = self.ground, len(self.ground.due) - round(len(self.ground.due) * share)
        since = time.monotonic()
        fence, far_enough = 0, 0
        while (now := seen(job)).state in ("queued", "running"):
            waits = time.monotonic() - max(ground.last, since)
            assert waits < PATIENCE, f"{now.kind} {now.state} {now.done}/{now.total}, {now.attempts} attempts"
            if len(ground.due) > left and now.fence >= fence and now.done >= far_enough:
                time.sleep(ground.chance.uniform(0, 0.15))
                whom = ground.strike()
                # A blow that breaks the lease is followed by the next one in the lease after it, or even before.
                breaks = whom in ("worker", "child", "database") and ground.chance.random() < 0.8
                fence, far_enough = now.fence + breaks, now.done + ground.chance.randint(0, 30)
            time.sleep(0.02)
        assert now.state == "done", f"{now.kind} failed: {now.message}"
        if ground.last > since:
            self.waited = max(self.waited, time.monotonic() - ground.last)
        return job

    def send(self, path: str, **sent: Any) -> httpx.Response:
        """Press once, whatever the answer."""
        return self._web.post(path, **sent)

    def read(self, path: str) -> dict[str, Any]:
        """What stands at an address of the API."""
        return dict(self._web.get(path).raise_for_status().json()["result"])

    def end(self) -> None:
        self._web.close()


def seen(job: str) -> Job:
    """A job as it is stored now."""

    def look() -> Job:
        session.rollback()
        return session.get_one(Job, job, populate_existing=True)

    return patiently(look)


def patiently(read: Callable[[], Any]) -> Any:
    """What `read` gives, again while the database is away."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return read()
        except DBAPIError:
            session.rollback()
            assert time.monotonic() < until
            time.sleep(0.1)
