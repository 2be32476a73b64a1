"""Who may enter the API: Basic on every request, and nothing else."""

import base64
from collections import OrderedDict

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ale.domains.people import credentials, service
from ale.domains.people.records import User
from ale.foundation.db import session, transaction
from tests.functional.api.calls import CONTACTS, Call, basic, contact

REFUSED = {
    "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
    "status": "failure",
}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("agent", "wrong"),
        basic("nobody"),
        {"Authorization": "Bearer demo"},
        {"Authorization": "Basic !!!"},
        basic("x\x00y", "z\x00"),
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode()},
    ],
)
@pytest.mark.parametrize("address", [CONTACTS, "/api/now/table/nope/x", "/api/now/nope", "/api/openapi.json"])
def test_without_valid_credentials_nobody_enters(client: FlaskClient, headers: dict[str, str], address: str) -> None:
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer.json) == (401, REFUSED)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_the_session_cookie_opens_nothing(client: FlaskClient) -> None:
    page = client.get("/login").text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    form = {"username": "admin", "password": "demo", "csrf_token": token}
    assert client.post("/login", data=form).status_code == 303
    assert client.get(CONTACTS).status_code == 401
    assert client.post(CONTACTS, json=contact()).status_code == 401


def test_a_write_needs_no_form_token(call: Call) -> None:
    assert call("POST", CONTACTS, json=contact()).status_code == 201


def test_a_password_is_hashed_once_a_minute(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = service.authenticate

    def counting(user_name: str, password: str) -> User | None:
        asked.append(user_name)
        return real(user_name, password)

    monkeypatch.setattr(credentials, "authenticate", counting)
    monkeypatch.setattr(credentials, "_known", type(credentials._known)())
    for _ in range(3):
        assert call("GET", CONTACTS, query_string={"sysparm_limit": 1}).status_code == 200
    assert asked == ["agent"]


def test_a_changed_password_a_lock_and_a_lost_role_count_at_once(call: Call) -> None:
    assert call("GET", CONTACTS).status_code == 200
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    with transaction():
        user.locked_out = True
    assert call("GET", CONTACTS).status_code == 401
    with transaction():
        user.locked_out = False
        service.set_password(user, "another long one")
    assert call("GET", CONTACTS).status_code == 401


def test_ten_wrong_passwords_close_the_door_for_a_while(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_known", OrderedDict())  # who was verified a moment ago is still let in
    for _ in range(10):
        assert client.get(CONTACTS, headers=basic("csm", "wrong")).status_code == 401
    assert client.get(CONTACTS, headers=basic("csm")).status_code == 401


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/now/nope", 404),
        ("DELETE", CONTACTS, 405),
        ("POST", f"{CONTACTS}/x", 405),
        ("GET", "/api/", 404),
    ],
)
def test_what_is_no_route_is_answered_as_json(call: Call, method: str, address: str, status: int) -> None:
    answer = call(method, address)
    assert answer.status_code == status
    assert answer.json["status"] == "failure"
    assert answer.content_type.startswith("application/json")
