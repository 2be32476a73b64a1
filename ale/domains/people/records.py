"""Users and their roles; sessions and responsibilities."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.people import rules
from ale.domains.people.roles import CONTAINS
from ale.domains.system.records import ADMIN
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Base, Separated
from ale.foundation.field import Facts, Values, field, reference
from ale.foundation.label import Label
from ale.foundation.problem import Problem
from ale.foundation.record import Access, Record, Section, Sheet

STAFF = ("sn_customerservice_agent", "sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer")


class UserType(Choice):
    INTERNAL = "internal", "Internal", "Interne"
    EXTERNAL = "external", "External", "Externe"


class Language(Choice):
    EN = "en", "English", "Anglais"
    FR = "fr", "French", "Français"


class Theme(Choice):
    AUTO = "auto", "As the system", "Comme le système"
    LIGHT = "light", "Light", "Clair"
    DARK = "dark", "Dark", "Sombre"


class User(Separated, Record):
    """Somebody who can log on; the domain decides what is seen."""

    __tablename__ = "sys_user"

    user_name: Mapped[str] = field("User name", "Nom d’utilisateur", max_length=100)
    name: Mapped[str] = field("Name", "Nom", max_length=160)
    email: Mapped[str] = field("Email", "E-mail", max_length=254, format="email")
    password_hash: Mapped[str | None] = field("Password", "Mot de passe", format="secret", read_only=True)
    user_type: Mapped[UserType] = field("User type", "Type d’utilisateur", default=UserType.INTERNAL)
    contact: Mapped[str | None] = reference("Contact", "Contact", to="customer_contact", constrained=False)
    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account", constrained=False)
    language: Mapped[Language] = field("Language", "Langue", default=Language.EN)
    theme: Mapped[Theme] = field("Theme", "Thème", default=Theme.AUTO)
    time_zone: Mapped[str | None] = field("Time zone", "Fuseau horaire", max_length=40)
    mobile_phone: Mapped[str | None] = field("Mobile phone", "Téléphone mobile", max_length=40)
    department: Mapped[str | None] = reference("Department", "Service", to="cmn_department", constrained=False)
    active: Mapped[bool] = field("Active", "Actif", default=True)
    locked_out: Mapped[bool] = field("Locked out", "Verrouillé", default=False)
    roles: Mapped[list[str]] = reference("Roles", "Rôles", to="sys_user_role", many=True, read_only=True)

    __sheet__ = Sheet(
        label=Label("User", "Utilisateur"), plural=Label("Users", "Utilisateurs"), display="name",
        columns=("name", "user_name", "email", "user_type", "account", "active"), order="name",
        filters=("user_type", "active"), search=("name", "user_name", "email"),
        form=(
            Section.of("User", "Utilisateur", "name", "user_name", "email", "mobile_phone", "department",
                       "user_type", "account", "contact"),
            Section.of("Preferences and state", "Préférences et état", "language", "time_zone", "theme", "active",
                       "locked_out"),
            Section.of("Granted roles", "Rôles attribués", "roles"),
        ),
        access=Access(read=("admin", *STAFF), report_view=("admin",), create=("admin",), write=("admin",),
                      delete=("admin",)),
        derive=(rules.user_name_is_in_small_letters,), check=(rules.time_zone_is_known,),
        unique=(("email",),), unique_everywhere=(("user_name",),),
        domain_of="account", icon="user",
    )  # fmt: skip


def _supplied_roles_stay(values: Values, before: Values | None) -> Sequence[Problem]:
    """What the roles of the product are called and contain is written in the product, whose rights build on it."""
    if before is None or before["name"] not in CONTAINS:
        return ()
    return [
        Problem(
            "SUPPLIED_ROLE", "This role comes with ALE and stays as it is; make one of your own that contains it.", name
        )
        for name in ("name", "contains")
        if values[name] != before[name]
    ]


class Role(Record):
    """A role that can be granted; whoever holds it holds what it contains too."""

    __tablename__ = "sys_user_role"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    contains: Mapped[list[str]] = reference("Contains roles", "Contient les rôles", to="sys_user_role", many=True)
    aliases: Mapped[list[str] | None] = mapped_column(
        JSON, info={"facts": Facts(Label("Aliases", "Alias"), read_only=True)}
    )

    __sheet__ = Sheet(
        label=Label("Role", "Rôle"), plural=Label("Roles", "Rôles"), display="name", columns=("name", "description"),
        order="name", search=("name", "description"),
        form=(Section.of("Role", "Rôle", "name", "description", "contains", "aliases"),),
        access=ADMIN, check=(_supplied_roles_stay,), unique=(("name",),), icon="shield-check",
    )  # fmt: skip


def of_visible_users(record_type: Any, _by: Actor) -> ColumnElement[bool]:
    """Rows condition: what is said of users is for those who see these users; roles and groups are for all."""
    condition: ColumnElement[bool] = record_type.user.in_(select(User.sys_id))
    return condition


class RoleGrant(Record):
    """A role that a user holds."""

    __tablename__ = "sys_user_has_role"

    user: Mapped[str] = reference("User", "Utilisateur", to="sys_user")
    role: Mapped[str] = reference("Role", "Rôle", to="sys_user_role")
    granted_by: Mapped[str | None] = reference(
        "Granted by", "Attribué par", to="sys_user", constrained=False, read_only=True
    )

    __sheet__ = Sheet(
        label=Label("User role", "Rôle d’utilisateur"), plural=Label("User roles", "Rôles d’utilisateurs"),
        display="role", columns=("user", "role", "granted_by"),
        form=(Section.of("Grant", "Attribution", "user", "role", "granted_by"),),
        access=replace(ADMIN, rows=of_visible_users), unique=(("user", "role"),), icon="shield-check",
    )  # fmt: skip


class Group(Record):
    """People who hold the same roles, as long as they are in it and it is active."""

    __tablename__ = "sys_user_group"

    name: Mapped[str] = field("Name", "Nom", max_length=80)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    manager: Mapped[str | None] = reference("Manager", "Responsable", to="sys_user")
    email: Mapped[str | None] = field("Group email", "E-mail du groupe", max_length=254, format="email")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Group", "Groupe"), plural=Label("Groups", "Groupes"), display="name",
        columns=("name", "description", "manager", "active"), order="name", filters=("active",), search=("name",),
        form=(Section.of("Group", "Groupe", "name", "description", "manager", "email", "active"),),
        access=ADMIN, unique=(("name",),), icon="users",
    )  # fmt: skip


class GroupMember(Record):
    """A user who is in a group."""

    __tablename__ = "sys_user_grmember"

    group: Mapped[str] = reference("Group", "Groupe", to="sys_user_group")
    user: Mapped[str] = reference("User", "Utilisateur", to="sys_user")

    __sheet__ = Sheet(
        label=Label("Group member", "Membre de groupe"), plural=Label("Group members", "Membres de groupes"),
        display="user", columns=("group", "user"), form=(Section.of("Membership", "Appartenance", "group", "user"),),
        access=replace(ADMIN, rows=of_visible_users), unique=(("group", "user"),), icon="users",
    )  # fmt: skip


class GroupRole(Record):
    """A role that everybody in a group holds."""

    __tablename__ = "sys_group_has_role"

    group: Mapped[str] = reference("Group", "Groupe", to="sys_user_group")
    role: Mapped[str] = reference("Role", "Rôle", to="sys_user_role")

    __sheet__ = Sheet(
        label=Label("Group role", "Rôle de groupe"), plural=Label("Group roles", "Rôles de groupes"),
        display="role", columns=("group", "role"), form=(Section.of("Grant", "Attribution", "group", "role"),),
        access=ADMIN, unique=(("group", "role"),), icon="shield-check",
    )  # fmt: skip


class Audience(Choice):
    CUSTOMER = "customer", "Customer team", "Équipe client"
    INTERNAL = "internal", "Account team", "Équipe de compte"
    SQUAD = "squad", "Squad", "Équipe dédiée"


class Responsibility(Record):
    """What a person of a team answers for; names a role an administrator should grant, and never grants it itself."""

    __tablename__ = "sn_customerservice_responsibility_def"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    name_fr: Mapped[str | None] = field("Name (French)", "Nom (français)", max_length=100)
    audience: Mapped[Audience] = field("Used for", "Utilisée pour", default=Audience.INTERNAL)
    required_role: Mapped[str | None] = reference("Role to grant", "Rôle à attribuer", to="sys_user_role")
    eligible_users: Mapped[list[str]] = reference(
        "Users holding this responsibility", "Utilisateurs habilités", to="sys_user", many=True
    )
    is_primary_contact: Mapped[bool] = field("Primary point of contact", "Point de contact principal", default=False)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Responsibility", "Responsabilité"), plural=Label("Responsibilities", "Responsabilités"),
        display="name", columns=("name", "audience", "required_role", "is_primary_contact"), order="name",
        filters=("audience", "active"), search=("name", "name_fr"),
        form=(
            Section.of("Responsibility", "Responsabilité", "name", "name_fr", "audience", "is_primary_contact",
                       "active"),
            Section.of("People and rights", "Personnes et droits", "required_role", "eligible_users"),
        ),
        access=Access(read=STAFF, report_view=("admin",), create=("admin",), write=("admin",), delete=("admin",)),
        unique=(("name",),), icon="users",
    )  # fmt: skip

    def label(self, locale: str) -> str:
        """The name in `locale`."""
        return (self.name_fr or self.name) if locale == "fr" else self.name


class LogOn(Base):
    """A session of the browser: kept here under the hash of its secret, so that a stolen table opens nothing."""

    __tablename__ = "ale_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str | None] = mapped_column(String(32), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now, index=True)
