"""The health of accounts: scores with their receipts, why they changed, figures of usage, and the weights."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.health import HealthOverview, HealthPage
from ale.blueprints.shown.health_trial import TrialPage
from ale.domains.accounts.records import HEALTH_READ, Account
from ale.domains.scores import service
from ale.domains.scores.records import WEIGHERS, HealthScore, HealthWeight, UsageFigure, Weighting
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden
from ale.foundation.reading import find, may
from ale.web.addresses import form_href, offers, opens_at
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, SUCCESS, link
from ale.web.pages import record_pages
from ale.web.render import done, render

bp = Blueprint("scores", __name__)
record_pages(bp, HealthScore, "health-scores")
record_pages(bp, UsageFigure, "usage-figures")
record_pages(bp, Weighting, "health-weightings")
record_pages(bp, HealthWeight, "health-weights")

HEALTH, WEIGHTINGS = Label("Health", "Santé"), Label("Health weightings", "Pondérations de la santé")
link(SUCCESS, -1, HEALTH, "scores.overview", "heart-pulse", reads=HealthScore)
link(ADMINISTRATION, 93, WEIGHTINGS, "scores.health_weightings_list", "target", roles=WEIGHERS)
link(ADMINISTRATION, 94, Label("Usage figures", "Chiffres d’usage"), "scores.usage_figures_list", "bar-chart-3",
     roles=WEIGHERS)  # fmt: skip
offers(Account, HEALTH, "scores.show", changes=False, roles=HEALTH_READ)
opens_at(HealthScore, show="scores.day")
TRY = Label("Try on the last six months", "Essayer sur les six derniers mois")
offers(Weighting, TRY, "scores.trial", changes=False, roles=WEIGHERS)
offers(Weighting, Label("New version", "Nouvelle version"), "scores.new_version", changes=True, roles=WEIGHERS)


@bp.get("/health")
def overview() -> str:
    """The score of every account, those that fell most first."""
    if not may(HealthScore, "read", actor()):
        raise Forbidden
    return render("success/health_overview.html", page=HealthOverview(actor()))


@bp.get("/health/<sys_id>")
def show(sys_id: str) -> str:
    """The health of an account: its score over time, why two days differ, and what each was made of."""
    if not may(HealthScore, "read", actor()):
        raise Forbidden
    page = HealthPage(find(Account, sys_id, actor()), actor(), request.args)
    return render("success/health.html", page=page)


@bp.get("/health-scores/<sys_id>/day")
def day(sys_id: str) -> Response:
    """The health of the account of a score, on the day of that score."""
    score = find(HealthScore, sys_id, actor())
    return redirect(url_for("scores.show", sys_id=score.account, to=score.day))


@bp.get("/health-weightings/<sys_id>/trial")
def trial(sys_id: str) -> str:
    """What a version would have made of the last six months; nothing is stored."""
    weighting = find(Weighting, sys_id, actor())
    if not may(Weighting, "write", actor()):
        raise Forbidden
    return render("success/health_trial.html", page=TrialPage(weighting, actor(), request.args))


@bp.post("/health-weightings/<sys_id>/new-version")
def new_version(sys_id: str) -> Response:
    """A draft with the same weights."""
    with transaction():
        draft = service.new_version(find(Weighting, sys_id, actor()), actor())
    flash(_("This is a draft. Change its weights, try them, then publish it."), "ok")
    return done(str(form_href(Weighting, draft.sys_id)))
