"""Rows that need attention as a workbook, and the workbook corrected."""

from dataclasses import replace
from io import BytesIO

from flask import Blueprint, flash, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.import_task import ImportPage
from ale.blueprints.shown.staging_rows import Sentences
from ale.domains.imports import corrections, service
from ale.domains.imports.corrections import Merged
from ale.domains.imports.definition import definition_of
from ale.foundation.db import transaction
from ale.foundation.problem import Rejected
from ale.web.export import XLSX
from ale.web.identity import actor
from ale.web.language import locale, number
from ale.web.render import done, render
from ale.web.uploads import uploaded

bp = Blueprint("corrections", __name__, url_prefix="/imports/<sys_id>/corrections")
Answer = Response | str | tuple[str, int]


@bp.get("")
def download(sys_id: str) -> Response:
    """The rows that need attention, to be corrected elsewhere."""
    task = service.task_for(sys_id, actor())
    say = Sentences(definition_of(task)).short
    content = corrections.write_corrections(task, locale(), say)
    return send_file(BytesIO(content), XLSX, as_attachment=True, download_name=f"{task.number}-corrections.xlsx")


@bp.post("")
def upload(sys_id: str) -> Answer:
    """Take the corrected cells over and validate their rows."""
    page = ImportPage(service.task_for(sys_id, actor()), actor(), {"state": "needs_attention"})
    try:
        merged = _merged(page)
    except Rejected as refused:
        return render("imports/show.html", page=replace(page, problems=refused.problems)), 422
    flash(_told(merged), "warn" if merged.conflicts or merged.strangers else "ok")
    return done(url_for("imports.show", sys_id=sys_id))


def _merged(page: ImportPage) -> Merged:
    with uploaded("file") as (path, name), transaction():
        merged = corrections.merge(page.task, path, name, by=page.by)
        if merged.rows:
            service.validate(page.task, by=page.by)
    return merged


def _told(merged: Merged) -> str:
    said = [_("%(count)s rows were corrected.", count=number(merged.rows))]
    if merged.conflicts:
        said.append(_("%(count)s cells were changed here too and keep their text; they say what the workbook wants.",
                      count=number(merged.conflicts)))  # fmt: skip
    if merged.strangers:
        said.append(_("%(count)s rows are not waiting here any more.", count=number(merged.strangers)))
    return " ".join(said)
