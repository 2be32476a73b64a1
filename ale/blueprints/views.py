"""Saved views: their own pages, and keeping a list as it is seen."""

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.domains.views.records import SavedView
from ale.foundation.changes import create
from ale.foundation.db import transaction
from ale.foundation.problem import NotVisible
from ale.foundation.record import RECORDS
from ale.web.identity import actor
from ale.web.lists import Listing
from ale.web.pages import record_pages
from ale.web.render import done

bp = Blueprint("views", __name__)
record_pages(bp, SavedView, "views")


@bp.post("/views/keep/<table>")
def keep(table: str) -> Response:
    """Keep what a list asks for under a name; the list opens with the new view."""
    if table not in RECORDS:
        raise NotVisible
    listing = Listing(RECORDS[table], actor(), request.form)
    given = {name: request.form.get(name) for name in ("name", "audience", "role", "is_default")}
    with transaction():
        view = create(SavedView, {**given, "table_name": table, "arguments": listing.asks}, by=actor())
    flash(_("View saved."), "ok")
    return done(listing.address(view=view.sys_id))
