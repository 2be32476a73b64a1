"""Requests a second that ALE answers with its two web workers, beside a bare page of the same rows in the same run."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.engines import POSTGRESQL, engines, scratch_schema
from bench.report import Report
from bench.running import Client, running

SECONDS = 6.0
CALLERS = 4
ROUNDS = 3
API = "/api/now/table/customer_contact?sysparm_limit=50"


def run(report: Report) -> None:
    """Measure each engine: bare and ALE in turn, so that a machine that slows down slows both."""
    for engine in engines():
        with tempfile.TemporaryDirectory() as folder, bare() as port:
            database = scratch_schema(str(POSTGRESQL)) if engine == "postgresql" else None
            with running(Path(folder), database) as (client, _process):
                _fill(client)
                cookie = client.cookie()
                kinds = {
                    "bare page": (port, "/", {}),
                    "list": (client.port, "/contacts", {"Cookie": cookie}),
                    "API": (client.port, API, client.headers),
                }
                for number in range(ROUNDS):
                    rates = {name: _rate(*asked) for name, asked in kinds.items()}
                    for name, rate in rates.items():
                        report.figure(f"{name}, requests", rate, "per s", engine=engine, round=number + 1)
                    part = rates["bare page"] / rates["list"]
                    report.figure("bare page / list", part, "times", engine=engine, round=number + 1)


def _fill(client: Client) -> None:
    """As many contacts as a page shows."""
    account = client.call("GET", "/api/now/table/customer_account?sysparm_query=name=Genixify")[0]["sys_id"]
    for number in range(50):
        words = {"first_name": "First", "last_name": f"Last{number}", "email": f"n{number}@bench.example"}
        client.call("POST", "/api/now/table/customer_contact", words | {"account": account})


@contextmanager
def bare() -> Iterator[int]:
    """The bare page under gunicorn as ALE is: two workers with threads; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["-w", "2", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, "bench.bare:app"], env=os.environ.copy())
    try:
        time.sleep(2)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _rate(port: int, address: str, headers: dict[str, str]) -> float:
    """Requests a second that several callers get answered together; RuntimeError when one is refused."""
    counts = [0] * CALLERS
    until = time.perf_counter() + SECONDS

    def ask(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{address} answered {answer.status}")
            counts[place] += 1

    callers = [threading.Thread(target=ask, args=(place,)) for place in range(CALLERS)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()
    return sum(counts) / SECONDS
