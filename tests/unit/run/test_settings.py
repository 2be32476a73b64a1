"""What the environment may say, and the sentences that answer what it may not."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ale.config import PROJECT, Settings, SettingsError


def settings(folder: Path, **values: str) -> Settings:
    """The settings of an environment that names this data folder and these values."""
    return Settings.from_environment({"ALE_DATA_DIR": str(folder), **values})


def test_an_empty_environment_is_a_development_installation_on_the_loopback_address(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.env, found.production, found.host, found.port) == ("development", False, "127.0.0.1", 5000)
    assert found.database_url == f"sqlite:///{tmp_path}/ale.sqlite3"
    assert found.embedded_queue
    assert found.redis_url.startswith("unix:///")
    assert found.base_url == "http://127.0.0.1:5000"
    assert found.mail_url is None


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = settings(tmp_path).secret_key
    assert len(first) == 64
    assert settings(tmp_path).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_production_asks_for_a_secret_key_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ALE_SECRET_KEY must be set in production"):
        settings(tmp_path, ALE_ENV="production")
    assert not (tmp_path / "secret_key").exists()
    assert settings(tmp_path, ALE_ENV="production", ALE_SECRET_KEY="given").secret_key == "given"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_plain_postgresql_address_gets_the_driver(tmp_path: Path, scheme: str) -> None:
    assert settings(tmp_path, ALE_DATABASE_URL=f"{scheme}://me@host/ale").database_url == (
        "postgresql+psycopg://me@host/ale"
    )


def test_two_data_folders_have_two_queues_and_one_keeps_its_own(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert settings(one).redis_url == settings(one).redis_url != settings(other).redis_url


def test_a_relative_data_folder_counts_from_the_project() -> None:
    assert settings(Path("instance")).data_dir == PROJECT / "instance"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ALE_ENV": "staging"}, "ALE_ENV is “staging”; it may be development or production."),
        ({"ALE_PORT": "http"}, "ALE_PORT is “http”; it must be a number from 1 to 65535."),
        ({"ALE_PORT": "65536"}, "ALE_PORT is “65536”"),
        ({"ALE_TLS_CERT": "pyproject.toml"}, "ALE_TLS_CERT and ALE_TLS_KEY belong together"),
        ({"ALE_TLS_CERT": "no/such/file"}, "ALE_TLS_CERT names .*no/such/file, where there is no file"),
        ({"ALE_DATA_DIR": "pyproject.toml"}, "The data folder .*pyproject.toml .* cannot be made"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path: Path, values: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        settings(tmp_path, **values)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("ale.local", "ale.local"),
    ],
)
def test_the_address_is_one_that_a_browser_opens(tmp_path: Path, host: str, address: str) -> None:
    assert settings(tmp_path, ALE_HOST=host, ALE_PORT="81").address == f"http://{address}:81"


def test_secrets_stay_out_of_the_settings_printed_form(tmp_path: Path) -> None:
    secrets = {"ALE_SECRET_KEY": "hidden-1", "ALE_DATABASE_URL": "postgresql://me:hidden-2@host/ale"}
    assert "hidden" not in repr(settings(tmp_path, ALE_MAIL_URL="smtp://me:hidden-3@host", **secrets))
