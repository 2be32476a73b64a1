"""What the buttons of an import need to know before the deed: which rows are meant, and whether it is meant at all."""

from io import BytesIO

from werkzeug.datastructures import MultiDict

from ale.blueprints.shown.import_task import ImportPage
from ale.domains.imports import queries
from ale.domains.imports.building import uploaded_template
from ale.domains.imports.definition import Definition
from ale.domains.imports.previewing import Chosen
from ale.domains.imports.records import DataSource, ImportTask
from ale.domains.imports.rows import READY
from ale.domains.imports.template import write_template
from ale.foundation.attachments import path_of
from ale.foundation.db import session
from ale.foundation.field import fields_of
from ale.foundation.problem import Problem, Rejected


def selected(page: ImportPage, sent: MultiDict[str, str]) -> list[str]:
    """The rows that were ticked, or with `all` every row that the list holds. Rejected (NO_ROWS) without any."""
    chosen = queries.ids(page.task, page.wanted) if sent.get("all") else sent.getlist("rows")
    if not chosen:
        raise Rejected([Problem("NO_ROWS", "Select at least one row.")])
    return chosen


def to_publish(page: ImportPage, sent: MultiDict[str, str]) -> Chosen:
    """The rows that were ticked, or all that are ready. Rejected when somebody was faster."""
    if not page.standing.ready:
        who = queries.publisher_of(page.task)
        message = "No row is ready to publish any more; {who} published last." if who else "No row is ready to publish."
        raise Rejected([Problem("NOTHING_READY", message, who=who)])
    whole = sent.get("everything") or (sent.get("all") and not page.wanted.is_narrowed)
    return "all" if whole else selected(page, sent)


def confirm_restart(task: ImportTask, typed: str) -> None:
    """Rejected (NOT_CONFIRMED) where ready rows would be lost and the number of the task was not typed."""
    if queries.counts(task)[READY] and typed.strip().casefold() != task.number.casefold():
        raise Rejected([Problem("NOT_CONFIRMED", "Type {number} to confirm.", "confirmation", number=task.number)])


def close_notes(notes: str) -> dict[str, str]:
    """What closing sets. Rejected without notes: the summary of the stage asks for them (PBK-17)."""
    if not notes.strip():
        label = fields_of(ImportTask)["close_notes"].label
        raise Rejected([Problem("REQUIRED_FIELD", "{label} is required.", "close_notes", label=label)])
    return {"close_notes": notes}


def template_of(task: ImportTask, definition: Definition, language: str) -> tuple[BytesIO, str]:
    """The workbook to fill in, and its name; that of an import somebody built is the one it was built from (IMP-02)."""
    if (uploaded := uploaded_template(task.data_source)) is not None:
        return BytesIO(path_of(uploaded).read_bytes()), uploaded.file_name
    source = session.get(DataSource, task.data_source) if task.data_source else None
    title = definition.target.__sheet__.plural
    content = write_template(definition.columns, definition.validations, language, title)
    return BytesIO(content), source.name if source else f"{task.number}.xlsx"
