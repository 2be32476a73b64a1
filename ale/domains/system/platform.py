"""What the platform itself keeps as rows: plugins, notifications, messages to people, templates of replies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Mapped

from ale.domains.system import rules
from ale.domains.system.records import ADMIN
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.choice import Choice
from ale.foundation.db import current_domain
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet, Step

ACTIVATES = "sn_customerservice.customer_admin"


def _in_the_global_domain(kind: Any, by: Actor) -> ColumnElement[bool] | None:
    """Who may only activate sees plugins in the global domain alone."""
    return None if by.has("admin") or by.domain == ROOT_DOMAIN else false()


def _where(rows: Sequence[Values]) -> Sequence[Values]:
    return [{"is_global": current_domain() == ROOT_DOMAIN} for _ in rows]


class Plugin(Record):
    """An installable part of the application; activating it activates what it depends on."""

    __tablename__ = "sys_plugin"

    plugin_id: Mapped[str] = field("ID", "ID", max_length=120, write_roles=("admin",))
    name: Mapped[str] = field("Name", "Nom", max_length=160, write_roles=("admin",))
    description: Mapped[str | None] = field("Description", "Description", long=True, write_roles=("admin",))
    dependencies: Mapped[dict[str, Any] | None] = field("Activates", "Active", write_roles=("admin",))
    active: Mapped[bool] = field("Active", "Actif", default=False)
    activated_at: Mapped[datetime | None] = field("Activated", "Activé le", read_only=True)
    activated_by: Mapped[str | None] = reference(
        "Activated by", "Activé par", to="sys_user", read_only=True, constrained=False
    )

    __sheet__ = Sheet(
        label=Label("Plugin", "Module d’extension"), plural=Label("Plugins", "Modules d’extension"), display="name",
        columns=("name", "plugin_id", "active", "activated_at"), order="name", filters=("active",),
        search=("name", "plugin_id"),
        form=(Section.of("Plugin", "Module d’extension", "name", "plugin_id", "description", "dependencies"),
              Section.of("Activation", "Activation", "active", "activated_at", "activated_by")),
        flow=(Step("activate", Label("Activate", "Activer"), {"active": True}, lambda row: not row["active"],
                   primary=True),),
        needs=_where, check=(rules.plugins_are_activated_globally,),
        access=Access(read=("admin", ACTIVATES), report_view=("admin",), create=("admin",),
                      write=("admin", ACTIVATES), delete=("admin",), rows=_in_the_global_domain),
        unique=(("plugin_id",),), icon="sparkles",
    )  # fmt: skip


class Notification(Record):
    """When, to whom and with what text a mail is sent."""

    __tablename__ = "sysevent_email_action"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    table_name: Mapped[str | None] = field("Table", "Table", max_length=80, format="table_name")
    event: Mapped[str] = field("Event", "Événement", max_length=100)
    recipients: Mapped[dict[str, Any] | None] = field("Recipients", "Destinataires")
    subject: Mapped[str | None] = field("Subject", "Objet", max_length=255)
    subject_fr: Mapped[str | None] = field("Subject (French)", "Objet (français)", max_length=255)
    body: Mapped[str | None] = field("Body", "Corps", long=True, format="html")
    body_fr: Mapped[str | None] = field("Body (French)", "Corps (français)", long=True, format="html")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Notification", "Notification"), plural=Label("Notifications", "Notifications"), display="name",
        columns=("name", "table_name", "event", "subject", "active"), order="name",
        filters=("table_name", "event", "active"), search=("name", "event", "subject"),
        form=(
            Section.of("Notification", "Notification", "name", "table_name", "event", "recipients", "active"),
            Section.of("Text", "Texte", "subject", "subject_fr", "body", "body_fr"),
        ),
        access=ADMIN, unique=(("name",),), icon="mail",
    )  # fmt: skip


class MessageLevel(Choice):
    INFO = "info", "Info", "Info"
    SUCCESS = "success", "Success", "Succès"
    WARNING = "warning", "Warning", "Avertissement"
    ERROR = "error", "Error", "Erreur"


class Message(Record):
    """A message shown to one user, e.g. that something long has come to its end; only the application writes it."""

    __tablename__ = "ale_ui_message"

    user: Mapped[str] = reference("User", "Utilisateur", to="sys_user", write_roles=("admin",))
    text: Mapped[str] = field("Text", "Texte", long=True, write_roles=("admin",))
    level: Mapped[MessageLevel] = field("Level", "Niveau", default=MessageLevel.INFO, write_roles=("admin",))
    link: Mapped[str | None] = field("Link", "Lien", write_roles=("admin",))
    read: Mapped[bool] = field("Read", "Lu", default=False)
    active: Mapped[bool] = field("Active", "Actif", default=True, write_roles=("admin",))

    __sheet__ = Sheet(
        label=Label("In-app notification", "Notification dans l’application"),
        plural=Label("In-app notifications", "Notifications dans l’application"), display="text",
        columns=("text", "level", "read", "sys_created_on"), filters=("level", "read"), search=("text",),
        form=(Section.of("Message", "Message", "text", "level", "link", "read", "user"),),
        flow=(Step("mark_read", Label("Mark as read", "Marquer comme lu"), {"read": True},
                   lambda row: not row["read"]),),
        access=Access(read=("*",), report_view=(), write=("*",), delete=("*",),
                      rows=lambda kind, by: kind.user == by.id),
        icon="bell", audited=False,
    )  # fmt: skip


class ResponseTemplate(Record):
    """A text put into a comment, with values of the record in place of {words}."""

    __tablename__ = "sn_response_template"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    short_name: Mapped[str | None] = field("Short name", "Nom court", max_length=60)
    body: Mapped[str] = field("Text", "Texte", long=True, format="html")
    body_fr: Mapped[str | None] = field("Text (French)", "Texte (français)", long=True, format="html")
    tables: Mapped[dict[str, Any] | None] = field("Offered on", "Proposé sur")
    condition: Mapped[dict[str, Any] | None] = field("Condition", "Condition")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Response template", "Modèle de réponse"),
        plural=Label("Response templates", "Modèles de réponse"), display="name",
        columns=("name", "short_name", "tables", "active"), order="name", filters=("active",),
        search=("name", "short_name"),
        form=(
            Section.of("Template", "Modèle", "name", "short_name", "body", "body_fr"),
            Section.of("Where it is offered", "Où il est proposé", "tables", "condition", "active"),
        ),
        access=Access(read=("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent"), report_view=("admin",),
                      create=("admin",), write=("admin",), delete=("admin",)),
        icon="message-square",
    )  # fmt: skip
