"""A caller of the API, and what it makes the database do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from tests.functional.api.calls import Call, basic


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """`call("GET", address, user="agent", **of the test client)`."""

    def send(method: str, address: str, user: str = "agent", **more: Any) -> TestResponse:
        return client.open(address, method=method, headers=basic(user), **more)

    return send


@pytest.fixture
def rows(call: Call) -> Callable[..., list[dict[str, Any]]]:
    """The rows of a list; parameters without their `sysparm_`."""

    def read(table: str, user: str = "agent", **parameters: Any) -> list[dict[str, Any]]:
        query = {f"sysparm_{name}": value for name, value in parameters.items()}
        answer = call("GET", f"/api/now/table/{table}", user, query_string=query)
        assert answer.status_code == 200, answer.text
        result: list[dict[str, Any]] = answer.json["result"]
        return result

    return read


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that is sent from here on."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)
