"""The Table API, shaped as ServiceNow's so that its own clients work unchanged; also at the short `/api/v1/<table>`."""

from typing import Any

from flask import Blueprint, Request, Response, request
from werkzeug.exceptions import HTTPException

from ale.domains.people import attempts
from ale.domains.people.credentials import actor_by_password
from ale.domains.people.tokens import Scope, actor_by_token
from ale.foundation.db import transaction
from ale.foundation.problem import Forbidden
from ale.foundation.tables import Table, serve
from ale.foundation.trail import TRAIL
from ale.web.api_document import document
from ale.web.api_input import given
from ale.web.api_operations import described
from ale.web.api_rows import Asked, one, page, page_headers
from ale.web.api_schemas import as_response
from ale.web.identity import Visitor, actor, login
from ale.web.json import answer, api_door, http_error, known_caller, known_table, result

bp = Blueprint("api", __name__, url_prefix="/api")
api_door(bp)
serve(TRAIL.get, TRAIL.keys)


@login.request_loader
def caller(asked: Request) -> Visitor | None:
    """Whoever the credentials of a request to the API name; pages know their visitors by the session only."""
    given = asked.authorization
    if not asked.path.startswith("/api/") or given is None:
        return None
    if given.type == "bearer":
        known = actor_by_token(given.token or "")
        return Visitor(known[0].through("api"), only_reads=known[1] is Scope.READ) if known else None
    return _by_password(given.username or "", given.password or "") if given.type == "basic" else None


def _by_password(name: str, password: str) -> Visitor | None:
    """Whoever this name and password are of; a wrong one counts as an attempt to log on."""
    by = actor_by_password(name, password)
    if by is None and not attempts.too_many(name):
        with transaction():
            attempts.note_failure(name)
    return Visitor(by.through("api")) if by else None


@bp.before_app_request
def unknown_address() -> Response | HTTPException | None:
    """An address below /api/ that is no route, or not with this method, is answered as JSON too."""
    wrong = request.routing_exception
    if wrong is None or not request.path.startswith("/api/"):
        return None
    return known_caller() or http_error(wrong)


def _writable(name: str) -> Table:
    table = known_table(name)
    if table.read_only:
        raise Forbidden(f"{name} is read only")
    return table


def _row(table: Table, sys_id: str) -> dict[str, Any]:
    return one(table, sys_id, Asked.of(request.args), actor())


@bp.get("/v1/<name>")
@bp.get("/now/table/<name>")
def rows(name: str) -> Response:
    """The rows that sysparm_query describes."""
    asked = Asked.of(request.args)
    found = page(known_table(name), asked, actor())
    return result(found.rows, headers=page_headers(asked, found.total))


@bp.post("/v1/<name>")
@bp.post("/now/table/<name>")
def make(name: str) -> Response:
    """Make a row of the fields in the body; names that are no field are left out."""
    table = _writable(name)
    values = given(table)
    with transaction():
        sys_id = table.create(values, actor())
    return result(_row(table, sys_id), 201, {"Location": f"{request.base_url}/{sys_id}"})


@bp.get("/v1/<name>/<sys_id>")
@bp.get("/now/table/<name>/<sys_id>")
def row(name: str, sys_id: str) -> Response:
    """One row."""
    return result(_row(known_table(name), sys_id))


@bp.route("/v1/<name>/<sys_id>", methods=["PUT", "PATCH"])
@bp.route("/now/table/<name>/<sys_id>", methods=["PUT", "PATCH"])
def change(name: str, sys_id: str) -> Response:
    """Change the fields in the body; the others stay."""
    table = _writable(name)
    values = given(table)
    with transaction():
        table.save(sys_id, values, actor())
    return result(_row(table, sys_id))


@bp.delete("/v1/<name>/<sys_id>")
@bp.delete("/now/table/<name>/<sys_id>")
def delete(name: str, sys_id: str) -> Response:
    """Delete one row."""
    table = _writable(name)
    with transaction():
        table.remove(sys_id, actor())
    return Response(status=204)


@bp.get("/v1/openapi.json")
@bp.get("/openapi.json")
@described("API", {"200": as_response("This document", {"type": "object"})})
def description() -> Response:
    """What the caller may do, as an OpenAPI document generated from the declarations."""
    return answer(document(actor(), request.url_root))
