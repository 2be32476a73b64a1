"""What every test stands on: one application and database a run, rolled back after each test."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from werkzeug.test import TestResponse

from ale import create_app
from ale.config import Settings
from ale.demo import load_demo
from ale.domains.people import service as people
from ale.domains.people.records import LogOn, User
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.db import Base, db, enter_domain, session, transaction
from ale.supply import supply_all
from tests.pages import Page

hypothesis.settings.register_profile("ale", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("ale")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """SQLite, or PostgreSQL where the run says so; a queue nobody listens to."""
    folder: Path = tmp_path_factory.mktemp("data")
    given = {"ALE_DATA_DIR": str(folder), "ALE_REDIS_URL": "redis://127.0.0.1:1/0", "ALE_SECRET_KEY": "test"}
    url = os.environ.get("ALE_DATABASE_URL")
    if url:
        given["ALE_DATABASE_URL"] = own_schema(url, "test")
    return Settings.from_environment(given)


def own_schema(url: str, purpose: str) -> str:
    """Each test process works in its own schema of the test database, made anew, as a role behind the second wall."""
    name = f"{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        role = ordinary_role(connection)
        connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {name} AUTHORIZATION {role}"))
    engine.dispose()
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}%20-crole%3D{role}"


def ordinary_role(connection: Connection) -> str:
    """Somebody without a superuser's rights, whom row-level security holds: the user of the tests, or one for it."""
    if not connection.scalar(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")):
        return str(connection.scalar(text("SELECT current_user")))
    connection.execute(text("SELECT pg_advisory_xact_lock(7461)"))  # several test processes begin at once
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'ale_tests'")):
        connection.execute(text("CREATE ROLE ale_tests"))
    return "ale_tests"


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application with schema, supplied rows and demo data."""
    people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    app = create_app(settings)
    app.config["TESTING"] = True
    with app.app_context():
        Base.metadata.create_all(db.engine)
        enter_domain(ROOT_DOMAIN)
        with transaction():
            supply_all()
            load_demo()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everything a test writes is rolled back; tests under tests/unit that ask for no app get no database."""
    if "app" not in request.fixturenames:  # these are also the names that its fixtures ask for
        yield
        return
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        with engine.connect() as connection:
            outer = connection.begin()
            engines[None] = connection  # type: ignore[assignment]
            enter_domain(ROOT_DOMAIN)
            yield
            session.remove()
            outer.rollback()
            engines[None] = engine


@pytest.fixture
def actor(app: Flask) -> Callable[[str], Actor]:
    """`actor("agent")`: the demo user with this name, as an actor."""

    def named(user_name: str) -> Actor:
        found = people.actor_for(session.scalars(select(User.sys_id).where(User.user_name == user_name)).one())
        assert found is not None
        return found

    return named


class Browser(FlaskClient):
    """A client whose requests stand in contexts of their own, as a server's do, beside the test's one."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; every page and piece that comes back must keep the rules of pages."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.text and not response.location:
            assert Page(response.text).faults() == [], response.request.full_path
        return response

    def run_wsgi_app(self, environ: Any, buffered: bool = False) -> Any:
        """Send a request; what the test has pending is written before, what it has read is forgotten after."""
        session.commit()
        answer = Context().run(super().run_wsgi_app, environ, buffered=True)
        session.expire_all()
        return answer

    def send(self, path: str, data: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with the token of the session, as every page carries it."""
        page = self.get("/nowhere", follow_redirects=True).text
        found = re.search(r'"X-CSRFToken": "([^"]+)"', page)
        assert found, page
        return self.post(path, data={**(data or {}), "csrf_token": found[1]}, **kwargs)


@pytest.fixture
def client(app: Flask) -> Browser:
    """Somebody who has not logged on."""
    return Browser(app, app.response_class)


@pytest.fixture
def log_on(app: Flask) -> Callable[[str], Browser]:
    """`log_on("agent")`: the browser of that demo user, with a session as the log-on page makes it."""

    def logged_on(user_name: str) -> Browser:
        user, token = session.scalars(select(User.sys_id).where(User.user_name == user_name)).one(), token_hex(32)
        session.add(LogOn(token_hash=sha256(token.encode()).hexdigest(), user=user, data={"_user_id": user}))
        browser = Browser(app, app.response_class)
        browser.set_cookie(app.config["SESSION_COOKIE_NAME"], token)
        return browser

    return logged_on


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
