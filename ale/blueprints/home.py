"""The workspace home: score cards with their trends, the list under the chosen one, what needs the actor today."""

from flask import Blueprint, request

from ale.blueprints.shown.landing import LandingPage
from ale.foundation.label import Label
from ale.web.identity import actor
from ale.web.navigation import HOME, link
from ale.web.render import render

bp = Blueprint("home", __name__)
link(HOME, 0, Label("Home", "Accueil"), "home.show", "home", roles=("*",))


@bp.get("/")
def show() -> str:
    """The onboarding landing page; `?card=` chooses the card whose records are listed."""
    return render("home/show.html", page=LandingPage(actor(), request.args.get("card", "")))
