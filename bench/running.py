"""ALE as it runs: every process of it on a scratch folder, a client of its API, and eyes on memory and pages."""

import base64
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ale.demo.people import PASSWORD

_PAUSE = 0.05  # seconds between two looks


class Client:
    """Calls the API of a running ALE as one user."""

    def __init__(self, port: int, user: str = "agent") -> None:
        self.port = port
        credentials = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        self.headers = {"Authorization": f"Basic {credentials}"}
        self._user = user

    def call(self, method: str, path: str, body: Any = None, expected: tuple[int, ...] = (200, 201, 202)) -> Any:
        """The `result` of a request; RuntimeError when the answer is another than expected."""
        content, headers = body, dict(self.headers)
        if isinstance(body, dict):
            content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in expected:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return json.loads(text)["result"]

    def cookie(self) -> str:
        """Log on as the pages do; the cookie of the session."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/login")
        page = connection.getresponse()
        visit, text = page.getheader("Set-Cookie", "").partition(";")[0], page.read().decode()
        token = text.split('name="csrf_token" value="')[1].split('"')[0]
        form = urlencode({"username": self._user, "password": PASSWORD, "csrf_token": token})
        headers = {"Cookie": visit, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("Set-Cookie", visit).partition(";")[0]

    def follow(self, job: str) -> Iterator[tuple[float, dict[str, Any]]]:
        """The states of a job with their moments until it is over; RuntimeError when it failed."""
        while True:
            seen = self.call("GET", f"/api/sn_acct_lc/job/{job}")
            yield time.perf_counter(), seen
            if seen["state"] == "failed":
                raise RuntimeError(seen["message"])
            if seen["state"] == "done":
                return
            time.sleep(_PAUSE)


@contextmanager
def running(folder: Path, database: str | None) -> Iterator[tuple[Client, int]]:
    """ALE with demo data, its own queue, web server and worker: a client, and the process that started all others."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"ALE_DATA_DIR": str(folder), "ALE_PORT": str(port), "ALE_SECRET_KEY": "bench"}
    given |= {"ALE_DATABASE_URL": database} if database else {}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ale.run"], env=inherited | given, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ALE is ready"):
                break
        else:
            raise RuntimeError("ALE did not start")
        yield Client(port), process.pid
    finally:
        process.terminate()
        process.wait(30)


class Memory(threading.Thread):
    """Watches the worker: `peak` is the largest sum, in MiB, of what its processes hold, shared pages counted once."""

    def __init__(self, parent: int) -> None:
        super().__init__(daemon=True)
        self.parent, self.peak, self._over = parent, 0.0, threading.Event()

    def run(self) -> None:
        """Look until stopped."""
        while not self._over.wait(_PAUSE * 4):
            self.peak = max(self.peak, sum(map(_proportional, self._worker())))

    def stop(self) -> float:
        """The peak."""
        self._over.set()
        self.join()
        return self.peak

    def _worker(self) -> list[int]:
        """The worker and everything below it."""
        below = _children()
        found = [one for one in below.get(self.parent, []) if "worker" in _command(one)]
        for one in found:
            found.extend(below.get(one, []))
        return found


def _children() -> Mapping[int, list[int]]:
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has just ended
            below.setdefault(parent, []).append(int(entry.name))
    return below


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def _proportional(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


class Pages(threading.Thread):
    """Somebody who opens lists while others work; `times` in milliseconds."""

    def __init__(self, client: Client) -> None:
        super().__init__(daemon=True)
        self.client, self.times, self._over = client, [], threading.Event()  # type: ignore[var-annotated]

    def run(self) -> None:
        """Read a list ten times a second until stopped."""
        while not self._over.wait(0.1):
            begun = time.perf_counter()
            self.client.call("GET", "/api/now/table/customer_account?sysparm_limit=50")
            self.times.append((time.perf_counter() - begun) * 1000)

    def stop(self) -> float:
        """The 95th percentile."""
        self._over.set()
        self.join()
        return statistics.quantiles(self.times, n=20)[-1]
