"""The playbook page: stages, activity cards that htmx swaps, and what stands beside them."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.launcher import AGENT
from ale.blueprints.shown.playbook import PlaybookPage
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks import service
from ale.domains.playbooks.instances import Context
from ale.domains.playbooks.run import Run, RunActivity, load, run_on
from ale.foundation.changes import create, save
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, NotVisible, Problem, Rejected
from ale.foundation.reading import find
from ale.foundation.record import Step
from ale.web.addresses import form_href, offers, opens_at
from ale.web.forms import RecordForm, Sent
from ale.web.identity import actor
from ale.web.language import locale
from ale.web.render import done, render

bp = Blueprint("playbooks", __name__, url_prefix="/playbooks")
opens_at(OnboardingCase, show="playbooks.of_record", new="playbooks.new")
offers(OnboardingCase, Label("Open playbook", "Ouvrir le playbook"), "playbooks.of_record", changes=False)
Answer = Response | str | tuple[str, int]


def _page(context: str, activity: str | None = None, stage: str | None = None) -> PlaybookPage:
    """The page of a run, opened at an activity, a stage, or the first thing to do."""
    by = actor()
    run = load(find(Context, context, by))
    find(type(run.record), run.record.sys_id, by)
    opened = run.activities.get(activity) if activity else None
    if activity and opened is None:
        raise NotVisible
    if opened:
        return PlaybookPage(run, by, run.stage_of(opened), opened)
    chosen = next((one for one in run.stages if one.id == stage), run.current)
    first = run.first_to_do() if chosen is run.current else None
    return PlaybookPage(run, by, chosen, first)


@bp.get("/<context>")
def show(context: str) -> Answer:
    """The playbook, opened at the first activity to do or at the stage asked for."""
    return _shown(_page(context, stage=request.args.get("stage")))


@bp.get("/<context>/activities/<activity>")
def activity(context: str, activity: str) -> Answer:
    """The playbook, opened at one activity: its own address."""
    return _shown(_page(context, activity))


@bp.get("/<context>/activities/<activity>/card")
def card(context: str, activity: str) -> Answer:
    """The inside of one card, for when it is opened in the page."""
    page = _page(context, activity)
    return render("playbooks/show/activity.html", page=page, one=_opened(page))


@bp.get("/of/<sys_id>")
def of_record(sys_id: str) -> Answer:
    """The playbook of a case, at the first thing to do; a case without one leads to its form."""
    case = find(OnboardingCase, sys_id, actor())
    run = run_on(case)
    return done(url_for(".show", context=run.context.sys_id) if run else str(form_href(OnboardingCase, sys_id)))


@bp.post("/<context>/activities/<activity>/<any(save,complete,skip,reopen):verb>")
def move_on(context: str, activity: str, verb: str) -> Answer:
    """Save, Mark complete, Skip or take up again; a refusal shows the card with its problems."""
    page = _page(context, activity)
    values = _given(page)
    if problems := page.outrun(_opened(page)):
        return _refused(page, problems, 409)
    try:
        with transaction():
            after = _VERBS[verb](page, values)
    except Rejected as refused:
        return _refused(page, refused.problems)
    if verb == "save":
        flash(_("Saved. You can go on later."), "ok")
    opened = after.first_to_do() if verb != "save" else page.opened
    return done(_address(after, opened))


@bp.post("/<context>/activities/<activity>/do/<action>")
def act(context: str, activity: str, action: str) -> Answer:
    """One of the activity's own actions, e.g. Add; reminders are shown on the page that follows."""
    page = _page(context, activity)
    try:
        with transaction():
            reminders = service.act(page.run, _opened(page), action, request.form.to_dict(), page.by)
    except Rejected as refused:
        return _refused(page, refused.problems)
    for problem in reminders:
        flash(problem.text(_, locale()), "warn")
    return done(_address(page.run, page.opened))


@bp.post("/<context>/say")
def say(context: str) -> Answer:
    """A comment or a work note on the record of the playbook."""
    page, text = _page(context), request.form.get("text", "").strip()
    kind = "comments" if request.form.get("kind") == "comments" else "work_notes"
    if not text:
        raise Rejected([Problem("EMPTY_ENTRY", "Write something first.")])
    with transaction():
        save(page.run.record, {kind: text}, by=page.by)
    return done(_address(page.run, page.opened))


@bp.post("/<context>/cancel")
def cancel(context: str) -> Answer:
    """End the playbook early; what is not finished becomes canceled (PBK-07)."""
    page = _page(context)
    with transaction():
        service.cancel(page.run, page.by)
    flash(_("The playbook is canceled. Finished activities stay as they are."), "ok")
    return done(url_for(".show", context=context))


@bp.get("/new")
def new() -> Answer:
    """ONB-03: a new case begins with Select account."""
    return render("playbooks/new.html", form=_new_form(), launches=actor().has(*AGENT))


@bp.post("/new")
def begin() -> Answer:
    """Continue: makes the case, and with it the playbook."""
    form = _new_form(request.form)
    try:
        with transaction():
            case = create(OnboardingCase, form.given, by=actor().through("playbook"))
    except Rejected as refused:
        form = _new_form(request.form, refused.problems)
        return render("playbooks/new.html", form=form, launches=actor().has(*AGENT)), 422
    return done(url_for(".of_record", sys_id=case.sys_id))


def _new_form(sent: Sent | None = None, problems: list[Problem] | None = None) -> RecordForm:
    label, fields = Label("Select account", "Sélectionner un compte"), ("account", "onboarding_type")
    step = Step("continue", label, {}, lambda _row: True, fields)
    form = RecordForm(OnboardingCase, actor(), None, request.args, sent, step, problems or ())
    if not form.is_open:
        raise Forbidden(f"{form.by.name} may not create OnboardingCase")
    return form


def _shown(page: PlaybookPage) -> str:
    """The page; when htmx asks for the activities alone, what changes with them comes along."""
    return render("playbooks/show.html", page=page, partial=request.headers.get("HX-Target") == "activities")


_VERBS = {
    "save": lambda page, values: service.keep(page.run, page.opened, values, page.by),
    "complete": lambda page, values: service.complete(page.run, page.opened, values, page.by),
    "skip": lambda page, _values: service.skip(page.run, page.opened, page.by),
    "reopen": lambda page, _values: service.reopen(page.run, page.opened, page.by),
}


def _opened(page: PlaybookPage) -> RunActivity:
    if page.opened is None:
        raise NotVisible
    return page.opened


def _given(page: PlaybookPage) -> dict[str, Any]:
    """What was sent: the fields of the record through its form, everything else as it came."""
    page.sent = request.form
    opened = _opened(page)
    plain: dict[str, Any] = {name: text for name, text in request.form.items() if name.startswith("close_notes")}
    if "squad_present" in request.form:
        plain["squad"] = request.form.getlist("squad")
    return plain | (page.form(opened).given if opened.shown else {})


def _refused(page: PlaybookPage, problems: list[Problem], status: int = 422) -> Answer:
    """The card again with what was typed and what is wrong with it."""
    fresh = _page(page.run.context.sys_id, _opened(page).id)
    fresh.problems, fresh.sent = problems, request.form
    return _shown(fresh), status


def _address(run: Run, opened: RunActivity | None) -> str:
    context = run.context.sys_id
    return url_for(".activity", context=context, activity=opened.id) if opened else url_for(".show", context=context)
