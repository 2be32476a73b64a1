"""Which columns a file has: the proposal before anything is loaded, to be confirmed or changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from ale.blueprints.shown.mapping import MappingPage
from ale.domains.imports import mapping, service
from ale.domains.imports.records import ImportTask
from ale.foundation.db import transaction
from ale.foundation.problem import Rejected
from ale.web.identity import actor
from ale.web.language import locale, number
from ale.web.render import done, render

bp = Blueprint("mappings", __name__, url_prefix="/imports/<sys_id>/files/<load>/columns")
Answer = Response | str | tuple[str, int]


def _task(sys_id: str) -> ImportTask:
    return service.task_for(sys_id, actor())


def _over(task: ImportTask, refused: Rejected) -> Response:
    """The file does not wait any more: back to its import, which says what happened."""
    flash(" ".join(one.text(_, locale()) for one in refused.problems), "warn")
    return done(url_for("imports.show", sys_id=task.sys_id))


def _on(sys_id: str, load: str, deed: Callable[[MappingPage], Any]) -> Any:
    """A deed on a file that waits; of one that does not wait any more it is said what happened."""
    task = _task(sys_id)
    try:
        waiting = mapping.waiting_file(task, load)
    except Rejected as refused:
        return _over(task, refused)
    sent = request.form if request.method == "POST" else None
    return deed(MappingPage(task, actor(), waiting, sent))


@bp.get("")
def show(sys_id: str, load: str) -> Answer:
    """The columns of the file with what is proposed for each."""
    return _on(sys_id, load, lambda page: render("imports/mapping.html", page=page))


@bp.post("/look")
def look(sys_id: str, load: str) -> Answer:
    """What follows from the columns that are chosen now; nothing is stored."""
    return _on(sys_id, load, lambda page: render("imports/mapping.html", page=page))


@bp.post("")
def confirm(sys_id: str, load: str) -> Answer:
    """Load the file so: 303 to the import, or the page with what stands against it."""
    return _on(sys_id, load, _confirmed)


def _confirmed(page: MappingPage) -> Answer:
    if page.unseen:
        return render("imports/mapping.html", page=replace(page, problems=page.unseen)), 422
    load = page.waiting.load
    try:
        with transaction():
            mapping.confirm(page.task, load.sys_id, page.chosen, page.said, by=page.by)
    except Rejected as refused:
        if {"MATCHED_ALREADY", "FILE_GONE"} & {*refused.codes}:
            return _over(page.task, refused)
        return render("imports/mapping.html", page=replace(page, problems=refused.problems)), 422
    flash(
        ngettext(
            "%(count)s row is being loaded.", "%(count)s rows are being loaded.", page.rows, count=number(page.rows)
        ),
        "ok",
    )
    return done(url_for("imports.show", sys_id=page.task.sys_id))


@bp.post("/leave-out")
def leave_out(sys_id: str, load: str) -> Answer:
    """Do not load the file; it stays with the import and can be loaded later."""
    task = _task(sys_id)
    try:
        with transaction():
            mapping.leave_out(task, load, by=actor())
    except Rejected as refused:
        return _over(task, refused)
    flash(_("The file is not loaded. It stays here and can be imported later."), "ok")
    return done(url_for("imports.show", sys_id=sys_id))
