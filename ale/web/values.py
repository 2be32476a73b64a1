"""How a stored value reads: the text, link and colour that a person sees for it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.reading import Displays, displays, readable_fields
from ale.foundation.record import Calculated, Record, values_of
from ale.web.addresses import record_href
from ale.web.language import date_text, datetime_text, label, money, number

# Colour by the word itself, so that no type has to say it; what is not named stays neutral.
TONES = {
    "active": "info", "in_progress": "info", "review": "info", "running": "info",
    "closed": "ok", "complete": "ok", "finished": "ok", "on_track": "ok", "healthy": "ok", "done": "ok", "in_use": "ok",
    "awaiting_customer": "warn", "awaiting_internal": "warn", "declining": "warn", "at_risk": "warn", "paused": "warn",
    "blocked": "bad", "failed": "bad", "expired": "bad",
}  # fmt: skip
BADGES = ("state", "stage", "progress", "health_status")


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a record, ready for a table cell or a fact."""

    name: str
    label: str
    value: str
    href: str | None = None
    tone: str | None = None
    number: bool = False
    long: bool = False


def shown(record: Record, names: Iterable[str], by: Actor, called: Displays | None = None) -> list[Shown]:
    """The values of these fields that `by` may see; `called`: what references are called, where known already."""
    names = list(names)
    called = displays([record], names) if called is None else called
    return shown_in(columns(type(record), names, by), record, called)


def shown_in(items: Iterable[Field | Calculated], record: Record, called: Displays) -> list[Shown]:
    """The same where the columns are known already, as they are for the rows of a list."""
    return [
        _calculated(record, item) if isinstance(item, Calculated) else _stored(record, item, called) for item in items
    ]


def columns(record_type: type[Record], names: Iterable[str], by: Actor) -> list[Field | Calculated]:
    """The fields and calculated figures among `names` that are open to `by`, in that order."""
    known: dict[str, Field | Calculated] = dict(readable_fields(record_type, by))
    for item in record_type.__sheet__.calculated:
        if (item.customer or not by.is_customer) and (not item.read_roles or by.has(*item.read_roles)):
            known[item.name] = item
    return [known[name] for name in names if name in known]


def is_number(item: Field | Calculated) -> bool:
    """Whether values stand at the right of their column."""
    return isinstance(item, Calculated) or item.kind in (Kind.INTEGER, Kind.DECIMAL)


def text_of(item: Field, value: Any, called: Displays, currency: str | None = None) -> str:
    """A stored value as text in the reader's language; empty for none."""
    if value is None or value == "" or value == []:
        return ""
    match item.kind:
        case Kind.CHOICE:
            return label(value)
        case Kind.BOOLEAN:
            return _("Yes") if value else _("No")
        case Kind.DATE:
            return date_text(value)
        case Kind.DATETIME:
            return datetime_text(value)
        case Kind.INTEGER | Kind.DECIMAL:
            return money(value, currency) if currency and item.facts.format == "currency" else number(value)
        case Kind.REFERENCE:
            return _named(item, value, called)
        case Kind.LIST:
            return ", ".join(called.get((str(item.to), key), "") for key in value)
        case Kind.JSON:
            return json.dumps(value, ensure_ascii=False, indent=2)
    return _named(item, value, called) if item.facts.tables else str(value)


def _named(item: Field, value: str, called: Displays) -> str:
    """What the record that a value points to is called; the application is no row."""
    if value == "system":
        return "ALE"
    return next((called[table, value] for table in item.targets if (table, value) in called), "")


def title_of(record: Record) -> str:
    """What the page of a record is called."""
    item = fields_of(type(record))[record.__sheet__.display]
    value = getattr(record, item.name)
    return text_of(item, value, displays([record], (item.name,))) or label(record.__sheet__.label)


def _stored(record: Record, item: Field, called: Displays) -> Shown:
    value = getattr(record, item.name)
    return Shown(
        name=item.name,
        label=label(item.label),
        value=text_of(item, value, called, getattr(record, "currency", None)),
        href=_link(item, value, called),
        tone=TONES.get(value, "") if item.name in BADGES and value else None,
        number=is_number(item),
        long=item.kind in (Kind.LONG_TEXT, Kind.JSON),
    )


def _link(item: Field, value: Any, called: Displays) -> str | None:
    if not value:
        return None
    if item.facts.tables:
        return next((record_href(table, value) for table in item.targets if (table, value) in called), None)
    if item.kind is Kind.REFERENCE:
        return record_href(item.to, value)
    return {"email": f"mailto:{value}", "url": value}.get(item.facts.format or "")


def _calculated(record: Record, item: Calculated) -> Shown:
    figure = item.compute(values_of(record), today())
    if item.is_amount:
        return Shown(item.name, label(item.label), "" if figure is None else number(figure), number=True)
    return Shown(item.name, label(item.label), days_text(None if figure is None else int(figure)), number=True)


def days_text(days: int | None) -> str:
    """How long until a day: "10 days", "today", and after it "2 days late" (ONB-20); empty without one."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(count)s day late", "%(count)s days late", -days, count=number(-days))
    return ngettext("%(count)s day", "%(count)s days", days, count=number(days))
