"""How gunicorn serves ALE, in `make run` and in production: `gunicorn -c python:ale.run.web`."""

from __future__ import annotations

from typing import Any

from ale.config import Settings
from ale.foundation.lifeline import end_with_parent

_settings = Settings.from_environment()

wsgi_app = "app:app"
bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
certfile = str(_settings.tls_cert) if _settings.tls_cert else None
keyfile = str(_settings.tls_key) if _settings.tls_key else None
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 5  # seconds
graceful_timeout = 3  # seconds for requests under way: less than the supervisor waits before it kills
limit_request_line = 8190  # bytes: a filtered list carries its whole query in the address
control_socket_disable = True
loglevel = "warning"


def post_fork(server: Any, _worker: Any) -> None:
    """End each worker with its master, which may be killed without a chance to tell them."""
    end_with_parent(server.pid)
