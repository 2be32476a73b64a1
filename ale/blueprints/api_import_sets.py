"""The Import Set API: rows for a staging table, which an import task examines in the background as if from a file."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from ale.domains.imports import service
from ale.domains.imports.definition import definition_of
from ale.domains.imports.exports import safe_cell
from ale.domains.imports.records import ImportTask, TransformMap
from ale.domains.imports.staging import ImportSet
from ale.domains.imports.values import cell_text
from ale.domains.onboarding.rules import TASK_OVER
from ale.foundation.attachments import attach, keep
from ale.foundation.db import session, transaction
from ale.foundation.reading import visible
from ale.web.api_operations import described, json_body
from ale.web.api_schemas import TEXT, as_response, listed, shape
from ale.web.identity import actor
from ale.web.json import BadRequest, answer, api_door, payload

bp = Blueprint("api_import_sets", __name__)
api_door(bp)

MOST = 10_000
"""Rows that one request holds at most."""

Row = dict[str, Any]
_ROW = {"type": "object", "additionalProperties": True}
_ANSWER = shape(import_set=TEXT, staging_table=TEXT, job=TEXT, result=listed(_ROW))
_TASK = (("sysparm_import_task", "sys_id of the import task; needed when several of this staging table are open"),)


@bp.post("/api/now/import/<table>")
@described("Import sets", {"201": as_response("Staged", _ANSWER)}, body=json_body(_ROW), query=_TASK)
def one_row(table: str) -> Response:
    """Load one row."""
    return _loaded(table, [payload()])


@bp.post("/api/now/import/<table>/insertMultiple")
@described(
    "Import sets", {"201": as_response("Staged", _ANSWER)}, body=json_body(shape(records=listed(_ROW))), query=_TASK
)
def many_rows(table: str) -> Response:
    """Load the rows of `records`."""
    rows = payload().get("records")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST or not all(isinstance(one, dict) for one in rows):
        raise BadRequest("Invalid records", f"Send a list of 1 to {MOST} rows.")
    return _loaded(table, rows)


def _loaded(table: str, rows: list[Row]) -> Response:
    task = _task(table)
    kept = keep(io.BytesIO(_as_file(task, rows)))
    with transaction():
        file = attach(task, kept, "import-set.csv", by=actor(), content_type="text/csv")
        job = service.load(task, [file], by=actor())
        loaded = session.scalars(select(ImportSet).where(ImportSet.attachment == file.sys_id)).one()
        body = {"import_set": loaded.number, "staging_table": table, "job": job.sys_id}
    return answer(body | {"result": [{"status": "pending", "table": table} for _ in rows]}, 201)


def _task(table: str) -> ImportTask:
    """The open import task that is named, or the only one of this staging table."""
    service.guard(actor())
    if not session.scalar(select(TransformMap.sys_id).where(TransformMap.source_table == table)):
        raise BadRequest(f"Invalid table {table}")
    if named := request.args.get("sysparm_import_task"):
        task = service.task_for(named, actor())
        if task.source_table != table:
            raise BadRequest("Invalid import task", f"It loads {task.source_table}.")
        return task
    is_open = (ImportTask.source_table == table, ImportTask.state.not_in(list(TASK_OVER)))
    found = session.scalars(visible(ImportTask, actor()).where(*is_open).limit(2)).all()
    if len(found) != 1:
        raise BadRequest("Missing import task", "Name an open one in sysparm_import_task.")
    return found[0]


def _as_file(task: ImportTask, rows: list[Row]) -> bytes:
    """The rows as a file of the import: its columns under their labels; other names are left out.

    Reading it gives back exactly what was sent, cleaned as every cell is.
    """
    labels = definition_of(task).labels
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([label.en for label in labels.values()])
    writer.writerows([[safe_cell(cell_text(row.get(name))) for name in labels] for row in rows])
    return text.getvalue().encode("utf-8-sig")
