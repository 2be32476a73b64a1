"""ServiceNow's own clients, unchanged, against a running ALE over TLS."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ale.config import PROJECT
from tests.conformance.clients import JOURNEYS
from tests.instances import launch, own_engines, ready

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "cert.pem"
    wishes = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(made)]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *wishes], check=True, capture_output=True
    )
    return made


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[str]:
    """A running ALE with the rows that the suites of the clients expect."""
    folder = tmp_path_factory.mktemp("ale") / "data"
    with own_engines("test_conformance") as engines:
        settings = engines | {
            "ALE_ENV": "development",
            "ALE_TLS_CERT": str(certificate),
            "ALE_TLS_KEY": str(certificate.with_name("key.pem")),
        }
        running = launch(folder, **settings)
        try:
            ready(running)
            kept = {name: value for name, value in os.environ.items() if not name.startswith("ALE_")}
            command = [sys.executable, "-m", "flask", "ale", "demo", "--conformance"]
            subprocess.run(command, env=kept | settings | {"ALE_DATA_DIR": str(folder)}, cwd=PROJECT, check=True)
            yield f"https://localhost:{running.port}"
        finally:
            running.end()


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_client_of_servicenow_works_unchanged(journey: str, address: str, certificate: Path) -> None:
    trusting = os.environ | {"REQUESTS_CA_BUNDLE": str(certificate), "SSL_CERT_FILE": str(certificate)}
    command = [sys.executable, "-m", "tests.conformance.clients", journey, address]
    done = subprocess.run(command, env=trusting, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
