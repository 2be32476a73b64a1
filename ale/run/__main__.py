"""`python -m ale.run`, behind `make run`: web server, worker and queue of one data folder as one."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
from types import FrameType
from typing import NoReturn

from ale.config import PROJECT, Settings, SettingsError
from ale.foundation.lifeline import end_with_parent, tied
from ale.run import CannotStart, lock, queue_server
from ale.run.supervisor import Child, Supervisor

DEMO = """
  admin             provider administrator        genixify.admin    point of contact of Genixify
  agent             onboarding manager            genixify.manager  case manager of Genixify
  analyst           foundational data analyst     genixify.sme      data expert of Genixify
  csm               customer success manager      boxeo.admin       point of contact of Boxeo
  viewer            reads customer success        boxeo.sme         data expert of Boxeo

Their password is “demo”."""


WORKER = [sys.executable, "-m", "flask", "ale", "worker"]


class Stopped(BaseException):
    """SIGTERM, Ctrl-C or a closed terminal: not an error, and nothing may catch it on its way out."""


def main() -> int:
    """Run until stopped; the exit code: 0 after a stop, 1 when ALE cannot start."""
    parser = argparse.ArgumentParser(prog="python -m ale.run", description="Serve ALE with its worker and queue.")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the calling process ends")
    _stop_on_signals()
    if parser.parse_args().end_with_parent:
        end_with_parent(os.getppid(), signal.SIGTERM)
    try:
        serve(Settings.from_environment())
    except (CannotStart, SettingsError) as refusal:
        print(f"ALE cannot start: {refusal}", file=sys.stderr)
        return 1
    except Stopped:
        say("Stopped.")
        return 0


def serve(settings: Settings) -> NoReturn:
    """Start everything on this data folder in order, say where it is, and keep it running. Raises CannotStart."""
    lock_file = lock.hold(settings.data_dir)
    listener = reserve(settings.host, settings.port)
    with Supervisor((lock_file, listener.fileno()), say) as family:
        if settings.embedded_queue:
            family.keep(Child("queue", queue_server.command(settings.data_dir), serves_the_others=True))
        family.wait_until(lambda: queue_server.answers(settings.redis_url), 30, "the queue (ALE_REDIS_URL)")
        say("Bringing the database up to date …")
        finish("ale.run.prepare")
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:ale.run.web"]
        family.keep(Child("web server", [*gunicorn, "--bind", f"fd://{listener.fileno()}"]))
        # A job continues from its last finished chunk, so an orphaned worker need not be asked politely.
        family.keep(Child("worker", WORKER, when_orphaned=signal.SIGKILL))
        family.wait_until(lambda: lives(settings), 60, "the web server")
        say(f"ALE is ready: {settings.base_url}")
        if not settings.production:
            say(DEMO)
        family.watch()


def say(sentence: str) -> None:
    """Tell the operator."""
    print(sentence, flush=True)


def reserve(host: str, port: int) -> socket.socket:
    """Bind the port, for gunicorn to listen on: nobody takes it in between or during a restart. Raises CannotStart."""
    listener = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise CannotStart(f"it cannot listen on {host}, port {port} ({error.strerror}); set ALE_PORT.") from error
    return listener


def finish(module: str) -> None:
    """Run a module to its end, silently unless it fails. Raises CannotStart with what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
        preexec_fn=tied(),
    )
    if done.returncode != 0:
        raise CannotStart(f"{module} failed and said:\n{done.stdout.rstrip()}")


def lives(settings: Settings) -> bool:
    """Whether the web server answers on its own address; a certificate need not name that."""
    address = settings.address.split("://")[1]
    if settings.tls_cert:
        unchecked = ssl._create_unverified_context()  # noqa: S323
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(address, timeout=2, context=unchecked)
    else:
        connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop_on_signals() -> None:
    """Turn the first signal into Stopped, and let no second one disturb the stopping."""
    signals = [
        number
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in signals:
        signal.signal(number, stop)


if __name__ == "__main__":
    sys.exit(main())
