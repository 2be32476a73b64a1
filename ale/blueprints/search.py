"""The box at the top of every page: where to go, or what is found."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from ale.web.identity import actor
from ale.web.palette import groups, table_address
from ale.web.render import render
from ale.web.search import exact

bp = Blueprint("search", __name__)


@bp.get("/search")
@bp.get("/go")
def page() -> Response | str:
    """What `q` may mean: a number or the name of a table leads straight there; while one types, a piece of it."""
    text, by = request.args.get("q", "").strip(), actor()
    piece = request.headers.get("HX-Target") == "palette"
    if not piece and (address := table_address(text, by) or exact(text, by)):
        return redirect(address)
    return render("records/go.html", text=text, groups=groups(text, by))
