"""Logging on, roles and passwords."""

from collections.abc import Mapping

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Select, delete, or_, select

from ale.domains.people.records import Group, GroupMember, GroupRole, LogOn, Role, RoleGrant, User
from ale.domains.people.roles import CONTAINS, SUPPLIED, closure
from ale.domains.people.rules import in_small_letters
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import after, create, remove, save
from ale.foundation.db import inside, session
from ale.foundation.field import Values
from ale.foundation.problem import Problem, Rejected

hasher = PasswordHasher()
"""argon2id with the library's defaults (64 MiB, t=3, p=4); tests make it cheap."""

ADMIN_ROLE = "2831a114c611228501d4ea6c309d626d"
"""The id that the role admin has in every instance of ServiceNow: scripts name it."""

_NOBODY = hasher.hash("nobody has this password")


def authenticate(user_name: str, password: str) -> User | None:
    """The active user with this name and password, else None; an unknown name takes as long as a wrong password."""
    with inside(ROOT_DOMAIN):
        user = session.scalars(select(User).where(User.user_name == in_small_letters(user_name))).one_or_none()
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
        return Actor(
            id=user.sys_id, name=user.name, domain=user.sys_domain, roles=held_roles(user_id), account=user.account,
            contact=user.contact, language=user.language.value, theme=user.theme.value,
            time_zone=user.time_zone or "UTC",
        )  # fmt: skip


def held_roles(user_id: str) -> frozenset[str]:
    """The names of all roles a user holds at this moment: granted, through groups, and contained in those."""
    granted = session.execute(
        select(Role.name, Role.contains).where(
            or_(
                Role.sys_id.in_(select(RoleGrant.role).where(RoleGrant.user == user_id)),
                Role.sys_id.in_(roles_by_group().where(GroupMember.user == user_id)),
            )
        )
    ).all()
    own = {name: contains for name, contains in granted if name not in CONTAINS}
    return closure([name for name, _ in granted] + _contained(own))


def roles_by_group() -> Select[str]:
    """SELECT the roles of active groups, joined with their members."""
    return (
        select(GroupRole.role)
        .join(Group, (Group.sys_id == GroupRole.group) & Group.active)
        .join(GroupMember, GroupMember.group == GroupRole.group)
    )


def _contained(own: Mapping[str, list[str]]) -> list[str]:
    """The names of what these roles contain; those an administrator made say so in their rows, at any depth."""
    found: dict[str, str] = {}
    wanted = {key for contains in own.values() for key in contains}
    while wanted:
        rows = session.execute(select(Role.sys_id, Role.name, Role.contains).where(Role.sys_id.in_(wanted))).all()
        found |= {key: name for key, name, _ in rows}
        wanted = {one for _, name, contains in rows if name not in CONTAINS for one in contains} - found.keys()
    return [*found.values()]


def set_password(user: User, password: str) -> None:
    """Store the hash of a new password; whoever is logged on with the old one is out."""
    user.password_hash = hasher.hash(password)
    session.execute(delete(LogOn).where(LogOn.user == user.sys_id))
    session.flush()


def grant(user: User, role_name: str, by: Actor) -> None:
    """Give a user a role; giving it twice is giving it once."""
    role = session.scalars(select(Role).where(Role.name == role_name)).one_or_none()
    if role is None:
        raise Rejected([Problem("UNKNOWN_ROLE", "There is no role called “{name}”.", "role", name=role_name)])
    held = select(RoleGrant.sys_id).where(RoleGrant.user == user.sys_id, RoleGrant.role == role.sys_id)
    if not session.scalar(held):
        create(RoleGrant, {"user": user.sys_id, "role": role.sys_id}, by=by)


def revoke(user: User, role_id: str, by: Actor) -> None:
    """Take a granted role back; what is not granted stays so."""
    held = select(RoleGrant).where(RoleGrant.user == user.sys_id, RoleGrant.role == role_id)
    for one in session.scalars(held):
        remove(one, by=by)


@after(RoleGrant, "create", "save")
def _note_given(grant: RoleGrant, before: Values | None, by: Actor) -> None:
    for user_id in {grant.user, (before or {}).get("user", grant.user)}:
        _tell_user(user_id, RoleGrant.user == user_id, by)


@after(RoleGrant, "remove")
def _note_taken(grant: RoleGrant, before: Values | None, by: Actor) -> None:
    _tell_user(grant.user, (RoleGrant.user == grant.user) & (RoleGrant.sys_id != grant.sys_id), by)


def _tell_user(user_id: str, grants: ColumnElement[bool], by: Actor) -> None:
    """The user's own record lists the granted roles, so that its history tells who gave and took them."""
    roles = sorted(session.scalars(select(RoleGrant.role).where(grants)))
    save(session.get_one(User, user_id), {"roles": roles}, by=by.for_system())


def supply_roles(by: Actor) -> None:
    """Make the rows of the supplied roles that are not there yet, those contained in others first."""
    there = dict(session.execute(select(Role.name, Role.sys_id)).all())
    known = {role.name: role for role in SUPPLIED}

    def supplied(name: str) -> str:
        if name not in there:
            role = known[name]
            values = {"name": name, "description": role.label.en, "contains": [supplied(one) for one in role.contains]}
            own = {"sys_id": ADMIN_ROLE} if name == "admin" else {}
            there[name] = create(Role, own | values | {"aliases": [*role.aliases]}, by=by).sys_id
        return there[name]

    for role in SUPPLIED:
        supplied(role.name)


def prefer(by: Actor, chosen: Mapping[str, str]) -> None:
    """Store the language or theme that a user chose for oneself; other fields are not the user's to change."""
    with inside(by.domain):
        save(
            session.get_one(User, by.id),
            {name: chosen[name] for name in ("language", "theme") if name in chosen},
            by=by.for_system(),
        )
        session.flush()
