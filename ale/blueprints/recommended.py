"""Recommended actions in the side panel: cards that htmx swaps, their questions, Assign, Register a consumer."""

from dataclasses import replace

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.blueprints.shown.recommended import Panel
from ale.domains.actions import service
from ale.domains.actions.trail import Registration
from ale.foundation import changes
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, NotVisible, Rejected
from ale.foundation.reading import find, may_change
from ale.foundation.record import RECORDS, Record, Step
from ale.web.forms import RecordForm
from ale.web.identity import actor
from ale.web.render import done, render

bp = Blueprint("recommended", __name__, url_prefix="/recommended/<table>/<sys_id>")
Answer = Response | str | tuple[str, int]
PAGE = "actions/show.html"
REGISTRATION = Step(
    "register", Label("Register", "Enregistrer le consommateur"), {}, lambda _row: True,
    ("account", "contact", "instance_url"),
)  # fmt: skip


@bp.app_template_global()
def recommended(record: Record) -> Panel | None:
    """The cards for the page of a record; None where there are none."""
    panel = Panel(record, actor())
    return panel if panel.cards else None


def _record(table: str, sys_id: str) -> Record:
    if table not in RECORDS:
        raise NotVisible
    return find(RECORDS[table], sys_id, actor())


@bp.get("")
def show(table: str, sys_id: str) -> Answer:
    """The cards beside a record."""
    return render(PAGE, panel=Panel(_record(table, sys_id), actor()))


@bp.get("/<card>")
def ask(table: str, sys_id: str, card: str) -> Answer:
    """The question of a decision tree that the answers `a` lead to (RA-05)."""
    return render(PAGE, panel=Panel(_record(table, sys_id), actor(), card, request.args.getlist("a")))


@bp.post("/<card>")
def answer(table: str, sys_id: str, card: str) -> Answer:
    """Answer it; the end of the tree is logged (RA-06)."""
    panel = Panel(_record(table, sys_id), actor(), card, request.form.getlist("a"))
    chosen = service.card_of(panel.record, card, panel.by)
    if service.is_over(chosen, panel.answers):
        with transaction():
            service.end(chosen, panel.record, panel.answers, by=panel.by)
        panel.ended = True
    return render(PAGE, panel=panel)


@bp.post("/<card>/assign")
def assign(table: str, sys_id: str, card: str) -> Answer:
    """Write the proposed value to the record (RA-03)."""
    panel = Panel(_record(table, sys_id), actor())
    if not may_change(panel.record, panel.by):
        raise Forbidden
    try:
        with transaction():
            service.assign(service.card_of(panel.record, card, panel.by), panel.record, by=panel.by)
    except Rejected as refused:
        panel.problems = refused.problems
        return render(PAGE, panel=panel), 422
    flash(_("Assigned."), "ok")
    return done(str(panel.back))


@bp.post("/<card>/dismiss")
def dismiss(table: str, sys_id: str, card: str) -> Answer:
    """Take a card away for this person and record."""
    panel = Panel(_record(table, sys_id), actor())
    with transaction():
        service.dismiss(service.card_of(panel.record, card, panel.by), panel.record, by=panel.by)
    return render(PAGE, panel=panel)


def _form(table: str, sys_id: str, card: str) -> tuple[Panel, RecordForm]:
    """The fields of a registration, which begin with the account and the contact of the task."""
    panel = Panel(_record(table, sys_id), actor())
    service.card_of(panel.record, card, panel.by)
    facts = {name: getattr(panel.record, name, None) for name in ("account", "contact")}
    form = RecordForm(Registration, panel.by, start=facts, step=REGISTRATION)
    if not form.is_open:
        raise Forbidden
    return panel, form


@bp.get("/<card>/register")
def register(table: str, sys_id: str, card: str) -> Answer:
    """What a registration needs, as a dialog or a page (RA-04)."""
    panel, form = _form(table, sys_id, card)
    return render("actions/register.html", panel=panel, form=form)


@bp.post("/<card>/register")
def finish_registration(table: str, sys_id: str, card: str) -> Answer:
    """Initiate the registration; the task stays open and in sight."""
    panel, form = _form(table, sys_id, card)
    form = replace(form, sent=request.form)
    try:
        with transaction():
            made = changes.create(Registration, form.given | {"task": panel.record.sys_id}, by=panel.by)
    except Rejected as refused:
        return render("actions/register.html", panel=panel, form=replace(form, problems=refused.problems)), 422
    flash(_("Registration %(number)s is initiated.", number=made.number), "ok")
    return done(str(panel.back))
