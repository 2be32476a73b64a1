"""Logging on and off, the guard at the doors, language and theme."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from ale.domains.people.attempts import LogOnFailure
from ale.domains.people.records import LogOn, User
from ale.domains.people.service import set_password
from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.db import enter_domain, session
from ale.foundation.problem import Rejected
from tests.conftest import Browser, statements
from tests.factories import make

LogOnAs = Callable[[str], Browser]


def test_visitors_are_sent_to_the_log_on_and_back(client: Browser) -> None:
    response = client.get("/contacts?query=active=true")
    assert response.status_code == 302
    assert response.location == "/login?next=/contacts?query%3Dactive%3Dtrue"
    response = client.send(response.location, {"username": "agent", "password": "demo"})
    assert response.status_code == 303
    assert response.location == "/contacts?query=active=true"


def test_htmx_is_sent_to_the_log_on_as_a_whole_page(client: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Target": "rows", "HX-Current-URL": "http://localhost/contacts"}
    response = client.get("/contacts", headers=headers)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/login?next=/contacts"


@pytest.mark.parametrize(
    "address", ["https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_address_outside_is_followed(client: Browser, address: str) -> None:
    response = client.send(f"/login?next={address}", {"username": "agent", "password": "demo"})
    assert response.status_code == 303
    assert response.location in ("/", "/x")


@pytest.mark.parametrize(("name", "password"), [("agent", "wrong"), ("nobody", "demo"), ("", "")])
def test_a_refused_log_on_does_not_say_why(client: Browser, name: str, password: str) -> None:
    response = client.send("/login", {"username": name, "password": password})
    assert response.status_code == 422
    assert "User name or password is wrong." in response.text


def test_ten_wrong_passwords_close_the_door_for_that_name_only(client: Browser) -> None:
    for _attempt in range(10):
        client.send("/login", {"username": "agent", "password": "wrong"})
    assert client.send("/login", {"username": "agent", "password": "demo"}).status_code == 429
    assert client.send("/login", {"username": "csm", "password": "demo"}).status_code == 303


def test_the_door_opens_again_after_a_while(client: Browser, app: Flask) -> None:
    session.add_all(LogOnFailure(user_name="agent", at=now() - timedelta(minutes=16)) for _attempt in range(10))
    assert client.send("/login", {"username": "agent", "password": "demo"}).status_code == 303


@pytest.mark.parametrize("name", ["Agent", "AGENT", " agent "])
def test_a_user_name_counts_however_it_is_written(client: Browser, name: str) -> None:
    assert client.send("/login", {"username": name, "password": "demo"}).status_code == 303


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("domain", ["TOP", "TOP/Boxeo"])
def test_no_two_user_names_differ_in_the_size_of_letters_only(domain: str) -> None:
    """Neither for who sees the first one nor for who does not: a name logs on one person."""
    make(User, user_name="Zoe")
    enter_domain(domain)
    with pytest.raises(Rejected) as refused:
        make(User, Actor.system(domain), user_name="zoE")
    assert [(one.code, one.field) for one in refused.value.problems] == [("DUPLICATE", "user_name")]


def entered(client: Browser) -> str:
    """The secret in the cookie after logging on."""
    assert client.send("/login", {"username": "agent", "password": "demo"}).status_code == 303
    cookie = client.get_cookie("ale")
    assert cookie is not None
    return cookie.value


def test_the_cookie_is_a_secret_that_the_table_does_not_know(client: Browser) -> None:
    secret = entered(client)
    cookie = client.get_cookie("ale")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert len(secret) == 64
    assert session.scalar(select(func.count()).select_from(LogOn)) == 1
    assert not session.scalar(select(func.count()).where(LogOn.token_hash == secret))


def test_each_log_on_gives_a_new_secret_and_ends_the_session_before(client: Browser) -> None:
    assert entered(client) != entered(client)
    assert session.scalar(select(func.count()).select_from(LogOn)) == 1


def test_pages_after_the_log_on_only_read(client: Browser) -> None:
    entered(client)
    with statements() as sent:
        assert client.get("/contacts").status_code == 200
    assert sent
    assert [one for one in sent if not one.lstrip().upper().startswith("SELECT")] == []


def test_after_the_log_out_the_old_cookie_opens_nothing(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    cookie = browser.get_cookie("ale")
    assert cookie is not None
    assert browser.send("/logout").location == "/login"
    browser.set_cookie("ale", cookie.value)
    assert browser.get("/contacts").status_code == 302


def test_a_session_ends_by_itself(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    row = session.scalars(select(LogOn)).one()
    row.seen_at = now() - timedelta(hours=9)
    assert browser.get("/contacts").status_code == 302


def test_a_user_who_is_locked_is_out_at_once(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    session.scalars(select(User).where(User.user_name == "agent")).one().locked_out = True
    assert browser.get("/contacts").status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(log_on: LogOnAs) -> None:
    browser, other = log_on("agent"), log_on("csm")
    set_password(session.scalars(select(User).where(User.user_name == "agent")).one(), "a new one")
    assert browser.get("/contacts").status_code == 302
    assert other.get("/contacts").status_code == 200


def test_reading_pages_writes_no_session(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    browser.get("/contacts")
    session.scalars(select(LogOn)).one().seen_at = seen = now() - timedelta(minutes=4)
    browser.get("/contacts")
    assert session.scalars(select(LogOn.seen_at)).one() == seen
    session.scalars(select(LogOn)).one().seen_at = now() - timedelta(minutes=6)
    browser.get("/contacts")
    assert session.scalars(select(LogOn.seen_at)).one() > seen


def test_visitors_write_no_rows(client: Browser) -> None:
    client.get("/login?lang=fr")
    assert session.scalar(select(func.count()).select_from(LogOn)) == 0


def test_the_language_of_the_log_on_page_stays(client: Browser) -> None:
    assert 'lang="fr"' in client.get("/login?lang=fr").text
    assert 'lang="fr"' in client.get("/login").text
    assert 'lang="en"' in client.get("/login?lang=en").text


def test_the_browser_decides_until_somebody_chooses(client: Browser) -> None:
    assert 'lang="fr"' in client.get("/login", headers={"Accept-Language": "fr-CA,fr;q=0.8"}).text
    assert 'lang="en"' in client.get("/login", headers={"Accept-Language": "ja"}).text


def test_language_and_theme_belong_to_the_user(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    response = browser.send("/preferences", {"language": "fr", "next": "/contacts"})
    assert (response.status_code, response.location) == (303, "/contacts")
    browser.send("/preferences", {"theme": "dark", "next": "/contacts"})
    page = log_on("agent").get("/contacts").text
    assert '<html lang="fr" data-theme="dark">' in page
    assert "Contacts clients" in page


def test_customers_enter_their_portal_only(log_on: LogOnAs) -> None:
    browser = log_on("genixify.admin")
    for path in ("/", "/contacts", "/search?q=a", "/sn_acct_lc_onb_case.list", "/styleguide"):
        response = browser.get(path)
        assert (response.status_code, response.location) == (302, "/portal"), path


def test_a_form_without_the_token_is_refused(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    assert browser.post("/logout").status_code == 400
    assert browser.get("/contacts").status_code == 200


def test_pages_forbid_what_they_do_not_need(client: Browser) -> None:
    headers = client.get("/login").headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "HX-Target", "Cookie"} <= set(headers["Vary"].split(", "))
