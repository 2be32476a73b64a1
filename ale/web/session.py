"""Browser sessions: rows of a table once somebody is logged on, a signed cookie until then."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask import request as current
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy import delete, or_, select

from ale.foundation import db
from ale.foundation.clock import now
from ale.foundation.db import transaction

USER = "_user_id"  # where Flask-Login keeps who is logged on
ABSOLUTE, IDLE = timedelta(hours=12), timedelta(hours=8)
TOUCH = timedelta(minutes=5)
WITHOUT = ("/static/", "/api/", "/livez", "/readyz", "/metrics")
_TOKEN = re.compile(r"[0-9a-f]{64}")


class StoredSession(SecureCookieSession):
    """The session of somebody logged on, kept in the row `key`."""

    key = ""
    is_due = False
    is_over = False

    def clear(self) -> None:
        """Forget everything, the secret too: a log-on after this begins a new session."""
        super().clear()
        self.is_over = True


class TableSessions(SecureCookieSessionInterface):
    """Keeps logged-on sessions in `table` (token_hash, user, data, created_at, seen_at) under the hash of their secret.

    What a visitor has before that (form token, language) travels signed in the cookie, so visitors write no rows.
    """

    def __init__(self, table: type[Any]) -> None:
        self.table = table

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of this request; empty where none is needed, without asking the database."""
        if request.path.startswith(WITHOUT):
            return self.session_class()
        token = request.cookies.get(self.get_cookie_name(app), "")
        row = self._find(_hash(token)) if _TOKEN.fullmatch(token) else None
        if row is None:
            return super().open_session(app, request)
        session = StoredSession(row.data)
        session.key, session.is_due = row.token_hash, row.seen_at < now() - TOUCH
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; a page that only reads writes nothing, but the time of the visit every five minutes."""
        if current.path.startswith(WITHOUT):
            return None
        if isinstance(session, StoredSession):
            if not session.is_over and USER in session:
                return self._keep(session)
            self._end(session)
        if USER in session:
            return self._begin(app, session, response)
        return super().save_session(app, session, response)

    def _find(self, key: str) -> Any:
        moment = now()
        return db.session.scalar(
            select(self.table).where(
                self.table.token_hash == key,
                self.table.created_at > moment - ABSOLUTE,
                self.table.seen_at > moment - IDLE,
            )
        )

    def _begin(self, app: Flask, session: SessionMixin, response: Response) -> None:
        token, moment = secrets.token_hex(32), now()
        over = or_(self.table.created_at <= moment - ABSOLUTE, self.table.seen_at <= moment - IDLE)
        with transaction():
            db.session.execute(delete(self.table).where(over))
            db.session.add(self.table(token_hash=_hash(token), user=session[USER], data=dict(session)))
        response.set_cookie(
            self.get_cookie_name(app),
            token,
            path=self.get_cookie_path(app),
            secure=self.get_cookie_secure(app),
            httponly=self.get_cookie_httponly(app),
            samesite=self.get_cookie_samesite(app),
        )

    def _keep(self, session: StoredSession) -> None:
        if not (session.modified or session.is_due):
            return
        with transaction():
            row = db.session.get(self.table, session.key)
            if row is not None:  # else it was ended meanwhile and stays so
                row.data, row.seen_at = dict(session), now()

    def _end(self, session: StoredSession) -> None:
        with transaction():
            db.session.execute(delete(self.table).where(self.table.token_hash == session.key))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
