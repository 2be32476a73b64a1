"""The Batch API, shaped as ServiceNow's: several requests in one, each answered as if it came alone."""

import base64
import binascii
import time
from contextvars import Context
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as Answer

from ale.foundation.db import session
from ale.web.api_operations import described
from ale.web.api_schemas import as_response
from ale.web.json import BadRequest, answer, api_door, payload

bp = Blueprint("api_batch", __name__)
api_door(bp)

MOST = 1_000
"""Requests that one batch holds at most."""

Part = dict[str, Any]


@bp.post("/api/now/batch")
@bp.post("/api/now/v1/batch")
@described("Batch", {"200": as_response("The answers, in the order of the requests", {"type": "object"})})
def batch() -> Response:
    """Do the requests of `rest_requests` one after the other, in the caller's name."""
    given = payload()
    parts = given.get("rest_requests", [])
    if not isinstance(parts, list) or len(parts) > MOST or not all(isinstance(one, dict) for one in parts):
        raise BadRequest("Invalid rest_requests", f"Send a list of at most {MOST} requests.")
    prepared = [_environment(one) for one in parts]
    session.rollback()  # nothing was written; a request inside finds the database as one alone does
    served = [_served(one, environment) for one, environment in zip(parts, prepared, strict=True)]
    number = given.get("batch_request_id", "")
    return answer({"batch_request_id": str(number), "serviced_requests": served, "unserviced_requests": []})


def _environment(part: Part) -> dict[str, Any]:
    """The WSGI environment of a request inside: that of the batch with method, address, headers and body replaced."""
    address = urlsplit(str(part.get("url", "")))
    path = unquote(address.path)
    if address.netloc or not path.startswith("/api/") or path.rstrip("/").endswith("/batch"):
        raise BadRequest("Invalid url", "Each request names a path below /api/, and no batch.")
    try:
        body = base64.b64decode(part.get("body") or "", validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise BadRequest("Invalid body", "Send the body of each request as base64.") from error
    kept = {
        name: value
        for name, value in request.environ.items()
        if name.startswith(("SERVER_", "REMOTE_", "wsgi.", "SCRIPT_NAME"))
        or name in ("HTTP_HOST", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_LANGUAGE")
    }
    return kept | {
        "REQUEST_METHOD": str(part.get("method", "GET")).upper(),
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": address.query,
        "CONTENT_TYPE": _header(part, "Content-Type") or ("application/json" if body else ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }


def _header(part: Part, name: str) -> str:
    given = part.get("headers")
    headers = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    return next((str(one.get("value")) for one in headers if str(one.get("name")).lower() == name.lower()), "")


def _served(part: Part, environment: dict[str, Any]) -> Part:
    begun = time.monotonic()
    given = Context().run(Answer.from_app, current_app.wsgi_app, environment, buffered=True)
    body = given.get_data()
    return {
        "id": str(part.get("id", "")),
        "status_code": given.status_code,
        "status_text": HTTPStatus(given.status_code).phrase,
        "execution_time": round(1000 * (time.monotonic() - begun)),
        "headers": [{"name": name, "value": value} for name, value in given.headers.items()],
    } | ({"body": base64.b64encode(body).decode()} if body else {})
