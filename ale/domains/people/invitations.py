"""Invitations: a link by mail lets somebody choose a password, once and for a week; it is stored as a hash only."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.people.records import User
from ale.domains.people.service import actor_for, set_password
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.clock import now
from ale.foundation.db import Base, inside, session
from ale.foundation.label import Label
from ale.foundation.outbox import INVITATION, post
from ale.foundation.problem import Forbidden, NotVisible, Problem, Rejected, sentence
from ale.foundation.reading import may_change
from ale.foundation.record import table_name

DAYS = 7
SHORTEST, LONGEST = 12, 128
"""Characters of a password."""

SUBJECT = Label("Your access to ALE", "Votre accès à ALE")
BODY = Label(
    "Hello {name},\n\nyou can log on to ALE as {user_name}. Choose your password here, within {days} days:\n\n{link}\n",
    "Bonjour {name},\n\nvous pouvez vous connecter à ALE sous le nom {user_name}. Choisissez votre mot de passe ici, "
    "dans les {days} jours :\n\n{link}\n",
)


class Invitation(Base):
    """What lets a user choose a password until a moment; a further one takes the place of the one before."""

    __tablename__ = "ale_invitation"

    user: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]


def invite(user: User, link: Callable[[str], str], by: Actor) -> None:
    """Mail a user the address `link(secret)` at which a password is chosen; the one that there is stays until then.

    Forbidden to who may not change the user, Rejected where the user could not log on anyway.
    """
    if not may_change(user, by):
        raise Forbidden(f"{by.name} may not invite {user!r}")
    if not user.active or user.locked_out:
        raise Rejected([Problem("USER_SHUT_OUT", "This user is inactive or locked out; change that first.", "active")])
    secret = secrets.token_hex(32)
    session.execute(delete(Invitation).where(Invitation.user == user.sys_id))
    session.add(Invitation(user=user.sys_id, token_hash=_hash(secret), expires_at=now() + timedelta(days=DAYS)))
    language, facts = user.language.value, {"name": user.name, "user_name": user.user_name, "days": DAYS}
    post(
        INVITATION,
        f"{INVITATION}:{_hash(secret)}",
        user.email,
        SUBJECT.text(language),
        BODY.text(language).format(**facts, link=link(secret)),
        domain=user.sys_domain,
        table=table_name(User),
        record=user.sys_id,
    )


def invited(secret: str) -> User | None:
    """Whoever may choose a password with this secret; None when it is unknown, used or too old."""
    with inside(ROOT_DOMAIN):
        valid = Invitation.token_hash == _hash(secret), Invitation.expires_at > now()
        key = session.scalar(select(Invitation.user).where(*valid))
        return session.get(User, key) if key and actor_for(key) else None


def accept(secret: str, password: str, again: str) -> User:
    """Give the invited user this password, written twice alike; the invitation is used up. NotVisible without one."""
    user = invited(secret)
    if user is None:
        raise NotVisible
    if problems := _wrong(password, again):
        raise Rejected(problems)
    with inside(ROOT_DOMAIN):
        used = delete(Invitation).where(Invitation.token_hash == _hash(secret))
        if session.scalar(used.returning(Invitation.user)) is None:  # by somebody else with the same link
            raise NotVisible
        user = session.get_one(User, user.sys_id)
        set_password(user, password)
        return user


def _wrong(password: str, again: str) -> list[Problem]:
    if not SHORTEST <= len(password) <= LONGEST:
        message = sentence("A password has from {least} to {most} characters.")
        return [Problem("PASSWORD_LENGTH", message, "password", least=SHORTEST, most=LONGEST)]
    if password != again:
        return [Problem("PASSWORDS_DIFFER", "The two passwords are not the same.", "again")]
    return []


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
