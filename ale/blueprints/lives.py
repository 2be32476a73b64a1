"""The life of an import: who brought which files, what became of their rows, what was published; and as a report."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from ale.blueprints.shown.import_task import ImportPage
from ale.blueprints.shown.life import LifePage
from ale.domains.imports import service
from ale.web import export
from ale.web.identity import actor
from ale.web.render import render

bp = Blueprint("lives", __name__, url_prefix="/imports/<sys_id>/life")


def _page(sys_id: str) -> LifePage:
    return LifePage(ImportPage(service.task_for(sys_id, actor()), actor(), request.args))


@bp.get("")
def show(sys_id: str) -> str:
    """Files, columns, numbers over time, problems by cause and publications of an import."""
    return render("imports/life.html", life=_page(sys_id))


@bp.get("/report")
def report(sys_id: str) -> Response:
    """The same as a workbook, a sheet for each table."""
    life = _page(sys_id)
    return export.workbook_of_sheets(life.sheets(), f"{life.shell.task.number}-report")
