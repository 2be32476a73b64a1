"""Customer success at a glance: the landing page, the page of an engagement, and that of an objective."""

from flask import Blueprint, request

from ale.blueprints.shown.engagement import EngagementPage
from ale.blueprints.shown.objective import ObjectivePage
from ale.blueprints.shown.portfolio import PortfolioPage
from ale.domains.success.plan import Objective
from ale.domains.success.records import Engagement
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden
from ale.foundation.reading import find, may
from ale.web.addresses import offers
from ale.web.identity import actor
from ale.web.navigation import SUCCESS, link
from ale.web.render import render

bp = Blueprint("portfolio", __name__, url_prefix="/success")
PORTFOLIO = Label("Success portfolio", "Portefeuille")
link(SUCCESS, -1, PORTFOLIO, "portfolio.show", "target", reads=Engagement)
offers(Engagement, Label("Engagement page", "Page de l’engagement"), "portfolio.engagement", changes=False)
offers(Objective, Label("Objective page", "Page de l’objectif"), "portfolio.objective", changes=False)


@bp.get("")
def show() -> str:
    """Five tiles, the active engagements with what hangs on them, what needs somebody today."""
    if not may(Engagement, "read", actor()):
        raise Forbidden
    return render("success/landing.html", page=PortfolioPage(actor(), request.args))


@bp.get("/engagements/<sys_id>")
def engagement(sys_id: str) -> str:
    """One engagement: details, people, overview, blueprint, timeline."""
    page = EngagementPage(find(Engagement, sys_id, actor()), actor(), request.args)
    return render("success/engagement.html", page=page)


@bp.get("/objectives/<sys_id>")
def objective(sys_id: str) -> str:
    """One objective: its outcomes on their way to the target, and the initiatives of the one that is chosen."""
    page = ObjectivePage(find(Objective, sys_id, actor()), actor(), request.args.get("outcome", ""))
    parts = request.headers.get("HX-Target") == "parts"
    return render("success/objective/parts.html" if parts else "success/objective.html", page=page)
