"""The customer's portal: what we need from you, your onboardings, what was said."""

from collections.abc import Sequence

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.domains.knowledge.records import Article
from ale.domains.knowledge.service import shared_articles
from ale.domains.onboarding.records import CaseTask, OnboardingCase, open_condition
from ale.foundation.changes import save
from ale.foundation.db import session, transaction
from ale.foundation.reading import find, visible
from ale.foundation.record import Record
from ale.web import stream
from ale.web.files import Files
from ale.web.identity import actor
from ale.web.render import done, render
from ale.web.values import Shown, shown

bp = Blueprint("portal", __name__, url_prefix="/portal")
Answer = Response | str
CASE_FACTS = ("state", "stage", "go_live_date", "days_remaining", "assigned_to", "contact")
TASK_FACTS = ("state", "progress", "due_date", "days_remaining", "assigned_to", "contact")


@bp.get("")
def home() -> Answer:
    """Open tasks first, then the onboardings of the customer."""
    by = actor()
    tasks = session.scalars(visible(CaseTask, by).where(open_condition(CaseTask)).order_by(CaseTask.due_date)).all()
    cases = session.scalars(visible(OnboardingCase, by).order_by(OnboardingCase.sys_id.desc())).all()
    return render("portal/home.html", tasks=tasks, cases=[(case, _facts(case, CASE_FACTS[:3])) for case in cases])


@bp.get("/cases/<sys_id>")
def case(sys_id: str) -> Answer:
    """One onboarding: where it stands, its tasks for the customer, what was said."""
    by = actor()
    found = find(OnboardingCase, sys_id, by)
    tasks = session.scalars(visible(CaseTask, by).where(CaseTask.parent == sys_id).order_by(CaseTask.sys_id)).all()
    return _page(found, found.short_description, CASE_FACTS, tasks)


@bp.get("/tasks/<sys_id>")
def task(sys_id: str) -> Answer:
    """One task for the customer: what is asked, and what was said."""
    found = find(CaseTask, sys_id, actor())
    return _page(found, found.subject, TASK_FACTS)


@bp.get("/articles/<sys_id>")
def article(sys_id: str) -> Answer:
    """An article to read."""
    return render("portal/article.html", article=find(Article, sys_id, actor()))


@bp.post("/<any(cases,tasks):kind>/<sys_id>")
def answer(kind: str, sys_id: str) -> Answer:
    """A comment, and for a task the state the customer may give it: in progress, or ready for review."""
    record = find(OnboardingCase if kind == "cases" else CaseTask, sys_id, actor())
    given = {name: text for name, text in request.form.items() if name in ("comments", "state")}
    with transaction():
        save(record, given, by=actor())
    flash(_("Sent. Your contact sees it at once."), "ok")
    return done(url_for(".case" if kind == "cases" else ".task", sys_id=sys_id))


def _page(record: Record, title: str | None, names: tuple[str, ...], tasks: Sequence[CaseTask] = ()) -> str:
    said, files = stream.entries(record, actor()), Files(record, actor())
    facts = _facts(record, names)
    beside = {"entries": said, "files": files, "articles": shared_articles(record, actor())}
    return render("portal/record.html", record=record, title=title, facts=facts, tasks=tasks, **beside)


def _facts(record: Record, names: tuple[str, ...]) -> list[Shown]:
    """Filled fields of a record, without links: the pages behind them are the workspace's."""
    return [one._replace(href=None) for one in shown(record, names, actor()) if one.value]
