"""The customer's portal: what we need from you, your onboardings, what was said."""

from collections.abc import Sequence

from flask import Blueprint, flash, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown import portal as shown
from ale.blueprints.shown.import_deeds import template_of
from ale.blueprints.shown.portal_check import CheckPage, checks_of
from ale.domains.imports.definition import definition_of
from ale.domains.imports.records import ImportTask
from ale.domains.knowledge.records import Article
from ale.domains.knowledge.service import shared_articles
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.foundation.attachments import Attachment
from ale.foundation.changes import save
from ale.foundation.db import transaction
from ale.foundation.problem import NotVisible
from ale.foundation.reading import find
from ale.web import stream
from ale.web.export import XLSX
from ale.web.files import Files
from ale.web.identity import actor
from ale.web.language import locale
from ale.web.render import done, render

bp = Blueprint("portal", __name__, url_prefix="/portal")
Answer = Response | str


@bp.get("")
def home() -> Answer:
    """Open tasks first, then the lists of whoever is logged on; `?list=` chooses one."""
    return render("portal/home.html", page=shown.PortalHome(actor(), request.args.get("list")))


@bp.get("/cases/<sys_id>")
def case(sys_id: str) -> Answer:
    """One onboarding: where it stands, its tasks for the customer, its products, what was said."""
    by = actor()
    found = find(OnboardingCase, sys_id, by)
    return _page(found, found.short_description, shown.tasks(found, by), shown.products(found, by))


@bp.get("/tasks/<sys_id>")
def task(sys_id: str) -> Answer:
    """One task for the customer: what is asked, and what was said."""
    found = find(CaseTask, sys_id, actor())
    return _page(found, found.subject)


@bp.get("/tasks/<sys_id>/template")
def template(sys_id: str) -> Response:
    """The workbook to fill in for an import, in the reader's language."""
    found = find(ImportTask, sys_id, actor())
    book, name = template_of(found, definition_of(found), locale())
    return send_file(book, XLSX, as_attachment=True, download_name=name)


@bp.get("/tasks/<sys_id>/files/<attachment>")
def check(sys_id: str, attachment: str) -> Answer:
    """What loading a file would find in it, by the validations of its import."""
    found, file = find(ImportTask, sys_id, actor()), find(Attachment, attachment, actor())
    if file.record != found.sys_id:
        raise NotVisible
    return render("portal/check.html", page=CheckPage(found, file, actor()))


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


def _page(
    record: OnboardingCase | CaseTask, title: str | None, tasks: Sequence[CaseTask] = (), products: Sequence[str] = ()
) -> str:
    by = actor()
    facts = {"facts": shown.header(record, by), "further": shown.further(record, by)}
    said, articles = stream.entries(record, by), shared_articles(record, by)
    beside = {"entries": said, "files": Files(record, by), "articles": articles}
    if isinstance(record, ImportTask):
        beside |= {"blank": url_for(".template", sys_id=record.sys_id), "checks": checks_of(record, by)}
    return render("portal/record.html", record=record, title=title, tasks=tasks, products=products, **facts, **beside)
