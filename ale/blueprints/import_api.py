"""The import task over HTTP: what the buttons of its page do, for scripts."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from ale.blueprints.shown.import_standing import said
from ale.blueprints.shown.staging_rows import Sentences
from ale.domains.imports import previewing, queries, repair, service
from ale.domains.imports.definition import Definition, definition_of
from ale.domains.imports.previewing import Chosen
from ale.domains.imports.publications import Publication
from ale.domains.imports.queries import Wanted
from ale.domains.imports.records import ImportTask
from ale.domains.imports.staging import RowState, StagingRow
from ale.domains.imports.values import cell_text
from ale.domains.imports.workbook import refuse_by_name
from ale.foundation.attachments import Attachment
from ale.foundation.db import session, transaction
from ale.foundation.ledger import Job
from ale.foundation.problem import NotVisible
from ale.foundation.reading import find
from ale.web.api_operations import described, json_body
from ale.web.api_schemas import NUMBER, OR_NONE, TEXT, Schema, as_result, listed, shape
from ale.web.identity import actor
from ale.web.json import BadRequest, api_door, payload, result

bp = Blueprint("import_api", __name__, url_prefix="/api/sn_acct_lc")
api_door(bp)

MOST_ROWS = 1_000
"""Rows that one answer holds at most."""

Given = Mapping[str, Any]

CELLS: Schema = {"type": "object", "additionalProperties": TEXT}
COUNTS: Schema = shape(**{state.value: NUMBER for state in RowState})
CHOSEN: Schema = {"anyOf": [{"const": "all"}, listed(TEXT)]}
ROW = shape(
    sys_id=TEXT, line=NUMBER, state={"enum": [state.value for state in RowState]}, version=NUMBER, values=CELLS,
    problems=listed(shape(rule=TEXT, field=TEXT, message=TEXT)), target_record=OR_NONE,
)  # fmt: skip
ROWS = (("state", "Only rows of this state"), ("after", "The sys_id of the last row before"), ("limit", "At most 1000"))
TALLY = dict.fromkeys(("created", "updated", "unchanged", "refused", "reversed", "kept", "blocked"), NUMBER)
JOB = shape(
    {"publication": TEXT} | TALLY,
    state={"enum": ["queued", "running", "done", "failed"]}, done=NUMBER, total=NUMBER, message=TEXT,
)  # fmt: skip
BEGUN = {"202": as_result("The sys_id of the job", shape(job=TEXT))}
PREVIEWED = shape(created=NUMBER, updated=NUMBER, unchanged=NUMBER, conflict=NUMBER, token=TEXT)
PREVIEW = {"200": as_result("What publishing would do", PREVIEWED)}

about_imports = partial(described, "Imports", offered=service.may_import)


def _load(task: ImportTask, given: Given) -> Job:
    files = [find(Attachment, key, actor()) for key in dict.fromkeys(_texts(given, "attachments"))]
    for file in files:
        refuse_by_name(file.file_name)
    return service.load(task, files, by=actor())


def _validate(task: ImportTask, _given: Given) -> Job:
    return service.validate(task, by=actor())


def _publish(task: ImportTask, given: Given) -> Job:
    token = given.get("token")
    if token is not None and not isinstance(token, str):
        raise BadRequest("Invalid token", "Send the token of a preview, or none.")
    return service.publish(task, _chosen(given), by=actor(), token=token)


def _begun(sys_id: str, begin: Callable[[ImportTask, Given], Job]) -> Response:
    given = payload()
    with transaction():
        job = begin(service.task_for(sys_id, actor()), given)
    return result({"job": job.sys_id}, 202)


@bp.post("/import_task/<sys_id>/load")
@about_imports(BEGUN, body=json_body(shape(attachments=listed(TEXT))))
def load(sys_id: str) -> Response:
    """Bring attachments into staging and validate their rows; a job to follow."""
    return _begun(sys_id, _load)


@bp.post("/import_task/<sys_id>/validate")
@about_imports(BEGUN)
def validate(sys_id: str) -> Response:
    """Validate what is yet to validate; a job to follow."""
    return _begun(sys_id, _validate)


@bp.post("/import_task/<sys_id>/publish")
@about_imports(BEGUN, body=json_body(shape({"token": TEXT}, rows=CHOSEN)))
def publish(sys_id: str) -> Response:
    """Publish ready rows, with the token of a preview only what was previewed; a job to follow."""
    return _begun(sys_id, _publish)


@bp.post("/import_task/<sys_id>/preview")
@about_imports(PREVIEW, body=json_body(shape(rows=CHOSEN)))
def preview(sys_id: str) -> Response:
    """What publishing would do, and the token that stands for it; nothing is written."""
    seen = previewing.preview(service.task_for(sys_id, actor()), _chosen(payload()), by=actor())
    counts = {"created": seen.created, "updated": seen.updated, "unchanged": seen.unchanged, "conflict": seen.conflict}
    return result(counts | {"token": seen.token})


@bp.post("/import_task/<sys_id>/restart")
@about_imports({"200": as_result("The counts of rows, by state", shape(counts=COUNTS))})
def restart(sys_id: str) -> Response:
    """Empty the staging table of the task."""
    with transaction():
        task = service.task_for(sys_id, actor())
        service.restart(task, by=actor())
    return result({"counts": queries.counts(task)})


@bp.post("/import_task/<sys_id>/undo")
@about_imports(BEGUN, body=json_body(shape(publication=TEXT)))
def undo(sys_id: str) -> Response:
    """Take a publication back; a job to follow, which says how many records were reversed, kept and blocked."""
    return _begun(sys_id, lambda task, given: service.undo(task, _publication(task, given), by=actor()))


@bp.post("/import_task/<sys_id>/redo")
@about_imports(BEGUN, body=json_body(shape(publication=TEXT)))
def redo(sys_id: str) -> Response:
    """Do again what an undo took back; a job to follow."""
    return _begun(sys_id, lambda task, given: service.redo(task, _publication(task, given), by=actor()))


def _publication(task: ImportTask, given: Given) -> Publication:
    """The publication meant: its sys_id is that of the job that published."""
    key = given.get("publication")
    if not isinstance(key, str):
        raise BadRequest("Missing publication", "Send the sys_id of the job that published.")
    return service.publication_of(task, key, actor())


@bp.get("/import_task/<sys_id>/rows")
@about_imports({"200": as_result("The rows", shape(rows=listed(ROW), counts=COUNTS))}, query=ROWS)
def rows(sys_id: str) -> Response:
    """Staging rows of one state or all, in the order of their ids, with the counts of every state."""
    task = service.task_for(sys_id, actor())
    state = request.args.get("state")
    if state and state not in tuple(RowState):
        raise BadRequest(f"Invalid state {state}", ", ".join(RowState))
    found = queries.rows(task, Wanted(state or ""), _limit(), after=request.args.get("after"))
    show = RowShape(definition_of(task))
    return result({"rows": [show(row) for row in found], "counts": queries.counts(task)})


@bp.patch("/import_task/<sys_id>/row/<row>")
@about_imports({"200": as_result("The row", ROW)}, body=json_body(shape({"version": NUMBER}, values=CELLS)))
def row(sys_id: str, row: str) -> Response:
    """Give cells of a row other texts: it is yet to validate then; 409 when `version` is not the present one."""
    given = payload()
    values, version = given.get("values"), given.get("version")
    if not isinstance(values, dict) or not (version is None or type(version) is int):
        raise BadRequest("Invalid body", 'Send {"values": {column: text}, "version": number}.')
    with transaction():
        task = service.task_for(sys_id, actor())
        texts = {name: cell_text(one) for name, one in values.items()}
        changed = repair.edit_row(queries.row_of(task, row), texts, version=version, by=actor())
    return result(RowShape(definition_of(task))(changed))


@bp.get("/job/<sys_id>")
@about_imports({"200": as_result("The job", JOB)})
def job(sys_id: str) -> Response:
    """How far a piece of background work is."""
    found = session.get(Job, sys_id)
    if found is None or found.about is None:
        raise NotVisible
    service.task_for(found.about, actor())
    shown = {"state": found.state, "done": found.done, "total": found.total, "message": said(found)}
    return result(shown | _tally(found))


def _tally(job: Job) -> dict[str, Any]:
    """What publishing, or taking back, has come to so far."""
    published = session.get(Publication, job.args.get("publication", job.sys_id))
    if published is None:
        return {}
    return {"publication": published.sys_id} | {name: getattr(published, name) for name in TALLY}


class RowShape:
    """A staging row as it is sent; every column of the import is there, empty ones as empty texts."""

    def __init__(self, definition: Definition) -> None:
        self._definition, self._sentences = definition, Sentences(definition)

    def __call__(self, row: StagingRow) -> dict[str, Any]:
        cells = json.loads(row.cells)
        problems = queries.problems_of(row, self._definition.key_field)
        return {
            "sys_id": row.sys_id,
            "line": row.line,
            "state": row.state,
            "version": row.version,
            "values": {name: cells.get(name, "") for name in self._definition.labels},
            "problems": [
                {"rule": one["rule"], "field": one["field"], "message": self._sentences.full(one)} for one in problems
            ],
            "target_record": row.target_record,
        }


def _chosen(given: Given) -> Chosen:
    """The rows meant; nothing is published because somebody forgot to say what."""
    if "rows" not in given:
        raise BadRequest("Missing rows", 'Send "all" or a list of sys_ids.')
    return "all" if given["rows"] == "all" else _texts(given, "rows")


def _texts(given: Given, name: str) -> list[str]:
    texts = given.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise BadRequest(f"Invalid {name}", "Send a list of sys_ids.")
    return texts


def _limit() -> int:
    asked = request.args.get("limit", "100")
    return min(int(asked), MOST_ROWS) if asked.isascii() and asked.isdecimal() and len(asked) < 12 else 100
