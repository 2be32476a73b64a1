"""What was published together, so that it can be taken back together; its ledger is the history of the records."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.imports.records import AGENT
from ale.foundation.choice import Choice
from ale.foundation.db import Base, Separated
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet


class PublicationState(Choice):
    PUBLISHING = "publishing", "Publishing", "Publication en cours"
    PUBLISHED = "published", "Published", "Publiée"
    UNDOING = "undoing", "Being undone", "Annulation en cours"
    UNDONE = "undone", "Undone", "Annulée"
    REDOING = "redoing", "Being redone", "Rétablissement en cours"


class Publication(Separated, Record):
    """One press of Publish; its sys_id is that of the job, and the change set of every change that it made.

    `last_change` is an id later than all of these changes, `place` how far an undo or a redo has come in them.
    """

    __tablename__ = "sn_acct_lc_publication"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    import_task: Mapped[str] = reference(
        "Import task", "Tâche d’importation", to="sn_ti_core_imp_task", table="sn_ti_core_task"
    )
    target_table: Mapped[str] = field("Target table", "Table cible", max_length=80)
    state: Mapped[PublicationState] = field("State", "État", default=PublicationState.PUBLISHING, read_only=True)
    created: Mapped[int] = field("Created", "Créés", default=0, read_only=True)
    updated: Mapped[int] = field("Updated", "Mis à jour", default=0, read_only=True)
    unchanged: Mapped[int] = field("Unchanged", "Inchangés", default=0, read_only=True)
    refused: Mapped[int] = field("Refused", "Refusés", default=0, read_only=True)
    undone_at: Mapped[datetime | None] = field("Undone", "Annulée le", read_only=True)
    reversed: Mapped[int] = field("Reversed", "Annulés", default=0, read_only=True)
    kept: Mapped[int] = field("Kept", "Conservés", default=0, read_only=True)
    blocked: Mapped[int] = field("Blocked", "Bloqués", default=0, read_only=True)
    last_change: Mapped[str | None] = mapped_column(String(32))
    place: Mapped[str | None] = mapped_column(String(32))

    __sheet__ = Sheet(
        label=Label("Publication", "Publication"), plural=Label("Publications", "Publications"), display="number",
        prefix="PUBL", order="number", search=("number",), filters=("state", "target_table", "import_task"),
        columns=("number", "import_task", "target_table", "state", "created", "updated", "unchanged", "reversed",
                 "kept", "blocked"),
        form=(
            Section.of("Publication", "Publication", "number", "import_task", "target_table", "state", "created",
                       "updated", "unchanged", "refused"),
            Section.of("Undo", "Annulation", "undone_at", "reversed", "kept", "blocked"),
        ),
        access=Access(read=AGENT), domain_of="import_task", icon="history",
    )  # fmt: skip


class LeftAlone(Separated, Base):
    """A record of a publication that an undo or a redo left as it is: kept or blocked, and why.

    `reason` is {code, ...}: EDITED with user and at, GONE, NEEDED with label and record, REFUSED with problems.
    """

    __tablename__ = "ale_left_alone"

    publication: Mapped[str] = mapped_column(String(32), primary_key=True)
    record: Mapped[str] = mapped_column(String(32), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
