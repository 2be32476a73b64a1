"""How a stored value reads: the text, link and colour that a person sees for it."""

import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask_babel import ngettext

from ale.foundation.actor import Actor
from ale.foundation.calendar_words import day_of
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.problem import Problem
from ale.foundation.reading import Displays, displays, readable_fields, readable_figures
from ale.foundation.record import Calculated, Record, values_of
from ale.web.addresses import record_hrefs
from ale.web.identity import actor
from ale.web.language import date_text, datetime_text, label, locale, money, number
from ale.web.language import plain as _

# Colour by the word itself, so that no type has to say it; what is not named stays neutral.
TONES = {
    "active": "info", "in_progress": "info", "review": "info", "running": "info",
    "closed": "ok", "complete": "ok", "finished": "ok", "on_track": "ok", "healthy": "ok", "done": "ok", "in_use": "ok",
    "awaiting_customer": "warn", "awaiting_internal": "warn", "declining": "warn", "at_risk": "warn", "paused": "warn",
    "blocked": "bad", "failed": "bad", "expired": "bad",
}  # fmt: skip
BADGES = ("state", "stage", "progress", "health_status")


class Shown(NamedTuple):
    """One value of a record, ready for a table cell or a fact."""

    name: str
    label: str
    value: str
    href: str | None = None
    tone: str | None = None
    number: bool = False
    long: bool = False


Reader = Callable[[Record], Shown]


def shown(record: Record, names: Iterable[str], by: Actor, called: Displays | None = None) -> list[Shown]:
    """The values of these fields that `by` may see; `called`: what references are called, where known already."""
    names = list(names)
    called = displays([record], names) if called is None else called
    return [read(record) for read in readers(columns(type(record), names, by), called)]


def readers(items: Iterable[Field | Calculated], called: Displays) -> list[Reader]:
    """What shows each column of a record; what is the same for all rows of a list is worked out once."""
    return [_calculated(item) if isinstance(item, Calculated) else _stored(item, called) for item in items]


def columns(record_type: type[Record], names: Iterable[str], by: Actor) -> list[Field | Calculated]:
    """The fields and calculated figures among `names` that are open to `by`, in that order."""
    known: dict[str, Field | Calculated] = dict(readable_fields(record_type, by))
    known |= {item.name: item for item in readable_figures(record_type, by)}
    return [known[name] for name in names if name in known]


def is_number(item: Field | Calculated) -> bool:
    """Whether values stand at the right of their column."""
    return not item.is_state if isinstance(item, Calculated) else item.kind in (Kind.INTEGER, Kind.DECIMAL)


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
            return _json_text(item, value)
    return _named(item, value, called) if item.facts.tables else str(value)


def _json_text(item: Field, value: Any) -> str:
    """As it is written, but problems that were kept as the sentences that they are."""
    if item.facts.format == "problems":
        return "\n".join(Problem.of(one).text(_, locale()) for one in value)
    return json.dumps(value, ensure_ascii=False, indent=2)


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


def _stored(item: Field, called: Displays) -> Reader:
    said, right, long = label(item.label), is_number(item), item.kind in (Kind.LONG_TEXT, Kind.JSON)
    is_plain = item.kind is Kind.TEXT and not item.facts.tables  # as most values are
    has_tone, is_money, href = item.name in BADGES, item.facts.format == "currency", _link(item, called)

    def read(record: Record) -> Shown:
        value = getattr(record, item.name)
        currency = getattr(record, "currency", None) if is_money else None
        text = str(value or "") if is_plain else text_of(item, value, called, currency)
        if not value:  # which may still read as something: 0, No
            return Shown(item.name, said, text, number=right, long=long)
        return Shown(item.name, said, text, href(value), TONES.get(value, "") if has_tone else None, right, long)

    return read


def _link(item: Field, called: Displays) -> Callable[[Any], str | None]:
    """Where a value of this field leads."""
    if item.facts.tables:
        ways = {table: record_hrefs(table) for table in item.targets}
        return lambda value: next((way(value) for table, way in ways.items() if (table, value) in called), None)
    if item.kind is Kind.REFERENCE:
        return record_hrefs(item.to)
    before = {"email": "mailto:", "url": ""}.get(item.facts.format or "")
    return lambda value: None if before is None else f"{before}{value}"


def _calculated(item: Calculated) -> Reader:
    said, day = label(item.label), day_of(actor(), now())

    def read(record: Record) -> Shown:
        figure = item.compute(values_of(record), day)
        if isinstance(figure, Choice):
            return Shown(item.name, said, label(figure), tone=TONES.get(figure, ""))
        if item.is_amount:
            return Shown(item.name, said, number(figure), number=True)
        return Shown(item.name, said, days_text(None if figure is None else int(figure)), number=True)

    return read


def days_text(days: int | None) -> str:
    """How long until a day: "10 days", "today", and after it "2 days late" (ONB-20); empty without one."""
    if days is None:
        return ""
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(count)s day late", "%(count)s days late", -days, count=number(-days))
    return ngettext("%(count)s day", "%(count)s days", days, count=number(days))
