"""The pages that every record type has: list, new, form, steps, lookup, export. One line registers them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.foundation import changes
from ale.foundation.db import transaction
from ale.foundation.field import fields_of
from ale.foundation.problem import Conflict, Forbidden, NotVisible, Problem, Rejected
from ale.foundation.reading import find, may, may_change, may_see
from ale.foundation.record import Record, Step, table_name
from ale.web import export
from ale.web.addresses import PAGES, form_href, list_href, record_href
from ale.web.batch import Batch, Undone, deeds_of
from ale.web.filters import narrowed
from ale.web.forms import RecordForm
from ale.web.identity import actor
from ale.web.language import number
from ale.web.lists import Listing
from ale.web.picking import matching
from ale.web.record_page import Ending, RecordPage, endings
from ale.web.render import done, render
from ale.web.saved_views import default_of

Answer = Response | str | tuple[str, int]
Type = type[Record]

PICTURES: dict[Type, Callable[[Listing], Any]] = {}
"""What a list shows above its rows, of types that have a picture: something with a `template`, which calls it so."""

MADE: dict[Type, Callable[[Any], str]] = {}
"""What is said of a record when it was made, of types of which that may be more than "Created."."""


def record_pages(bp: Blueprint, record_type: Type, slug: str) -> None:
    """Register the pages of a type under `/<slug>`, as real routes; their endpoints begin with the slug."""
    name = slug.replace("-", "_")
    PAGES[record_type] = f"{bp.name}.{name}"
    for rule, method, endpoint, view in _ROUTES:
        bound = update_wrapper(partial(view, record_type), view)
        bp.add_url_rule(f"/{slug}{rule}", f"{name}_{endpoint}", bound, methods=[method])


def list_page(record_type: Type) -> Answer:
    """A page of the list; what the filter form sends becomes one encoded query in the address."""
    listing = Listing(record_type, actor(), request.args)
    if not request.args and (view := default_of(listing.views)):
        return redirect(listing.view_address(view))
    if len(request.args.getlist("cols")) > 1:
        return redirect(listing.address(cols=",".join(request.args.getlist("cols"))))
    if chosen := listing.chosen(request.args):
        return redirect(listing.address(query=narrowed(listing.asked("query"), chosen)))
    picture = PICTURES[record_type](listing) if record_type in PICTURES else None
    deeds = deeds_of(record_type, actor())
    return render("records/list.html", listing=listing, page=listing.page(), deeds=deeds, picture=picture)


def batch(record_type: Type) -> Answer:
    """One deed for many records of the list: what it asks for, what would come of it, then the deed itself."""
    many = Batch(record_type, actor(), request.form)
    with suppress(Undone), transaction():
        many.run()
    if many.is_kept and many.is_tried and not many.refused:
        flash(_("%(count)s records changed.", count=number(many.done)), "ok")
        return redirect(many.listing.address(), 303)
    return render_template("records/batch.html", batch=many)


def export_list(record_type: Type) -> Response:
    """The whole filtered list as a file, `?format=csv` or xlsx."""
    listing = Listing(record_type, actor(), request.args)
    return export.as_csv(listing) if request.args.get("format") == "csv" else export.as_workbook(listing)


def lookup(record_type: Type, name: str) -> str:
    """The records a reference of this type may point to, for the type-ahead."""
    item = fields_of(record_type).get(name)
    if item is None or not item.targets or not may_see(item, actor()):
        raise NotVisible
    if not any(may(record_type, one, actor()) for one in ("read", "create", "write")):
        raise Forbidden
    found = matching(item, request.args.get("q", ""), request.args.get("within", ""), actor())
    return render_template("records/lookup.html", name=name, items=found)


def new(record_type: Type) -> Answer:
    """The form of a new record; the address may give values to begin with."""
    return _new_page(RecordForm(record_type, actor(), start=request.args))


def create(record_type: Type) -> Answer:
    """Make a record: 303 to its page, or the form again with what is wrong."""
    form = RecordForm(record_type, actor(), sent=request.form)
    try:
        with transaction():
            record = changes.create(record_type, form.given, by=form.by)
    except Rejected as error:
        return _new_page(replace(form, problems=error.problems)), 422
    said = MADE.get(record_type)
    flash(said(record) if said else _("Created."), "ok")
    return done(str(record_href(table_name(record_type), record.sys_id)))


def check_new(record_type: Type) -> Answer:
    """The form of a new record as it looks with what was entered so far."""
    return _new_page(RecordForm(record_type, actor(), sent=request.form))


def show(record_type: Type, sys_id: str) -> Answer:
    """The page of a record."""
    return _page(RecordForm(record_type, actor(), find(record_type, sys_id, actor())))


def save(record_type: Type, sys_id: str) -> Answer:
    """Change a record: 303, or the form again with what is wrong, or with what somebody else stored meanwhile."""
    form = RecordForm(record_type, actor(), find(record_type, sys_id, actor()), sent=request.form)
    try:
        with transaction():
            along = endings(form.stored)
            record = changes.save(form.stored, form.given, by=form.by, version=form.version)
    except Rejected as error:
        return _page(replace(form, problems=error.problems)), 422
    except Conflict:
        return _page(form, in_conflict=True), 409
    _tell_saved(record, along)
    return done(_address(form))


def check(record_type: Type, sys_id: str) -> Answer:
    """The form of a record as it looks with what was entered so far; it goes on from the version it came from."""
    form = RecordForm(record_type, actor(), find(record_type, sys_id, actor()), sent=request.form)
    page = RecordPage(form, request.args, form.in_conflict, form.version)
    return render("records/show.html", form=form, page=page)


def ask_step(record_type: Type, sys_id: str, name: str) -> str:
    """What a step of the flow asks for, as a dialog or a page."""
    form = RecordForm(record_type, actor(), _own(record_type, sys_id), step=_step(record_type, name))
    return render("records/step.html", form=form, page=RecordPage(form))


def move(record_type: Type, sys_id: str, name: str) -> Answer:
    """Take a step of the flow."""
    record, step = _own(record_type, sys_id), _step(record_type, name)
    form = RecordForm(record_type, actor(), record, sent=request.form, step=step)
    try:
        with transaction():
            along = endings(record)
            record = changes.move(record, name, form.given, by=form.by, version=form.version)
    except Rejected as error:
        form = replace(form, problems=error.problems)
        return render("records/step.html", form=form, page=RecordPage(form)), 422
    _tell_saved(record, along)
    return done(_address(form))


def say(record_type: Type, sys_id: str) -> Response:
    """Add a comment or a work note."""
    record, element = _own(record_type, sys_id), request.form.get("element", "")
    text = request.form.get("text", "").strip()
    if element not in record.__sheet__.journals or not text:
        raise Rejected([Problem("EMPTY_ENTRY", "Write something first.")])
    with transaction():
        changes.save(record, {element: text}, by=actor())
    return done(str(form_href(record_type, sys_id)))


def ask_remove(record_type: Type, sys_id: str) -> str:
    """What removing a record means, as a dialog or a page."""
    form = RecordForm(record_type, actor(), _own(record_type, sys_id, "delete"))
    return render("records/remove.html", page=RecordPage(form))


def remove(record_type: Type, sys_id: str) -> Response:
    """Delete a record."""
    record = find(record_type, sys_id, actor())
    with transaction():
        changes.remove(record, by=actor())
    flash(_("Deleted."), "ok")
    return done(str(list_href(record_type)))


def _tell_saved(record: Any, along: list[Ending]) -> None:
    """That it was saved, and what ended with it if that was the end of the record."""
    ended = [] if getattr(record, "active", True) else [one.after for one in along]
    flash(" ".join([_("Saved."), *ended]), "ok")


def _own(record_type: Type, sys_id: str, operation: str = "write") -> Record:
    """A record that the actor may change, or delete; NotVisible where it is not to be seen, else Forbidden."""
    record = find(record_type, sys_id, actor())
    if not may_change(record, actor(), operation):
        raise Forbidden
    return record


def _new_page(form: RecordForm) -> str:
    if not may(form.record_type, "create", form.by):
        raise Forbidden
    return render("records/new.html", form=form)


def _page(form: RecordForm, *, in_conflict: bool = False) -> str:
    page = RecordPage(form, request.args, in_conflict)
    return render("records/show.html", form=form, page=page)


def _step(record_type: Type, name: str) -> Step:
    step = next((one for one in record_type.__sheet__.flow if one.name == name), None)
    if step is None:
        raise NotVisible
    return step


def _address(form: RecordForm) -> str:
    kept = {"list": request.args["list"]} if request.args.get("list") else {}
    return str(form_href(form.record_type, form.stored.sys_id, **kept))


_ROUTES: tuple[tuple[str, str, str, Callable[..., Answer]], ...] = (
    ("", "GET", "list", list_page),
    ("/batch", "POST", "batch", batch),
    ("/export", "GET", "export", export_list),
    ("/lookup/<name>", "GET", "lookup", lookup),
    ("/new", "GET", "new", new),
    ("/new", "POST", "create", create),
    ("/new/check", "POST", "check_new", check_new),
    ("/<sys_id>", "GET", "show", show),
    ("/<sys_id>", "POST", "save", save),
    ("/<sys_id>/check", "POST", "check", check),
    ("/<sys_id>/steps/<name>", "GET", "ask_step", ask_step),
    ("/<sys_id>/steps/<name>", "POST", "move", move),
    ("/<sys_id>/say", "POST", "say", say),
    ("/<sys_id>/remove", "GET", "ask_remove", ask_remove),
    ("/<sys_id>/remove", "POST", "remove", remove),
)
