"""The search of the top bar."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from ale.web.identity import actor
from ale.web.render import render
from ale.web.search import exact, results

bp = Blueprint("search", __name__)


@bp.get("/search")
def page() -> Response | str:
    """What `q` finds, by type; a number leads straight to its record."""
    text = request.args.get("q", "").strip()
    if address := exact(text, actor()):
        return redirect(address)
    return render("records/search_results.html", text=text, groups=results(text, actor()) if text else [])
