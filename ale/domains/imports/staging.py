"""What was loaded: one import set per file, one staging row per line of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.imports.records import AGENT
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Base, Separated
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet, new_id


class RunState(Choice):
    QUEUED = "queued", "Queued", "En file"
    WAITING = "waiting", "Columns to match", "Colonnes à associer"
    RUNNING = "running", "Running", "En cours"
    SUCCESS = "success", "Succeeded", "Réussi"
    PARTIAL = "partial", "Partially succeeded", "Partiellement réussi"
    FAILED = "failed", "Failed", "Échec"


class ImportSet(Separated, Record):
    """One load of one file; `rows_total` says how many rows it gave, `problems` why it was refused.

    As many rows as it gave are there or in `rows_discarded`, at every moment. While it is waiting for somebody to match
    its columns, `survey` says what the file looks like (`surveying.Survey`); `mapping` is what was taken for what:
    {headings, columns, values, how, by, at}, see `mapping.Mapping`.
    """

    __tablename__ = "sys_import_set"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    import_task: Mapped[str] = reference(
        "Import task", "Tâche d’importation", to="sn_ti_core_imp_task", table="sn_ti_core_task"
    )
    data_source: Mapped[str | None] = reference("Data source", "Source de données", to="sys_data_source")
    attachment: Mapped[str] = field("File", "Fichier", max_length=32)
    file_name: Mapped[str] = field("File name", "Nom du fichier", max_length=255)
    state: Mapped[RunState] = field("State", "État", default=RunState.QUEUED, read_only=True)
    rows_total: Mapped[int] = field("Rows", "Lignes", default=0, read_only=True)
    rows_discarded: Mapped[int] = field("Discarded rows", "Lignes écartées", default=0, read_only=True)
    last_line: Mapped[int] = field("Last line read", "Dernière ligne lue", default=0, read_only=True)
    message: Mapped[str | None] = field("Message", "Message", long=True, read_only=True)
    problems: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    survey: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    __sheet__ = Sheet(
        label=Label("Import set", "Jeu d’importation"), plural=Label("Import sets", "Jeux d’importation"),
        display="number", prefix="ISET",
        columns=("number", "import_task", "file_name", "state", "rows_total", "message"),
        filters=("state", "import_task"), search=("number", "file_name"),
        form=(
            Section.of("Load", "Chargement", "number", "import_task", "data_source", "file_name", "state", "rows_total",
                       "rows_discarded", "message"),
        ),
        access=Access(read=AGENT, delete=("admin",)), domain_of="import_task", icon="file-spreadsheet",
    )  # fmt: skip


class RowState(Choice):
    YET_TO_VALIDATE = "yet_to_validate", "Yet to validate", "Reste à valider"
    NEEDS_ATTENTION = "needs_attention", "Needs attention", "À corriger"
    READY = "ready", "Ready to publish", "Prêt à publier", "ready_to_publish"
    PUBLISHED = "published", "Published", "Publié"


class StagingRow(Separated, Base):
    """A row of a workbook as it was typed, on its way to the target; all staging tables live in this one.

    `cells` is JSON of the texts by column, `problems` JSON of what validation or publication found (NULL: nothing),
    `key` stands for the coalesce columns and `duplicate` whether another row of the task that is not yet published
    has the same. A row is ready only when it has neither problems nor a duplicate. `target_record` and `publication`
    say what it became last, and stay when that is undone. `import_task` repeats that of the
    import set, whose foreign key stands for both: each further index or key is paid for by every row.
    """

    __tablename__ = "ale_staging_row"
    __table_args__ = (
        Index("ix_ale_staging_row_state", "import_task", "state", "sys_id"),
        Index("ix_ale_staging_row_key", "import_task", "key"),
        Index("uq_ale_staging_row_line", "import_set", "line", unique=True),
    )

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    import_task: Mapped[str] = mapped_column(String(32))
    import_set: Mapped[str] = mapped_column(String(32), ForeignKey("sys_import_set.sys_id"))
    line: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default=RowState.YET_TO_VALIDATE.value)
    cells: Mapped[str] = mapped_column(Text)
    problems: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(String(32))
    duplicate: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    target_record: Mapped[str | None] = mapped_column(String(32))
    publication: Mapped[str | None] = mapped_column(String(32))
    sys_created_on: Mapped[datetime] = mapped_column(default=now)
