"""Every component in every state, for whoever builds pages and for the checks of the look."""

from flask import Blueprint

from ale.web.render import render

bp = Blueprint("styleguide", __name__)


@bp.get("/styleguide")
def page() -> str:
    """The style guide in the reader's language and theme."""
    return render("styleguide.html")
