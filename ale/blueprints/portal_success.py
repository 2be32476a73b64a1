"""My success: what is done for a customer, each with its conversation, and raising a touchpoint (SUC-13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.portal import facts
from ale.domains.estate.records import SoldProduct
from ale.domains.knowledge.service import shared_articles
from ale.domains.success.actions import SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.choices import TouchpointCategory
from ale.domains.success.plan import Initiative
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, save
from ale.foundation.db import session, transaction
from ale.foundation.problem import Forbidden, Problem, Rejected
from ale.foundation.reading import find, may, names_of, visible
from ale.foundation.record import table_name
from ale.web import stream
from ale.web.files import Files
from ale.web.identity import actor
from ale.web.language import label, locale
from ale.web.render import done, render
from ale.web.values import shown

bp = Blueprint("portal_success", __name__, url_prefix="/portal/success")
Answer = Response | str | tuple[str, int]

KINDS: dict[str, Any] = {
    "touchpoints": Touchpoint, "tasks": SuccessTask, "cases": SuccessCase, "initiatives": Initiative,
}  # fmt: skip
ADDRESS = f"/<any({','.join(KINDS)}):kind>/<sys_id>"
FACTS = ("state", "progress", "due_date", "days_remaining", "meeting_date", "assigned_to")
RAISED = ("engagement", "subject", "category", "product", "description")
MOST = 20


@bp.get("")
def home() -> Answer:
    """The newest touchpoints, tasks, success cases and initiatives of the own company; a form for a touchpoint."""
    return _home({})


@bp.post("/touchpoints")
def raise_touchpoint() -> Answer:
    """Raise a touchpoint: 303 to its page, or the form again with what is wrong."""
    sent = {name: request.form.get(name, "").strip() for name in RAISED}
    try:
        with transaction():
            made = create(Touchpoint, sent | {"related_to_product": bool(sent["product"])}, by=actor())
    except Rejected as refused:
        return _home(sent, refused.problems), 422
    flash(_("Sent. Your contact sees it at once."), "ok")
    return done(url_for(".show", kind="touchpoints", sys_id=made.sys_id))


@bp.get(ADDRESS)
def show(kind: str, sys_id: str) -> Answer:
    """What is done for the customer, and what was said about it."""
    found = find(KINDS[kind], sys_id, actor())
    address = url_for(".answer", kind=kind, sys_id=sys_id)
    above = [{"label": _("My success"), "href": url_for(".home")}]
    beside = {"tasks": [], "products": [], "further": [], "articles": shared_articles(found, actor()), "above": above}
    return render(
        "portal/record.html", record=found, title=_called(found), facts=facts(found, FACTS, actor()), answer=address,
        entries=stream.entries(found, actor()), files=Files(found, actor()), **beside,
    )  # fmt: skip


@bp.post(ADDRESS)
def answer(kind: str, sys_id: str) -> Answer:
    """A comment."""
    with transaction():
        save(find(KINDS[kind], sys_id, actor()), {"comments": request.form.get("comments", "")}, by=actor())
    flash(_("Sent. Your contact sees it at once."), "ok")
    return done(url_for(".show", kind=kind, sys_id=sys_id))


def _home(sent: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    by = actor()
    if not may(Engagement, "read", by):
        raise Forbidden
    lists = [(label(one.__sheet__.plural), _newest(slug)) for slug, one in KINDS.items() if may(one, "read", by)]
    wrong = [{"field": one.field if one.field in RAISED else None, "text": one.text(_, locale())} for one in problems]
    errors = dict.fromkeys(RAISED) | {one["field"]: one["text"] for one in wrong}
    return render(
        "portal/success.html", lists=lists, sent=dict.fromkeys(RAISED, "") | {**sent}, errors=errors, problems=wrong,
        choices=_choices() if may(Touchpoint, "create", by) else None,
    )  # fmt: skip


def _called(record: Any) -> str:
    """What a record is about."""
    return getattr(record, "subject", None) or getattr(record, "short_description", None) or str(record.number)


def _newest(slug: str) -> list[dict[str, Any]]:
    """[{text, href, number, due, state}] of the newest records, those that are open before the others."""
    kind, by = KINDS[slug], actor()
    rows = session.scalars(visible(kind, by).order_by(kind.active.desc(), kind.number.desc()).limit(MOST))
    return [
        {"text": _called(one), "href": url_for(".show", kind=slug, sys_id=one.sys_id), "number": one.number,
         "due": one.due_date, "state": shown(one, ("state",), by)[0]}
        for one in rows
    ]  # fmt: skip


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What may be chosen in the form, by field: engagements that run, categories, own products."""
    by = actor()
    running = session.scalars(visible(Engagement, by).where(Engagement.active.is_(True)).order_by(Engagement.number))
    found = {"engagement": [(one.sys_id, f"{one.number} {one.title}") for one in running], "product": []}
    if may(SoldProduct, "read", by):
        keys = session.scalars(visible(SoldProduct, by).with_only_columns(SoldProduct.sys_id)).all()
        found["product"] = sorted(names_of(table_name(SoldProduct), keys).items(), key=lambda one: one[1])
    return found | {"category": [(one.value, label(one)) for one in TouchpointCategory]}
