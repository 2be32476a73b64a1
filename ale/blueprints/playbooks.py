"""The playbook page: stages, activity cards that htmx swaps, and what stands beside them."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.playbook import PlaybookPage
from ale.domains.playbooks import service
from ale.domains.playbooks.instances import Context
from ale.domains.playbooks.run import Run, RunActivity, load
from ale.foundation.changes import save
from ale.foundation.db import transaction
from ale.foundation.problem import Forbidden, NotVisible, Problem, Rejected
from ale.foundation.reading import find, may_change
from ale.web.identity import actor
from ale.web.language import locale
from ale.web.render import done, render

bp = Blueprint("playbooks", __name__, url_prefix="/playbooks")
Answer = Response | str | tuple[str, int]


def _page(context: str, activity: str | None = None, stage: str | None = None, *, works: bool = False) -> PlaybookPage:
    """The page of a run, opened at an activity, a stage, or the first thing to do; Forbidden for who may not work."""
    by = actor()
    run = load(find(Context, context, by))
    find(type(run.record), run.record.sys_id, by)
    if works and not may_change(run.context, by):
        raise Forbidden(f"{by.name} may not work on {run.context!r}")
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


@bp.post("/<context>/activities/<activity>/<any(save,complete,skip,reopen):verb>")
def move_on(context: str, activity: str, verb: str) -> Answer:
    """Save, Mark complete, Skip or take up again; a refusal shows the card with its problems."""
    page = _page(context, activity, works=True)
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
    page = _page(context, activity, works=True)
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
    page = _page(context, works=True)
    with transaction():
        service.cancel(page.run, page.by)
    flash(_("The playbook is canceled. Finished activities stay as they are."), "ok")
    return done(url_for(".show", context=context))


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
    entered = request.form.items()
    plain: dict[str, Any] = {name: text for name, text in entered if name == "text" or name.startswith("close_notes")}
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
