"""The settings of one installation, read once from the environment (and `.env`) into a frozen dataclass."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production")


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one sentence for whoever runs ALE."""


@dataclass(frozen=True)
class Settings:
    """Everything an operator can choose; relative paths count from the project's folder.

    `redis_url` is always filled: where ALE_REDIS_URL is unset it names the socket of the embedded
    queue that `make run` starts, so that every process of one data folder finds the same queue.
    """

    env: str
    host: str
    port: int
    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    embedded_queue: bool
    secret_key: str = field(repr=False)
    mail_url: str | None = field(repr=False)
    base_url: str
    tls_cert: Path | None
    tls_key: Path | None
    api_rate: int

    @property
    def production(self) -> bool:
        """Whether real customers use this installation: no demo data, secure cookies."""
        return self.env == "production"

    @property
    def address(self) -> str:
        """Where a browser on this machine reaches the web server; `base_url` is what the outside calls it."""
        return _address(self.host, self.port, "https" if self.tls_cert else "http")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; without an argument from `.env` and the process environment, which wins.

        Makes the data folder and, in development, the secret key in it. Raises SettingsError.
        """
        given = {**_dotenv(), **os.environ} if environment is None else environment
        values = {name: value.strip() for name, value in given.items() if name.startswith("ALE_") and value.strip()}
        env = values.get("ALE_ENV", "development")
        if env not in ENVIRONMENTS:
            raise SettingsError(f"ALE_ENV is “{env}”; it may be {' or '.join(ENVIRONMENTS)}.")
        data_dir = _data_dir(values)
        host, port = values.get("ALE_HOST", "127.0.0.1"), _port(values)
        cert, key = _file(values, "ALE_TLS_CERT"), _file(values, "ALE_TLS_KEY")
        if (cert is None) != (key is None):
            raise SettingsError("ALE_TLS_CERT and ALE_TLS_KEY belong together: set both or none.")
        return cls(
            env=env,
            host=host,
            port=port,
            data_dir=data_dir,
            database_url=_with_driver(values.get("ALE_DATABASE_URL", f"sqlite:///{data_dir / 'ale.sqlite3'}")),
            redis_url=values.get("ALE_REDIS_URL", f"unix://{queue_socket(data_dir)}"),
            embedded_queue="ALE_REDIS_URL" not in values,
            secret_key=values.get("ALE_SECRET_KEY") or _stored_secret(data_dir, env),
            mail_url=values.get("ALE_MAIL_URL"),
            base_url=values.get("ALE_BASE_URL", _address(host, port, "https" if cert else "http")).rstrip("/"),
            tls_cert=cert,
            tls_key=key,
            api_rate=_rate(values),
        )


def queue_socket(data_dir: Path) -> Path:
    """The socket of the embedded queue: short, since the system cuts socket paths at about 107 bytes."""
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ale-{os.getuid()}-{digest}" / "queue.sock"


def _dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(PROJECT / ".env").items() if value is not None}


def _data_dir(values: Mapping[str, str]) -> Path:
    path = (PROJECT / values.get("ALE_DATA_DIR", "instance")).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"The data folder {path} (ALE_DATA_DIR) cannot be made: {error.strerror}.") from error
    return path


def _port(values: Mapping[str, str]) -> int:
    text = values.get("ALE_PORT", "5000")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"ALE_PORT is “{text}”; it must be a number from 1 to 65535.")
    return int(text)


def _rate(values: Mapping[str, str]) -> int:
    """Requests a minute that one user may send to the API of one web process."""
    text = values.get("ALE_API_RATE", "20000")
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise SettingsError(f"ALE_API_RATE is “{text}”; it must be a number of requests a minute.")
    return int(text)


def _file(values: Mapping[str, str], name: str) -> Path | None:
    if name not in values:
        return None
    path = (PROJECT / values[name]).resolve()
    if not path.is_file():
        raise SettingsError(f"{name} names {path}, where there is no file.")
    return path


def _with_driver(url: str) -> str:
    """Name the PostgreSQL driver that ALE brings where the URL leaves it open."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in ("postgres", "postgresql") else url


def _address(host: str, port: int, scheme: str) -> str:
    """The address a browser on this machine can open; a server on all interfaces is reached on the loopback one."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- read here, not bound
    return f"{scheme}://[{name}]:{port}" if ":" in name else f"{scheme}://{name}:{port}"


def _stored_secret(data_dir: Path, env: str) -> str:
    """The key of the data folder, made on first use so that sessions outlive a restart; never in production."""
    if env == "production":
        raise SettingsError("ALE_SECRET_KEY must be set in production, to the same long random text on every machine.")
    path = data_dir / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Write a file only its owner can read; of several processes doing so at once the first wins."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret") as draft:  # made with mode 0600
        draft.write(text)
        draft.flush()
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)
