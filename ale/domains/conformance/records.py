"""Departments, problems, stored business rules and what else the suites read; for administrators."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.conformance import rules
from ale.domains.system.records import ADMIN
from ale.foundation.choice import Choice
from ale.foundation.db import session
from ale.foundation.encoded import matches
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.record import Record, Section, Sheet


class Department(Record):
    """Where a user works."""

    __tablename__ = "cmn_department"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    dept_head: Mapped[str | None] = reference("Head", "Responsable", to="sys_user", constrained=False)

    __sheet__ = Sheet(
        label=Label("Department", "Service"), plural=Label("Departments", "Services"), display="name",
        columns=("name", "dept_head"), form=(Section.of("Department", "Service", "name", "dept_head"),),
        access=ADMIN, unique=(("name",),), icon="building-2",
    )  # fmt: skip


class BusinessRule(Record):
    """A stored rule that refuses records of a table which its filter describes."""

    __tablename__ = "sys_script"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    collection: Mapped[str] = field("Table", "Table", max_length=80)
    active: Mapped[bool] = field("Active", "Actif", default=True)
    when: Mapped[str] = field("When", "Quand", max_length=40, default="before")
    order: Mapped[int] = field("Order", "Ordre", default=100)
    action_insert: Mapped[bool] = field("On insert", "À l’insertion", default=False)
    action_update: Mapped[bool] = field("On update", "À la mise à jour", default=False)
    abort_action: Mapped[bool] = field("Abort action", "Abandonner l’action", default=False)
    add_message: Mapped[bool] = field("Add message", "Ajouter un message", default=False)
    message: Mapped[str | None] = field("Message", "Message", long=True)
    filter_condition: Mapped[str | None] = field("Filter", "Filtre", long=True)

    __sheet__ = Sheet(
        label=Label("Business rule", "Règle métier"), plural=Label("Business rules", "Règles métier"), display="name",
        columns=("name", "collection", "when", "order", "active"),
        form=(
            Section.of("Rule", "Règle", "name", "collection", "active", "when", "order"),
            Section.of("What it does", "Ce qu’elle fait", "action_insert", "action_update", "filter_condition",
                       "abort_action", "add_message", "message"),
        ),
        access=ADMIN, icon="workflow",
    )  # fmt: skip


def _aborting(rows: Sequence[Values]) -> Sequence[Values]:
    """What the rules say that abort the making or the change of such problems."""
    meant = (BusinessRule.collection == "problem", BusinessRule.active, BusinessRule.abort_action)
    found = session.scalars(select(BusinessRule).where(*meant, BusinessRule.when == "before")).all()
    return [
        {"aborting": {name: _said(found, name, row) for name in ("action_insert", "action_update")}} for row in rows
    ]


def _said(found: Sequence[BusinessRule], event: str, row: Values) -> list[str]:
    return [one.message or "" for one in found if getattr(one, event) and matches(one.filter_condition or "", row)]


class ProblemState(Choice):
    OPEN = "1", "Open", "Ouvert"
    KNOWN_ERROR = "2", "Known error", "Erreur connue"
    PENDING_CHANGE = "3", "Pending change", "Changement en attente"
    CLOSED = "4", "Closed", "Clos"


class ProblemRecord(Record):
    """A problem as the suites make, change and delete it."""

    __tablename__ = "problem"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    short_description: Mapped[str | None] = field("Short description", "Description courte", max_length=160)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    state: Mapped[ProblemState] = field("State", "État", default=ProblemState.OPEN)
    active: Mapped[bool] = field("Active", "Actif", default=True)
    opened_at: Mapped[datetime | None] = field("Opened", "Ouvert le")
    opened_by: Mapped[str | None] = reference(
        "Opened by", "Ouvert par", to="sys_user", read_only=True, constrained=False
    )
    assigned_to: Mapped[str | None] = reference("Assigned to", "Affecté à", to="sys_user", constrained=False)

    __sheet__ = Sheet(
        label=Label("Problem", "Problème"), plural=Label("Problems", "Problèmes"), display="number", prefix="PRB",
        columns=("number", "short_description", "state", "assigned_to", "active"),
        form=(
            Section.of("Problem", "Problème", "number", "short_description", "description", "state", "active"),
            Section.of("People", "Personnes", "opened_by", "opened_at", "assigned_to"),
        ),
        access=ADMIN, needs=_aborting, check=(rules.not_aborted,), icon="help",
    )  # fmt: skip


class TableName(Record):
    """A table that is known by name."""

    __tablename__ = "sys_db_object"

    name: Mapped[str] = field("Name", "Nom", max_length=80)
    label: Mapped[str | None] = field("Label", "Libellé", max_length=80)

    __sheet__ = Sheet(
        label=Label("Known table", "Table connue"), plural=Label("Known tables", "Tables connues"), display="name",
        columns=("name", "label"), form=(Section.of("Table", "Table", "name", "label"),), access=ADMIN,
        unique=(("name",),), icon="database",
    )  # fmt: skip


class LogLine(Record):
    """A line of the system's log."""

    __tablename__ = "syslog"

    source: Mapped[str | None] = field("Source", "Source", max_length=100)
    message: Mapped[str | None] = field("Message", "Message", long=True)

    __sheet__ = Sheet(
        label=Label("Log line", "Ligne de journal"), plural=Label("Log lines", "Lignes de journal"), display="source",
        columns=("source", "message"), form=(Section.of("Line", "Ligne", "source", "message"),), access=ADMIN,
        icon="list-checks", audited=False,
    )  # fmt: skip


class Metadata(Record):
    """Something the application consists of."""

    __tablename__ = "sys_metadata"

    name: Mapped[str | None] = field("Name", "Nom", max_length=100)

    __sheet__ = Sheet(
        label=Label("Application part", "Élément de l’application"),
        plural=Label("Application parts", "Éléments de l’application"), display="name", columns=("name",),
        form=(Section.of("Part", "Élément", "name"),), access=ADMIN, icon="settings", audited=False,
    )  # fmt: skip
