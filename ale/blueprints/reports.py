"""Reports: building one from a question, running it with the reader's rights, its figures as a file."""

from dataclasses import replace
from functools import partial, update_wrapper

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.report_builder import Builder
from ale.blueprints.shown.reports import ReportPage, Result
from ale.domains.reports.records import Report
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import NotVisible, Rejected
from ale.foundation.reading import find
from ale.web.addresses import opens_at
from ale.web.identity import actor
from ale.web.navigation import ACCOUNTS, link
from ale.web.pages import Answer, check_new, record_pages
from ale.web.render import done, render
from ale.web.reports import Question

bp = Blueprint("reports", __name__)
record_pages(bp, Report, "reports")
opens_at(Report, show="reports.run", new="reports.build")
check = update_wrapper(partial(check_new, Report), check_new)  # of the plain form, which is sent where reports begin
bp.add_url_rule("/reports/build/check", "check", check, methods=["POST"])
link(ACCOUNTS, -1, Label("Reports", "Rapports"), "reports.reports_list", "bar-chart-3", reads=Report)


@bp.get("/reports/<sys_id>/run")
def run(sys_id: str) -> str:
    """A report, answered for its reader."""
    return render("reports/run.html", page=ReportPage(find(Report, sys_id, actor()), actor()))


@bp.get("/reports/build")
def build() -> Answer:
    """A question, put together from what a table has, with its answer; what the form sends becomes its address."""
    page = Builder(actor(), request.args)
    return redirect(page.address) if page.is_sent else render("reports/build.html", page=page)


@bp.post("/reports/build")
def keep() -> Answer:
    """Keep a question under a name, or change the report that it comes from."""
    page = Builder(actor(), request.form)
    try:
        with transaction():
            report = page.keep()
    except Rejected as error:
        return render_template("reports/build.html", page=replace(page, problems=error.problems)), 422
    flash(_("Report saved."), "ok")
    return done(url_for("reports.run", sys_id=report.sys_id))


@bp.get("/reports/file")
def file() -> Response:
    """The answer to a question as a file, `?format=csv` or xlsx."""
    result = Result(Question.of(request.args), actor())
    if not result.is_told:
        raise NotVisible
    return result.file(request.args.get("format", "xlsx"))
