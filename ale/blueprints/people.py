"""Users, roles and responsibilities."""

from flask import Blueprint

from ale.domains.people.records import Responsibility, Role, RoleGrant, User
from ale.foundation.label import Label
from ale.web.navigation import ADMINISTRATION, link
from ale.web.pages import record_pages

bp = Blueprint("people", __name__)
record_pages(bp, User, "users")
record_pages(bp, Role, "roles")
record_pages(bp, RoleGrant, "role-grants")
record_pages(bp, Responsibility, "responsibilities")

ADMIN = ("admin",)
link(ADMINISTRATION, 30, Label("Users", "Utilisateurs"), "people.users_list", "user", roles=ADMIN)
link(ADMINISTRATION, 40, Label("Roles", "Rôles"), "people.roles_list", "shield-check", roles=ADMIN)
RESPONSIBILITIES = Label("Responsibilities", "Responsabilités")
link(ADMINISTRATION, 50, RESPONSIBILITIES, "people.responsibilities_list", "users", roles=ADMIN)
