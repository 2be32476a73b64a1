"""Bearer tokens: made and revoked by their user, stored as a hash, ended by time; and how many requests pass."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ale.domains.people.records import User
from ale.domains.people.tokens import AccessToken
from ale.foundation.clock import now
from ale.foundation.db import session, transaction
from ale.web import limits
from tests.conftest import Browser
from tests.functional.api.calls import CONTACTS, Call, contact

LogOnAs = Callable[[str], Browser]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def made(browser: Browser, **given: str) -> str:
    """The secret of a new token, from the page that shows it once."""
    answer = browser.send("/tokens", {"name": "Nightly", "scope": "write", "days": "30"} | given)
    assert answer.status_code == 200, answer.text
    found = re.search(r"ale_[0-9a-f]{48}", answer.text)
    assert found
    return found[0]


def test_a_token_acts_as_its_user(log_on: LogOnAs, client: FlaskClient) -> None:
    token = made(log_on("agent"))
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 200
    answer = client.post(CONTACTS, headers=bearer(token), json=contact())
    agent = session.scalars(select(User).where(User.user_name == "agent")).one()
    assert answer.json["result"]["sys_created_by"]["value"] == agent.sys_id
    assert client.get("/api/now/table/sys_properties", headers=bearer(token)).status_code == 403


def test_the_secret_is_shown_once_and_stored_as_a_hash(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    token = made(browser)
    assert token not in browser.get("/tokens").text
    (row,) = session.scalars(select(AccessToken))
    assert token not in [getattr(row, column.key) for column in AccessToken.__table__.columns]


def test_a_token_that_only_reads(log_on: LogOnAs, client: FlaskClient) -> None:
    token = made(log_on("agent"), scope="read")
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 200
    answer = client.post(CONTACTS, headers=bearer(token), json=contact())
    assert (answer.status_code, answer.json["error"]["message"]) == (403, "User Not Authorized")
    inside = {"id": "1", "method": "POST", "url": CONTACTS}, {"id": "2", "method": "GET", "url": CONTACTS}
    body = {"batch_request_id": 1, "rest_requests": inside}
    served = client.post("/api/now/v1/batch", headers=bearer(token), json=body).json["serviced_requests"]
    assert [one["status_code"] for one in served] == [403, 200]


def test_a_revoked_token_opens_nothing(log_on: LogOnAs, client: FlaskClient) -> None:
    browser = log_on("agent")
    token = made(browser)
    key = session.scalars(select(AccessToken.sys_id)).one()
    assert log_on("csm").send(f"/tokens/{key}/revoke").status_code == 404
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 200
    assert browser.send(f"/tokens/{key}/revoke").status_code == 303
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 401


def test_a_token_ends_by_time_and_with_its_user(log_on: LogOnAs, client: FlaskClient) -> None:
    token = made(log_on("agent"))
    user = session.scalars(select(User).where(User.user_name == "agent")).one()
    with transaction():
        user.locked_out = True
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 401
    with transaction():
        user.locked_out = False
        session.scalars(select(AccessToken)).one().expires_at = now() - timedelta(seconds=1)
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 401


@pytest.mark.parametrize("given", [{"name": " "}, {"name": "x" * 81}, {"scope": "all"}, {"days": "0"}, {"days": "367"}])
def test_a_form_that_makes_no_sense_makes_no_token(log_on: LogOnAs, given: dict[str, str]) -> None:
    answer = log_on("agent").send("/tokens", {"name": "Nightly", "scope": "write", "days": "30"} | given)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert session.scalars(select(AccessToken)).all() == []


@pytest.mark.parametrize("token", ["", "ale_", "é", "x" * 5000])
def test_a_token_that_was_never_made_opens_nothing(client: FlaskClient, token: str) -> None:
    assert client.get(CONTACTS, headers=bearer(token)).status_code == 401


def test_too_many_requests_are_told_when_to_come_again(call: Call, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "ALE", replace(app.config["ALE"], api_rate=2))
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: 1_000_000 * limits.SECONDS + 17.5))
    monkeypatch.setattr(limits, "_sent", type(limits._sent)(int))
    answers = [call("GET", CONTACTS) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "43"
    assert answers[2].json["error"]["message"] == "Too Many Requests"
    assert call("GET", CONTACTS, "csm").status_code == 200
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: 1_000_001 * limits.SECONDS))
    assert call("GET", CONTACTS).status_code == 200
