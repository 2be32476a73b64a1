"""What an import published, and taking it back: one page for each publication."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from ale.blueprints.shown.publications import PublicationPage
from ale.domains.imports import service
from ale.domains.imports.publications import Publication
from ale.domains.imports.records import ImportTask
from ale.foundation.actor import Actor
from ale.foundation.db import transaction
from ale.foundation.ledger import Job
from ale.foundation.problem import Rejected
from ale.web.identity import actor
from ale.web.render import done, render

bp = Blueprint("publications", __name__, url_prefix="/imports/<sys_id>/publications")
Answer = Response | str | tuple[str, int]
Turn = Callable[..., Job]


def _page(sys_id: str, publication: str) -> PublicationPage:
    task = service.task_for(sys_id, actor())
    return PublicationPage(task, service.publication_of(task, publication, actor()), actor())


@bp.get("/<publication>")
def show(sys_id: str, publication: str) -> Answer:
    """What came of it, and what an undo would do or did."""
    return render("imports/publication.html", page=_page(sys_id, publication))


def _turn(page: PublicationPage, turn: Callable[[ImportTask, Publication, Actor], Job]) -> Answer:
    try:
        with transaction():
            turn(page.task, page.publication, page.by)
    except Rejected as refused:
        return render("imports/publication.html", page=replace(page, problems=refused.problems)), 422
    return done(url_for("imports.show", sys_id=page.task.sys_id))


@bp.post("/<publication>/undo")
def undo(sys_id: str, publication: str) -> Answer:
    """Take it back in the background; the page of the import shows how far that is."""
    return _turn(_page(sys_id, publication), lambda task, one, by: service.undo(task, one, by=by))


@bp.post("/<publication>/redo")
def redo(sys_id: str, publication: str) -> Answer:
    """Do again in the background what an undo took back."""
    return _turn(_page(sys_id, publication), lambda task, one, by: service.redo(task, one, by=by))
