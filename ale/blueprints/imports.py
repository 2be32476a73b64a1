"""Imports: the task page with its rows, and what its buttons do."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from ale.blueprints.shown import import_deeds as deeds
from ale.blueprints.shown.import_task import ImportPage
from ale.blueprints.shown.staging_rows import CELL
from ale.domains.imports import queries, repair, service
from ale.domains.imports.definition import definition_of
from ale.domains.imports.grouping import Cause
from ale.domains.imports.records import ImportTask
from ale.domains.onboarding.records import open_condition
from ale.foundation import changes
from ale.foundation.attachments import Attachment, Kept, Purpose, attach, keep
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import Conflict, NotVisible, Rejected
from ale.foundation.reading import find
from ale.web.addresses import opens_at
from ale.web.download import download
from ale.web.export import XLSX
from ale.web.forms import RecordForm
from ale.web.identity import actor
from ale.web.language import locale
from ale.web.navigation import ONBOARDING, link
from ale.web.pages import list_page, record_pages
from ale.web.record_page import RecordPage
from ale.web.render import done, render

bp = Blueprint("imports", __name__, url_prefix="/imports")
record_pages(bp, ImportTask, "tasks")
opens_at(ImportTask, show="imports.show")
IMPORTS = Label("Imports", "Importations")
link(ONBOARDING, 30, IMPORTS, "imports.index", "file-spreadsheet", reads=ImportTask, counts=open_condition)

Answer = Response | str | tuple[str, int]


def _page(sys_id: str, arguments: Mapping[str, str] | None = None) -> ImportPage:
    return ImportPage(service.task_for(sys_id, actor()), actor(), request.args if arguments is None else arguments)


def _do(page: ImportPage, deed: Callable[[], Any], template: str = "imports/show.html") -> Answer:
    """One deed in one transaction: 303 to the list it was done from, or the page with what stands against it."""
    try:
        with transaction():
            deed()
    except Rejected as refused:
        return render(template, page=replace(page, problems=refused.problems)), 422
    return done(page.at(state=page.standing.asked or None))


@bp.app_template_global()
def import_page(task: ImportTask) -> ImportPage:
    """An import for the pages of others: the activity of its playbook sums it up."""
    return ImportPage(task, actor(), {})


@bp.get("")
def index() -> Answer:
    """All imports."""
    return list_page(ImportTask)


@bp.get("/<sys_id>")
def show(sys_id: str) -> Answer:
    """The import with one list of its rows."""
    return render("imports/show.html", page=_page(sys_id))


@bp.get("/<sys_id>/summary")
def summary(sys_id: str) -> str:
    """Where the import stands, for the activity that shows it while work goes on."""
    return render_template("imports/summary.html", page=_page(sys_id, {}))


@bp.get("/<sys_id>/details")
def details(sys_id: str) -> Answer:
    """The form of the task, beside its rows."""
    page = _page(sys_id)
    return _details(page, RecordForm(ImportTask, page.by, page.task))


@bp.post("/<sys_id>/details")
def save_details(sys_id: str) -> Answer:
    """Change the task: 303, or the form again with what is wrong."""
    page = _page(sys_id)
    form = RecordForm(ImportTask, page.by, page.task, sent=request.form)
    try:
        with transaction():
            changes.save(page.task, form.given, by=page.by, version=form.version)
    except Rejected as refused:
        return _details(page, replace(form, problems=refused.problems)), 422
    except Conflict:
        return _details(page, form, in_conflict=True), 409
    flash(_("Saved."), "ok")
    return done(url_for(".details", sys_id=sys_id))


def _details(page: ImportPage, form: RecordForm, *, in_conflict: bool = False) -> str:
    shown = RecordPage(form, request.args, in_conflict)
    return render("imports/details.html", form=form, page=shown, shown=page)


@bp.get("/<sys_id>/template")
def template(sys_id: str) -> Response:
    """The workbook to fill in, in the reader's language."""
    task = find(ImportTask, sys_id, actor())
    book, name = deeds.template_of(task, definition_of(task), locale())
    return send_file(book, XLSX, as_attachment=True, download_name=name)


@bp.get("/<sys_id>/files/<attachment>")
def file(sys_id: str, attachment: str) -> Response:
    """One file of the import."""
    page, found = _page(sys_id), find(Attachment, attachment, actor())
    if found.record != page.task.sys_id:
        raise NotVisible
    return download(found)


@bp.post("/<sys_id>/files")
def upload(sys_id: str) -> Answer:
    """Attach files and load them; each is loaded or refused by itself."""
    page, sent = _page(sys_id), [one for one in request.files.getlist("files") if one.filename]
    kept = [(keep(one.stream), one) for one in sent]
    return _do(page, lambda: service.load(page.task, [_attached(page, *one) for one in kept], by=page.by, asks=True))


def _attached(page: ImportPage, kept: Kept, sent: FileStorage) -> Attachment:
    name, kind = sent.filename or "", sent.mimetype
    return attach(page.task, kept, name, by=page.by, content_type=kind, purpose=Purpose.UPLOAD)


@bp.post("/<sys_id>/load")
def load(sys_id: str) -> Answer:
    """Load files that hang on the task already."""
    page, chosen = _page(sys_id), request.form.getlist("attachments")
    return _do(page, lambda: service.load(page.task, page.not_loaded(chosen), by=page.by, asks=True))


@bp.post("/<sys_id>/validate")
def validate(sys_id: str) -> Answer:
    """Validate what is yet to validate."""
    page = _page(sys_id, request.form)
    return _do(page, lambda: service.validate(page.task, by=page.by))


@bp.post("/<sys_id>/publish")
def publish(sys_id: str) -> Answer:
    """Publish the selected rows, or all that are ready."""
    page = _page(sys_id, request.form)
    token = request.form.get("token") or None
    return _do(page, lambda: service.publish(page.task, deeds.to_publish(page, request.form), by=page.by, token=token))


@bp.post("/<sys_id>/fix")
def fix(sys_id: str) -> Answer:
    """One right value for all rows of a cause; they are validated again at once."""
    page = _page(sys_id, {"state": "needs_attention"})
    rule, _colon, name = request.form.get("kind", "").partition(":")
    cause = Cause(rule, name, request.form.get("value", ""), 0)
    replacement = request.form.get("replacement", "")
    return _do(page, lambda: repair.mend(page.task, cause, replacement, by=page.by))


@bp.get("/<sys_id>/rows/<row>")
def row(sys_id: str, row: str) -> Answer:
    """The import with one row open in its place."""
    return render("imports/show.html", page=_page(sys_id, request.args.to_dict() | {"edit": row}))


@bp.post("/<sys_id>/rows/<row>")
def save_row(sys_id: str, row: str) -> Answer:
    """Correct one row: 303 to the list or the next row, or the row again with what somebody else stored meanwhile."""
    page = _page(sys_id, request.args.to_dict() | {"edit": row})
    following = page.next_row  # asked before this one leaves the list
    try:
        with transaction():
            repair.edit_row(queries.row_of(page.task, row), _cells(), version=_version(), by=page.by)
    except Rejected as refused:
        return render("imports/show.html", page=replace(page, problems=refused.problems, sent=request.form)), 422
    except Conflict:
        return render("imports/show.html", page=replace(page, in_conflict=True, sent=request.form)), 409
    goes_on = following if request.form.get("then") == "next" else None
    return done(goes_on or page.at(**page.here))


def _version() -> int | None:
    return request.form.get("version", type=int)


def _cells() -> dict[str, str]:
    """What was typed, by column."""
    return {name.removeprefix(CELL): text for name, text in request.form.items() if name.startswith(CELL)}


@bp.post("/<sys_id>/discard/ask")
def ask_discard(sys_id: str) -> Answer:
    """What discarding the selected rows means, with their number."""
    return render("imports/discard.html", page=_page(sys_id, request.form), chosen=request.form.getlist("rows"))


@bp.post("/<sys_id>/discard")
def discard(sys_id: str) -> Answer:
    """Take the selected rows out of the import."""
    page = _page(sys_id, request.form)
    return _do(page, lambda: repair.discard(page.task, deeds.selected(page, request.form), by=page.by))


@bp.get("/<sys_id>/restart")
def ask_restart(sys_id: str) -> Answer:
    """What Restart takes away, with the numbers; it is typed in to be sure when rows are ready."""
    return render("imports/restart.html", page=_page(sys_id))


@bp.post("/<sys_id>/restart")
def restart(sys_id: str) -> Answer:
    """Empty the staging table of this task."""
    page = _page(sys_id, {})
    try:
        with transaction():
            deeds.confirm_restart(page.task, request.form.get("confirmation", ""))
            service.restart(page.task, by=page.by)
    except Rejected as refused:
        return render("imports/restart.html", page=replace(page, problems=refused.problems, sent=request.form)), 422
    flash(_("The import begins anew."), "ok")
    return done(url_for(".show", sys_id=sys_id))


@bp.get("/<sys_id>/close")
def ask_close(sys_id: str) -> Answer:
    """The close notes, and what is left behind."""
    return render("imports/close.html", page=_page(sys_id))


@bp.post("/<sys_id>/close")
def close(sys_id: str) -> Answer:
    """Close the task."""
    page = _page(sys_id, {})
    try:
        with transaction():
            changes.move(page.task, "close", deeds.close_notes(request.form.get("close_notes", "")), by=page.by)
    except Rejected as refused:
        return render("imports/close.html", page=replace(page, problems=refused.problems, sent=request.form)), 422
    flash(_("The task is closed."), "ok")
    return done(url_for(".show", sys_id=sys_id))
