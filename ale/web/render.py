"""One call answers with the page or, when htmx asks for it, with one piece of the page."""

from pathlib import PurePosixPath
from typing import Any

from flask import Response, current_app, redirect, render_template
from htmx_flask import request
from werkzeug.wrappers import Response as BaseResponse


def render(template: str, **context: Any) -> str:
    """The page `template`, or its piece: `records/list/rows.html` when htmx wants to fill #rows of `records/list.html`.

    Boosted and history requests, and targets that are no piece of this page, get the whole page.
    """
    return render_template(_piece(template) or template, **context)


def _piece(template: str) -> str | None:
    htmx = request.htmx
    if not htmx or not htmx.target or htmx.boosted or htmx.history_restore_request:
        return None
    path = PurePosixPath(template)
    wanted = str(path.with_suffix("") / f"{PurePosixPath(htmx.target).name}.html")
    return wanted if wanted in _templates() else None


def _templates() -> set[str]:
    """The names of all templates, listed once."""
    known: set[str] = current_app.extensions.setdefault("template_names", set())
    if not known:
        known.update(current_app.jinja_env.list_templates())
    return known


def done(address: str) -> BaseResponse:
    """The answer to a good write: 303, so that loading again repeats nothing; a dialog makes room for the page."""
    if request.htmx and request.htmx.target == "dialog":
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)
