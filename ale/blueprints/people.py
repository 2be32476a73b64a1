"""Users, groups, roles and responsibilities; the roles of a user on one page."""

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.domains.people.queries import roles_of, roles_to_grant
from ale.domains.people.records import Group, GroupMember, GroupRole, Responsibility, Role, RoleGrant, User
from ale.domains.people.service import grant, revoke
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import NotVisible
from ale.foundation.reading import find, may
from ale.web.addresses import form_href, offers
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, link
from ale.web.pages import record_pages
from ale.web.render import done, render

bp = Blueprint("people", __name__)
record_pages(bp, User, "users")
record_pages(bp, Group, "groups")
record_pages(bp, GroupMember, "group-members")
record_pages(bp, GroupRole, "group-roles")
record_pages(bp, Role, "roles")
record_pages(bp, RoleGrant, "role-grants")
record_pages(bp, Responsibility, "responsibilities")

ADMIN = ("admin",)
link(ADMINISTRATION, 30, Label("Users", "Utilisateurs"), "people.users_list", "user", roles=ADMIN)
link(ADMINISTRATION, 35, Label("Groups", "Groupes"), "people.groups_list", "users", roles=ADMIN)
link(ADMINISTRATION, 40, Label("Roles", "Rôles"), "people.roles_list", "shield-check", roles=ADMIN)
RESPONSIBILITIES = Label("Responsibilities", "Responsabilités")
link(ADMINISTRATION, 50, RESPONSIBILITIES, "people.responsibilities_list", "users", roles=ADMIN)
offers(User, Label("Roles", "Rôles"), "people.user_roles", changes=False, roles=ADMIN)


@bp.get("/users/<sys_id>/roles")
def user_roles(sys_id: str) -> str:
    """What the user may do now and why, with buttons to grant and revoke."""
    user = _user(sys_id)
    choices = [(one.sys_id, f"{one.name} – {one.description or ''}".rstrip(" –")) for one in roles_to_grant(user)]
    back = form_href(User, user.sys_id)
    return render("people/roles.html", user=user, back=back, held=roles_of(user), choices=choices)


@bp.post("/users/<sys_id>/roles")
def grant_role(sys_id: str) -> Response:
    """Grant a role; it counts from the user's next request."""
    user, role = _user(sys_id), find(Role, request.form.get("role", ""), actor())
    with transaction():
        grant(user, role.name, actor())
    flash(_("Granted: %(role)s.", role=role.name), "ok")
    return done(url_for(".user_roles", sys_id=sys_id))


@bp.post("/users/<sys_id>/roles/<role>/revoke")
def revoke_role(sys_id: str, role: str) -> Response:
    """Take a granted role back; it counts from the user's next request."""
    user, taken = _user(sys_id), find(Role, role, actor())
    with transaction():
        revoke(user, taken.sys_id, actor())
    flash(_("Revoked: %(role)s.", role=taken.name), "ok")
    return done(url_for(".user_roles", sys_id=sys_id))


def _user(sys_id: str) -> User:
    """The user, for those who administer grants."""
    if not may(RoleGrant, "read", actor()):
        raise NotVisible
    return find(User, sys_id, actor())
