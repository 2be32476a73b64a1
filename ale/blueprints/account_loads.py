"""Accounts from a file: the template, the upload, and what came of it line by line (SAG-06)."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from ale.domains.accounts.records import Account
from ale.domains.imports import account_loads
from ale.domains.imports.account_loads import HEADINGS, LOADERS, CsvImport
from ale.foundation.db import transaction
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Problem, Rejected
from ale.foundation.reading import find, may
from ale.web.identity import actor
from ale.web.language import label, locale
from ale.web.navigation import ACCOUNTS, link
from ale.web.pages import record_pages
from ale.web.render import done, render
from ale.web.uploads import uploaded

bp = Blueprint("account_loads", __name__)
record_pages(bp, CsvImport, "csv-imports")
LOAD = Label("Load accounts", "Charger des comptes")
link(ACCOUNTS, 15, LOAD, "account_loads.show", "upload", roles=LOADERS)
Answer = Answered | str | tuple[str, int]


@bp.get("/import/customer_account")
def show() -> Answer:
    """The template and the form; after a load what came of it."""
    key = request.args.get("load")
    return _page(find(CsvImport, key, actor()) if key else None)


@bp.get("/import/customer_account/template.csv")
def template() -> Response:
    """The headings as a CSV file, with the mark that Excel wants."""
    _page_is_open()
    text = io.StringIO()
    csv.writer(text).writerow(HEADINGS)
    headers = {"Content-Disposition": "attachment; filename=customer_account_template.csv"}
    return Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@bp.post("/import/customer_account")
def upload() -> Answer:
    """Load a file."""
    _page_is_open()
    try:
        with uploaded("file") as (path, name), transaction():
            loaded = account_loads.load(path, name, actor())
    except Rejected as refused:
        return _page(None, refused.problems), 422
    return done(url_for(".show", load=loaded.sys_id))


def _page_is_open() -> None:
    by = actor()
    if not may(CsvImport, "create", by):
        raise Forbidden(f"{by.name} may not create CsvImport")


def _page(loaded: CsvImport | None, problems: list[Problem] | None = None) -> str:
    _page_is_open()
    return render(
        "accounts/load.html", loaded=loaded, rows=_told(loaded), most=account_loads.MOST,
        problems=[{"field": "file", "text": one.text(_, locale())} for one in problems or ()],
        columns=[(heading, label(fields_of(Account)[name].label)) for heading, name in HEADINGS.items()],
    )  # fmt: skip


def _told(loaded: CsvImport | None) -> list[dict[str, Any]]:
    """Line, column and reason of what was not loaded."""
    known = fields_of(Account)
    return [
        {
            "line": one["line"], "reason": Problem.of(one).text(_, locale()),
            "column": label(known[one["field"]].label) if one["field"] in known else "",
        }
        for one in ((loaded.errors if loaded else None) or {}).get("rows", ())
    ]  # fmt: skip
