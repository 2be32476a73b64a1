"""Logging on, roles and passwords."""

from collections.abc import Mapping

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from ale.domains.people.records import LogOn, Role, RoleGrant, User
from ale.domains.people.roles import SUPPLIED, closure
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import create, save
from ale.foundation.db import inside, session

hasher = PasswordHasher()
"""argon2id with the library's defaults (64 MiB, t=3, p=4); tests make it cheap."""

_NOBODY = hasher.hash("nobody has this password")


def authenticate(user_name: str, password: str) -> User | None:
    """The active user with this name and password, else None; an unknown name takes as long as a wrong password."""
    with inside(ROOT_DOMAIN):
        name = user_name.replace("\x00", "").strip()
        user = session.scalars(select(User).where(User.user_name == name)).one_or_none()
        try:
            hasher.verify(user.password_hash if user and user.password_hash else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return user if user and user.active and not user.locked_out else None


def actor_for(user_id: str) -> Actor | None:
    """The actor behind a user id, with the roles held at this moment; None when the user may not act any more."""
    with inside(ROOT_DOMAIN):
        user = session.get(User, user_id)
        if user is None or not user.active or user.locked_out:
            return None
        granted = session.scalars(
            select(Role.name).join(RoleGrant, RoleGrant.role == Role.sys_id).where(RoleGrant.user == user_id)
        ).all()
        return Actor(
            id=user.sys_id, name=user.name, domain=user.sys_domain, roles=closure(granted), account=user.account,
            contact=user.contact, language=user.language.value, theme=user.theme.value,
        )  # fmt: skip


def set_password(user: User, password: str) -> None:
    """Store the hash of a new password; whoever is logged on with the old one is out."""
    user.password_hash = hasher.hash(password)
    session.execute(delete(LogOn).where(LogOn.user == user.sys_id))
    session.flush()


def grant(user: User, role_name: str, by: Actor) -> None:
    """Give a user a role; giving it twice is giving it once."""
    role = session.scalars(select(Role).where(Role.name == role_name)).one()
    held = select(RoleGrant.sys_id).where(RoleGrant.user == user.sys_id, RoleGrant.role == role.sys_id)
    if not session.scalar(held):
        create(RoleGrant, {"user": user.sys_id, "role": role.sys_id}, by=by)


def supply_roles(by: Actor) -> None:
    """Make the rows of the supplied roles that are not there yet."""
    there = set(session.scalars(select(Role.name)))
    for role in SUPPLIED:
        if role.name not in there:
            create(Role, {"name": role.name, "description": role.label.en}, by=by)


def prefer(by: Actor, chosen: Mapping[str, str]) -> None:
    """Store the language or theme that a user chose for oneself; other fields are not the user's to change."""
    with inside(by.domain):
        save(
            session.get_one(User, by.id),
            {name: chosen[name] for name in ("language", "theme") if name in chosen},
            by=by.for_system(),
        )
        session.flush()
