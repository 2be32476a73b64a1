"""What the floors below raise becomes an answer here, once: a page, or a message beside the page htmx asked from."""

import json
import logging

from flask import Flask, Response, make_response, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from htmx_flask import request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from ale.foundation.problem import Conflict, Forbidden, NotVisible, Rejected
from ale.foundation.record import new_id
from ale.foundation.room import FULL, is_full
from ale.web.addresses import own_path
from ale.web.language import locale

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every refusal and every failure."""
    app.register_error_handler(Rejected, _rejected)
    app.register_error_handler(Forbidden, lambda _error: _answer(403))
    app.register_error_handler(NotVisible, lambda _error: _answer(404))
    app.register_error_handler(Conflict, lambda _error: _answer(409))
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(InternalServerError, _failed)
    app.register_error_handler(HTTPException, _http)


def _words(code: int) -> tuple[str, str]:
    """Title and sentence for a status code."""
    known = {
        400: (_("This request cannot be understood"), _("Go back, load the page again and repeat what you did.")),
        403: (_("You may not do this"), _("Ask an administrator for the role that allows it.")),
        404: (_("Nothing is here"), _("The record does not exist, or you may not see it.")),
        409: (_("Somebody else changed this meanwhile"), _("Load the page again to see what is stored now.")),
        413: (_("This is too large"), _("Send a smaller file.")),
        422: (_("This could not be saved"), _("Correct what is named and try again.")),
        429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
        500: (
            _("Something went wrong"),
            _("Nothing was changed. The failure was noted under its number."),
        ),
        507: (_("There is no room left"), _(FULL)),
    }
    return known.get(code, known[500] if code >= 500 else known[400])


def _answer(code: int, text: str | None = None, number: str | None = None) -> Response:
    """The error as a page; for htmx as a message in the corner, so that the page and what was typed stay."""
    title, sentence = _words(code)
    text = text or sentence
    if request.htmx and not request.htmx.boosted:
        alarm = json.dumps({"alarm": f"{title}. {text}"})  # ASCII, as headers must be
        return Response(status=code, headers={"HX-Trigger": alarm, "HX-Reswap": "none"})
    page = render_template(
        "error.html", code=code, title=title, text=text, request_id=number, back=own_path(request.referrer)
    )
    return make_response(page, code)


def _rejected(error: Rejected) -> Response:
    return _answer(422, " ".join(problem.text(_, locale()) for problem in error.problems))


def _no_token(_error: CSRFError) -> Response:
    return _answer(400, _("This form is too old. Load the page again and repeat what you did."))


def _http(error: HTTPException) -> Response | HTTPException:
    """Redirects pass; everything else looks like the other errors."""
    if error.code is None or error.code < 400:
        return error
    answer = _answer(error.code)
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _failed(error: InternalServerError) -> Response:
    """A failure of ours: its number stands in the answer and in the log, after the trace that Flask has written."""
    if is_full(error.original_exception):
        log.error("The disk is full: %r", error.original_exception)
        return _answer(507)
    number = new_id()[-12:]
    log.error("This was failure %s: %r", number, error.original_exception)
    return _answer(500, number=number)
