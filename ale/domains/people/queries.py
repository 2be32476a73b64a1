"""What a user's roles are and where they come from."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from ale.domains.people.records import Group, GroupMember, GroupRole, Role, User
from ale.domains.people.service import held_roles
from ale.foundation.db import session


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that a user holds: granted in person, through these groups, or contained in these other roles."""

    role: Role
    is_granted: bool
    groups: tuple[str, ...]
    contained_in: tuple[str, ...]


def roles_of(user: User) -> list[HeldRole]:
    """All roles the user holds now, those granted in person first."""
    names = held_roles(user.sys_id)
    roles = session.scalars(select(Role).where(Role.name.in_(names)).order_by(Role.name)).all()
    within: dict[str, list[str]] = defaultdict(list)
    for role in roles:
        for key in role.contains:
            within[key].append(role.name)
    groups = _groups_by_role(user)
    held = [
        HeldRole(one, one.sys_id in user.roles, tuple(groups[one.sys_id]), tuple(within[one.sys_id])) for one in roles
    ]
    return sorted(held, key=lambda one: (not one.is_granted, not one.groups))


def _groups_by_role(user: User) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    rows = session.execute(
        select(GroupRole.role, Group.name)
        .join(Group, Group.sys_id == GroupRole.group)
        .join(GroupMember, GroupMember.group == Group.sys_id)
        .where(GroupMember.user == user.sys_id, Group.active)
        .order_by(Group.name)
    )
    for role, name in rows:
        found[role].append(name)
    return found


def roles_to_grant(user: User) -> list[Role]:
    """The roles that the user has not been granted, by name."""
    return [*session.scalars(select(Role).where(Role.sys_id.not_in(user.roles)).order_by(Role.name))]
