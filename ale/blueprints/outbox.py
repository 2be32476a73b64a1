"""The outbox, for administrators: which mails were written, sent, or wait; without a mail server they are read here."""

from flask import Blueprint, request
from sqlalchemy import select

from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.outbox import Email
from ale.foundation.problem import Forbidden, NotVisible
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, link
from ale.web.render import render

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
link(ADMINISTRATION, 80, Label("Outbox", "Boîte d’envoi"), "outbox.mails", "mail", roles=("admin",))
ROWS = 50


@bp.before_request
def administrators_only() -> None:
    """Mails name people of every customer."""
    if not actor().has("admin"):
        raise Forbidden("the outbox is for administrators")


@bp.get("")
def mails() -> str:
    """The newest mails, a page at a time; `?before=` is the id the page before ended with."""
    found = select(Email).order_by(Email.sys_id.desc()).limit(ROWS + 1)
    before = request.args.get("before")
    rows = session.scalars(found.where(Email.sys_id < before) if before else found).all()
    more = rows[ROWS - 1].sys_id if len(rows) > ROWS else None
    return render("outbox/mails.html", mails=rows[:ROWS], more=more, first=not before)


@bp.get("/<sys_id>")
def mail(sys_id: str) -> str:
    """One mail as it was or will be sent."""
    found = session.get(Email, sys_id)
    if found is None:
        raise NotVisible
    return render("outbox/mail.html", mail=found)
