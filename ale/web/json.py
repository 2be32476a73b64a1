"""The door of the API: who calls, and how answers and refusals look.

`api_door(bp)` makes a blueprint such a door: credentials on every request and never the session cookie, the caller's
domain entered, every refusal in the shape that ServiceNow's clients read. `identity.actor()` is who calls.
"""

import json
import logging
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from ale.foundation.db import enter_domain
from ale.foundation.problem import Conflict, Forbidden, NotVisible, Rejected
from ale.foundation.record import new_id
from ale.foundation.room import FULL, is_full
from ale.foundation.tables import Table, table_named
from ale.web.identity import known_actor, only_reads
from ale.web.language import locale
from ale.web.limits import seconds_to_wait
from ale.web.security import csrf

log = logging.getLogger(__name__)

SHAPE = frozenset({"REQUIRED_FIELD", "TOO_LONG", "OUT_OF_RANGE", "QUERY_TOO_LARGE"})
"""Problems of what was sent (400), with those that begin with INVALID_; all others are refusals by a rule (403)."""

_CONTAINERS = ("api_batch.batch",)
"""Doors that hold other requests, each of which is looked at by itself."""


class BadRequest(Exception):
    """What was sent cannot be understood; `detail` says more."""

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.message, self.detail = message, detail


def api_door(bp: Blueprint) -> None:
    """Guard every route of `bp` and answer its refusals as JSON."""
    csrf.exempt(bp)
    bp.before_request(known_caller)
    bp.register_error_handler(Rejected, lambda error: answer(problems_body(error), status_of(error)))
    bp.register_error_handler(BadRequest, lambda error: api_error(400, error.message, error.detail))
    bp.register_error_handler(Forbidden, _forbidden)
    bp.register_error_handler(NotVisible, lambda _error: no_record())
    bp.register_error_handler(Conflict, _conflict)
    bp.register_error_handler(RequestEntityTooLarge, http_error)
    bp.register_error_handler(HTTPException, http_error)
    bp.register_error_handler(InternalServerError, _failed)


def known_caller() -> Response | None:
    """Let only callers with valid credentials in, as often and for what they may, each into the own domain."""
    by = known_actor()
    if by is None:
        refusal = api_error(401, "User Not Authenticated", "Required to provide Auth information")
        refusal.headers["WWW-Authenticate"] = 'Basic realm="ALE"'
        return refusal
    if wait := seconds_to_wait(by.id, current_app.config["ALE"].api_rate):
        refusal = api_error(429, "Too Many Requests", _("Send the next request in {wait} seconds.").format(wait=wait))
        refusal.headers["Retry-After"] = str(wait)
        return refusal
    if only_reads() and request.method not in ("GET", "HEAD") and request.endpoint not in _CONTAINERS:
        return api_error(403, "User Not Authorized", _("This token only reads."))
    enter_domain(by.domain)
    return None


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`body` as JSON, its keys in the order given."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, content_type="application/json;charset=UTF-8")


def result(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The answer of something done: `{"result": value}`."""
    return answer({"result": value}, status, headers)


def api_error(status: int, message: str, detail: str | None = None) -> Response:
    """A refusal; `message` is English and stable, `detail` is for the reader."""
    return answer({"error": {"message": message, "detail": detail}, "status": "failure"}, status)


def no_record() -> Response:
    """The answer for a record that is missing or hidden, the same for both."""
    return api_error(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def problems_body(rejected: Rejected) -> dict[str, Any]:
    """All problems of a refused change, in the caller's language."""
    language = locale()
    problems = [{"code": one.code, "field": one.field, "message": one.text(_, language)} for one in rejected.problems]
    detail = " ".join(one["message"] or "" for one in problems)
    return {"error": {"message": "Operation Failed", "detail": detail, "problems": problems}, "status": "failure"}


def status_of(rejected: Rejected) -> int:
    """400 when something is missing or unreadable, 403 when a business rule says no."""
    unreadable = any(code in SHAPE or code.startswith("INVALID_") for code in rejected.codes)
    if "FILE_TOO_LARGE" in rejected.codes:
        return 413
    return 400 if unreadable else 403


def payload() -> dict[str, Any]:
    """The JSON object of the request, {} without a body; BadRequest when it is something else."""
    sent = request.get_data()
    if not sent.strip():
        return {}
    try:
        values = json.loads(sent)
        json.dumps(values, ensure_ascii=False).encode()  # half a surrogate pair cannot be stored
    except (ValueError, RecursionError) as error:
        raise BadRequest("Exception while reading request", _("The body is not valid JSON.")) from error
    if not isinstance(values, dict):
        raise BadRequest("Exception while reading request", _("The body must be a JSON object."))
    return values


def known_table(name: str) -> Table:
    """The table of this name; BadRequest where there is none."""
    table = table_named(name)
    if table is None:
        raise BadRequest(f"Invalid table {name}")
    return table


def http_error(error: HTTPException) -> Response | HTTPException:
    """What the framework refuses: no such address (404), method not supported (405), too large (413), ..."""
    if error.code is None or error.code < 400:
        return error
    refusal = api_error(error.code, error.name, error.description)
    refusal.headers.extend(
        (name, value) for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")
    )
    return refusal


def _forbidden(error: Forbidden) -> Response:
    return api_error(403, "User Not Authorized", str(error))


def _conflict(_error: Conflict) -> Response:
    return api_error(409, "Conflict", _("Somebody else changed this meanwhile"))


def _failed(error: InternalServerError) -> Response:
    """A failure of ours: its number stands in the answer and in the log, beside the traceback that Flask writes."""
    if is_full(error.original_exception):
        log.error("The disk is full: %r", error.original_exception)
        return api_error(507, "Insufficient Storage", _(FULL))
    number = new_id()[-12:]
    log.error("Failure %s at %s %s", number, request.method, request.path)
    return api_error(
        500, "Internal Server Error", _("Something went wrong; quote the number {number}.").format(number=number)
    )
