"""Access tokens for scripts: made and revoked by the user they act for, and stored as a hash only."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.people.service import actor_for
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Base, inside, session
from ale.foundation.problem import NotVisible, Problem, Rejected
from ale.foundation.record import new_id

LONGEST = 366
"""Days that a token lasts at most."""


class Scope(Choice):
    READ = "read", "Only read", "Lecture seule"
    WRITE = "write", "Read and change", "Lecture et modification"


class AccessToken(Base):
    """What lets a script in as its user until a day; a stolen table opens nothing."""

    __tablename__ = "ale_access_token"

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[Scope]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


def make_token(name: str, scope: str, days: str, by: Actor) -> str:
    """Make a token for oneself; the secret, which nobody can read again."""
    problems = []
    chosen, lasts = Scope.read(scope), int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0
    if not name.strip() or len(name) > 80:
        problems.append(Problem("INVALID_NAME", "Give the token a name of at most 80 characters.", "name"))
    if chosen is None:
        problems.append(Problem("INVALID_CHOICE", "Choose what the token may do.", "scope"))
    if not 1 <= lasts <= LONGEST:
        problems.append(Problem("INVALID_NUMBER", "A token lasts from 1 to {most} days.", "days", most=LONGEST))
    if problems or chosen is None:
        raise Rejected(problems)
    secret = f"ale_{secrets.token_hex(24)}"
    values = {"name": name.strip().replace("\x00", ""), "scope": chosen, "expires_at": now() + timedelta(days=lasts)}
    session.add(AccessToken(user=by.id, token_hash=_hash(secret), **values))
    return secret


def tokens_of(by: Actor) -> list[AccessToken]:
    """The own tokens, newest first."""
    return list(
        session.scalars(select(AccessToken).where(AccessToken.user == by.id).order_by(AccessToken.sys_id.desc()))
    )


def revoke_token(sys_id: str, by: Actor) -> None:
    """End one of the own tokens at once; NotVisible when it is none."""
    own = (AccessToken.sys_id == sys_id, AccessToken.user == by.id)
    if session.scalar(delete(AccessToken).where(*own).returning(AccessToken.sys_id)) is None:
        raise NotVisible


def actor_by_token(secret: str) -> tuple[Actor, Scope] | None:
    """Whoever a token lets in and what for; None when it is unknown, revoked or expired, or its user may not act."""
    with inside(ROOT_DOMAIN):
        found = session.scalar(
            select(AccessToken).where(AccessToken.token_hash == _hash(secret), AccessToken.expires_at > now())
        )
        by = actor_for(found.user) if found else None
        return (by, found.scope) if found and by else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
