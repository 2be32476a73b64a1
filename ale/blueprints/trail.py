"""What was changed and said, over all records that one may read: lists and single rows, read-only (C361)."""

from flask import Blueprint, request

from ale.blueprints.shown.trail import KINDS, Trail, TrailRow
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, link
from ale.web.render import render

bp = Blueprint("trail", __name__)
ADMIN = ("admin",)
AUDIT, JOURNAL = "sys_audit", "sys_journal_field"
link(ADMINISTRATION, 82, KINDS[AUDIT].plural, "trail.changes", "history", roles=ADMIN)
link(ADMINISTRATION, 84, KINDS[JOURNAL].plural, "trail.entries", "message-square", roles=ADMIN)


@bp.get("/history")
def changes() -> str:
    """Changes of fields, newest first."""
    return render("trail/rows.html", page=Trail(AUDIT, actor(), request.args))


@bp.get("/history/<sys_id>")
def change(sys_id: str) -> str:
    """One change, or what a record was made with."""
    return render("trail/row.html", page=TrailRow(AUDIT, actor(), sys_id))


@bp.get("/journal")
def entries() -> str:
    """Work notes and comments, newest first."""
    return render("trail/rows.html", page=Trail(JOURNAL, actor(), request.args))


@bp.get("/journal/<sys_id>")
def entry(sys_id: str) -> str:
    """One work note or comment."""
    return render("trail/row.html", page=TrailRow(JOURNAL, actor(), sys_id))
