"""A running playbook: its context, its stages and activities, bound to the version it started with."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.record import RECORDS, Access, Record, Section, Sheet

RUN = Access(
    read=("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer"),
    create=("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent"),
    write=("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent"), delete=("admin",),
)  # fmt: skip


class ContextState(Choice):
    IN_PROGRESS = "in_progress", "In progress", "En cours"
    COMPLETE = "complete", "Complete", "Terminé"
    CANCELED = "canceled", "Canceled", "Annulé"


class ActivityState(Choice):
    PENDING = "pending", "Pending", "En attente"
    IN_PROGRESS = "in_progress", "In progress", "En cours"
    COMPLETE = "complete", "Complete", "Terminée"
    SKIPPED = "skipped", "Skipped", "Ignorée"
    CANCELED = "canceled", "Canceled", "Annulée"


def _domain_of_its_record(values: Values, by: Actor) -> str:
    """A run is behind the wall where the record is that it runs on."""
    record_type = RECORDS.get(str(values.get("record_table")))
    record = session.get(record_type, str(values.get("record"))) if record_type else None
    return str(getattr(record, "sys_domain", by.domain))


class Context(Separated, Record):
    """One run of a playbook on one record."""

    __tablename__ = "sys_pd_context"

    playbook: Mapped[str] = reference("Playbook", "Playbook", to="sys_pd_process_definition")
    record_table: Mapped[str] = field("Record table", "Table", max_length=80)
    record: Mapped[str] = field("Record", "Enregistrement", max_length=32, index=True)
    state: Mapped[ContextState] = field("State", "État", default=ContextState.IN_PROGRESS)
    started_at: Mapped[datetime | None] = field("Started", "Démarré le")
    ended_at: Mapped[datetime | None] = field("Ended", "Terminé le")

    __sheet__ = Sheet(
        label=Label("Playbook instance", "Instance de playbook"),
        plural=Label("Playbook instances", "Instances de playbook"), display="playbook",
        columns=("playbook", "record_table", "state", "started_at", "ended_at"), filters=("state", "playbook"),
        form=(Section.of("Instance", "Instance", "playbook", "record_table", "record", "state", "started_at",
                         "ended_at"),),
        access=RUN, unique=(("playbook", "record"),), domain_of=_domain_of_its_record, icon="workflow",
    )  # fmt: skip


class StageContext(Separated, Record):
    """A stage of a run."""

    __tablename__ = "sys_pd_lane_context"

    instance: Mapped[str] = reference("Playbook instance", "Instance de playbook", to="sys_pd_context")
    stage: Mapped[str] = reference("Stage", "Étape", to="sys_pd_lane")
    state: Mapped[ActivityState] = field("State", "État", default=ActivityState.PENDING)

    __sheet__ = Sheet(
        label=Label("Stage instance", "Instance d’étape"), plural=Label("Stage instances", "Instances d’étape"),
        display="stage", columns=("instance", "stage", "state"),
        form=(Section.of("Stage", "Étape", "instance", "stage", "state"),), access=RUN,
        unique=(("instance", "stage"),), domain_of="instance", icon="workflow",
    )  # fmt: skip


class ActivityContext(Separated, Record):
    """An activity of a run; `data` is what was entered, `task` the record it made."""

    __tablename__ = "sys_pd_activity_context"

    instance: Mapped[str] = reference("Playbook instance", "Instance de playbook", to="sys_pd_context")
    activity: Mapped[str] = reference("Activity", "Activité", to="sys_pd_activity")
    state: Mapped[ActivityState] = field("State", "État", default=ActivityState.PENDING)
    data: Mapped[dict[str, Any] | None] = field("Captured data", "Données saisies")
    task: Mapped[str | None] = field("Task record", "Tâche", max_length=32, index=True)
    problem: Mapped[str | None] = field("Configuration error", "Erreur de configuration", long=True)
    started_at: Mapped[datetime | None] = field("Started", "Démarrée le")
    completed_at: Mapped[datetime | None] = field("Completed", "Terminée le")
    completed_by: Mapped[str | None] = reference("Completed by", "Terminée par", to="sys_user", constrained=False)

    __sheet__ = Sheet(
        label=Label("Activity instance", "Instance d’activité"),
        plural=Label("Activity instances", "Instances d’activité"), display="activity",
        columns=("instance", "activity", "state", "started_at", "completed_at", "completed_by"), filters=("state",),
        form=(Section.of("Activity", "Activité", "instance", "activity", "state", "data", "task", "problem",
                         "started_at", "completed_at", "completed_by"),),
        access=RUN, unique=(("instance", "activity"),), domain_of="instance", icon="list-checks",
    )  # fmt: skip
