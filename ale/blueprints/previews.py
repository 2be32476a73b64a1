"""Looking before publishing: what would become of each ready row, on a page and as a file."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from ale.blueprints.shown.preview import PreviewPage
from ale.domains.imports import service
from ale.web import export
from ale.web.identity import actor
from ale.web.render import render

bp = Blueprint("previews", __name__, url_prefix="/imports/<sys_id>/preview")


def _page(sys_id: str) -> PreviewPage:
    return PreviewPage(service.task_for(sys_id, actor()), actor(), request.args)


@bp.get("")
def show(sys_id: str) -> str:
    """How many records publishing would create, update and leave, and which fields would change."""
    return render("imports/preview.html", page=_page(sys_id))


@bp.get("/export")
def export_all(sys_id: str) -> Response:
    """Every change of every row, `?format=csv` or xlsx."""
    page = _page(sys_id)
    name = f"{page.task.number}-preview"
    if request.args.get("format") == "csv":
        return export.csv_of(page.rows(), name, page.by)
    return export.workbook_of(page.rows(), name, name)
