"""The launcher of success plays and blueprints: category, activity, details, Finish."""

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.launcher import AGENT, Launcher, Trial
from ale.domains.plays.launches import LAUNCH_TABLES, LaunchState, Subflow
from ale.domains.success.records import Engagement
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Rejected
from ale.foundation.reading import find
from ale.foundation.record import RECORDS
from ale.web.addresses import offers
from ale.web.batch import Undone
from ale.web.identity import actor
from ale.web.render import done, render

bp = Blueprint("launcher", __name__, url_prefix="/launch")
PLAY = Label("Create success play", "Créer un scénario de réussite")
BLUEPRINT = Label("Create success blueprint", "Créer un plan de réussite")
KEEPER = ("sn_acct_lc.success_play_admin",)
Answer = Response | str | tuple[str, int]


def _launcher(table: str, sys_id: str | None, *, blueprints: bool = False) -> Launcher:
    """The launcher of this request; Forbidden for whoever does not launch plays."""
    if not actor().has(*AGENT):
        raise Forbidden
    source = find(RECORDS[table], sys_id, actor()) if sys_id else None
    return Launcher(actor(), table, source, blueprints, request.args)


def choose(table: str, sys_id: str | None = None, blueprints: bool = False) -> Answer:
    """What may be launched, step by step; the choices stand in the address, so that Back keeps them."""
    return render("launcher/show.html", launcher=_launcher(table, sys_id, blueprints=blueprints))


def finish(table: str, sys_id: str | None = None, blueprints: bool = False) -> Answer:
    """Launch what was chosen: 303 to where it leads, or the details again with what is wrong or would be made."""
    launcher = replace(_launcher(table, sys_id, blueprints=blueprints), sent=request.form)
    try:
        with suppress(Undone), transaction():
            launch = launcher.finish()
    except Rejected as error:
        return render("launcher/show.html", launcher=replace(launcher, problems=error.problems)), 422
    if launcher.is_trial:
        return render("launcher/show.html", launcher=launcher)
    flash(launch.message or _("The success play was created."), "ok" if launch.state == LaunchState.COMPLETE else "bad")
    return done(launcher.leads_to(launch))


def _open(name: str, rule: str, label: Label, **facts: object) -> None:
    """One launcher: a page, and Finish; with a label also a button on the records it is launched from."""
    bp.add_url_rule(rule, name, choose, defaults=facts, methods=["GET"])
    bp.add_url_rule(rule, f"finish_{name}", finish, defaults=facts, methods=["POST"])
    if "<sys_id>" in rule:
        offers(RECORDS[str(facts["table"])], label, f"launcher.{name}", changes=False, roles=AGENT)


for each in LAUNCH_TABLES:
    _open(each, f"/{each}/<sys_id>", PLAY, table=each)
_open("blueprint", "/blueprint/<sys_id>", BLUEPRINT, table="sn_acct_lc_engagement", blueprints=True)
_open("onboarding", "/onboarding", PLAY, table="sn_acct_lc_onb_case")

offers(Subflow, Label("Try it", "Essayer"), "launcher.trial", changes=False, roles=KEEPER)


def _trial(sys_id: str) -> Trial:
    if not actor().has(*KEEPER):
        raise Forbidden
    key = request.args.get("engagement", "")
    source = find(Engagement, key, actor()) if key else None
    return Trial(actor(), find(Subflow, sys_id, actor()), source, request.args)


@bp.get("/try/<sys_id>")
def trial(sys_id: str) -> Answer:
    """Try a subflow on an engagement: choose it, fill in what the launcher would ask."""
    return render("launcher/trial.html", launcher=_trial(sys_id))


@bp.post("/try/<sys_id>")
def run_trial(sys_id: str) -> Answer:
    """What the subflow would make; nothing of it stays."""
    tried = replace(_trial(sys_id), sent=request.form)
    try:
        with suppress(Undone), transaction():
            tried.look_ahead()
    except Rejected as error:
        return render("launcher/trial.html", launcher=replace(tried, problems=error.problems)), 422
    return render("launcher/trial.html", launcher=tried)
