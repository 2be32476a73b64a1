"""The workspace home: score cards with their trends, the list under the chosen one, what needs the actor today."""

from flask import Blueprint, request

from ale.blueprints.shown.landing import LandingPage
from ale.web.identity import actor
from ale.web.render import render

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> str:
    """The onboarding landing page; `?card=` chooses the card whose records are listed."""
    return render("home/show.html", page=LandingPage(actor(), request.args.get("card", "")))
