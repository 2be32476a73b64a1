"""Settings and scheduled jobs as rows that an administrator edits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from ale.domains.system import rules
from ale.foundation.choice import Choice
from ale.foundation.field import Values, field
from ale.foundation.label import Label
from ale.foundation.problem import Problem
from ale.foundation.record import Access, Record, Section, Sheet

ADMIN = Access(read=("admin",), create=("admin",), write=("admin",), delete=("admin",))


class PropertyType(Choice):
    STRING = "string", "String", "Chaîne"
    INTEGER = "integer", "Integer", "Entier"
    BOOLEAN = "boolean", "Boolean", "Booléen"


class Property(Record):
    """A setting of the whole installation, read where it matters."""

    __tablename__ = "sys_properties"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    value: Mapped[str | None] = field("Value", "Valeur", long=True)
    type: Mapped[PropertyType] = field("Type", "Type", default=PropertyType.STRING)
    choices: Mapped[str | None] = field(
        "Choices", "Choix",
        hint=Label("The values there are, joined by commas; empty: any.",
                   "Les valeurs possibles, séparées par des virgules ; vide : toutes."),
    )  # fmt: skip
    description: Mapped[str | None] = field("Description", "Description", long=True)

    __sheet__ = Sheet(
        label=Label("System property", "Propriété système"), plural=Label("System properties", "Propriétés système"),
        display="name", columns=("name", "value", "type", "description"), order="name", search=("name", "description"),
        form=(Section.of("Property", "Propriété", "name", "type", "choices", "value", "description"),),
        check=(rules.value_fits_type, rules.value_is_chosen), access=ADMIN, unique=(("name",),), icon="settings",
    )  # fmt: skip


def _handler_is_known(values: Values, before: Values | None) -> Sequence[Problem]:
    """A scheduled job runs one of the handlers that the application registered."""
    from ale.domains.system.service import HANDLERS  # late: it uses this module

    name = values["handler"]
    if not name or name in HANDLERS or (before is not None and before["handler"] == name):
        return []
    return [Problem("UNKNOWN_HANDLER", "There is no handler called “{name}”.", "handler", name=name)]


class ScheduledJob(Record):
    """Work that runs by the clock; `Execute now` runs it at once even when it is inactive."""

    __tablename__ = "sysauto_script"

    name: Mapped[str] = field("Name", "Nom", max_length=100)
    name_fr: Mapped[str | None] = field("Name (French)", "Nom (français)", max_length=100)
    active: Mapped[bool] = field("Active", "Actif", default=False)
    schedule: Mapped[dict[str, Any] | None] = field(
        "Schedule",
        "Horaire",
        hint=Label('For example {"at": "02:00"}, in UTC.', 'Par exemple {"at": "02:00"}, en UTC.'),
    )
    handler: Mapped[str] = field("Handler", "Gestionnaire", max_length=80)
    last_run: Mapped[datetime | None] = field("Last run", "Dernière exécution", read_only=True)
    last_result: Mapped[str | None] = field("Last result", "Dernier résultat", long=True, read_only=True)
    next_run: Mapped[datetime | None] = field("Next run", "Prochaine exécution", read_only=True)

    __sheet__ = Sheet(
        label=Label("Scheduled job", "Tâche planifiée"), plural=Label("Scheduled jobs", "Tâches planifiées"),
        display="name", columns=("name", "name_fr", "active", "last_run", "last_result", "next_run"), order="name",
        search=("name", "name_fr"),
        form=(
            Section.of("Job", "Tâche", "name", "name_fr", "active", "schedule", "handler"),
            Section.of("Last run", "Dernière exécution", "last_run", "last_result", "next_run"),
        ),
        access=ADMIN, check=(_handler_is_known, rules.schedule_is_a_time), unique=(("name",),), icon="clock",
    )  # fmt: skip
