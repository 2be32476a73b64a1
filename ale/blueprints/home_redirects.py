"""The documented addresses `/<table>.list` and `/<table>.do` lead to the pages of the table."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from ale.foundation.problem import NotVisible
from ale.foundation.record import RECORDS, Record
from ale.web.addresses import PAGES, list_href, new_href, record_href

bp = Blueprint("home_redirects", __name__)


@bp.get("/<table>.list")
def to_list(table: str) -> Response:
    """The list, filtered by `sysparm_query` or `query`."""
    query = request.args.get("sysparm_query") or request.args.get("query")
    return redirect(str(list_href(_with_pages(table), query=query or None)))


@bp.get("/<table>.do")
def to_form(table: str) -> Response:
    """The record named by `sys_id`; without one, or with -1, the form of a new record."""
    record_type, sys_id = _with_pages(table), request.args.get("sys_id", "-1")
    return redirect(str(new_href(record_type) if sys_id == "-1" else record_href(table, sys_id)))


def _with_pages(table: str) -> type[Record]:
    record_type = RECORDS.get(table)
    if record_type not in PAGES:
        raise NotVisible
    return record_type
