"""The documented addresses `/<table>.list` and `/<table>.do` lead to pages: of staging tables to their imports."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from ale.domains.imports.records import ImportTask
from ale.domains.imports.served import staging_tables
from ale.domains.imports.service import may_import
from ale.domains.imports.staging import StagingRow
from ale.foundation.db import session
from ale.foundation.problem import NotVisible
from ale.foundation.record import RECORDS, Record, table_name
from ale.web.addresses import ALIASES, PAGES, list_href, new_href, record_href
from ale.web.identity import actor

bp = Blueprint("home_redirects", __name__)
ELSEWHERE = {
    "sys_email": ("outbox.mails", "outbox.mail"), "ale_metric_snapshot": ("home.show", None),
    "sys_audit": ("trail.changes", "trail.change"), "sys_journal_field": ("trail.entries", "trail.entry"),
}  # fmt: skip
"""Tables that are no records: where their rows are shown, and where one of them."""


@bp.get("/<table>.list")
def to_list(table: str) -> Response:
    """The list, filtered by `sysparm_query` or `query`."""
    query = request.args.get("sysparm_query") or request.args.get("query")
    if table in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[table][0], query=query or None))
    if _is_staging(table):
        return redirect(str(list_href(ImportTask, query=f"source_table={table}")))
    return redirect(str(list_href(_with_pages(table), query=query or None)))


@bp.get("/<table>.do")
def to_form(table: str) -> Response:
    """The record named by `sys_id`; without one, or with -1, the form of a new record."""
    sys_id = request.args.get("sys_id", "-1")
    if table in ELSEWHERE:
        page = ELSEWHERE[table][1]
        return redirect(url_for(page, sys_id=sys_id)) if page and sys_id != "-1" else to_list(table)
    if _is_staging(table):
        row = session.get(StagingRow, sys_id)
        return redirect(url_for("imports.row", sys_id=row.import_task, row=sys_id)) if row else to_list(table)
    record_type = _with_pages(table)
    return redirect(str(new_href(record_type) if sys_id == "-1" else record_href(table_name(record_type), sys_id)))


def _is_staging(table: str) -> bool:
    """Staging rows have no list of their own: each import shows its rows."""
    return table not in RECORDS and may_import(actor()) and table in staging_tables()


def _with_pages(table: str) -> type[Record]:
    record_type = RECORDS.get(ALIASES.get(table, table))
    if record_type not in PAGES:
        raise NotVisible
    return record_type
