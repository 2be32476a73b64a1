"""Rows of a table as the Table API shows them: what is asked for in sysparm_*, read in bulk, every value a string."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request
from sqlalchemy import func
from werkzeug.datastructures import MultiDict

from ale.foundation.actor import Actor
from ale.foundation.calendar_words import day_of, speaks_of_time, zone_named
from ale.foundation.clock import now
from ale.foundation.convert import as_text
from ale.foundation.db import session
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.problem import NotVisible
from ale.foundation.query import Walk, parse
from ale.foundation.reading import Displays, names_of
from ale.foundation.record import Calculated
from ale.foundation.tables import Table
from ale.foundation.unchanged import while_unchanged
from ale.web.identity import actor
from ale.web.language import locale

LARGEST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants to see; values that make no sense count as not given, as clients are used to."""

    query: str
    fields: tuple[str, ...]
    as_viewed: bool
    display: str
    links: bool
    limit: int
    offset: int

    @classmethod
    def of(cls, args: "MultiDict[str, str]") -> "Asked":
        """Read the parameters of an address."""
        display = args.get("sysparm_display_value", "false").lower()
        names = (name.strip() for name in args.get("sysparm_fields", "").split(","))
        return cls(
            query=args.get("sysparm_query", ""),
            fields=tuple(dict.fromkeys(name for name in names if name)),
            as_viewed=bool(args.get("sysparm_view", "").strip()),
            display=display if display in ("true", "all") else "false",
            links=args.get("sysparm_exclude_reference_link", "false").lower() != "true",
            limit=min(_number(args, "sysparm_limit", LARGEST_PAGE), LARGEST_PAGE),
            offset=min(_number(args, "sysparm_offset", 0), 2**31 - 1),
        )


def _number(args: "MultiDict[str, str]", name: str, without: int) -> int:
    text = args.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else without


class Page(NamedTuple):
    """Some rows as they are sent, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


def page(table: Table, asked: Asked, by: Actor) -> Page:
    """The rows asked for. The number of statements depends on the columns, not on the rows."""
    walk, query = Walk(table.rows(by), table.columns(by), by), parse(asked.query)
    walk.narrow(query)
    count = walk.statement.with_only_columns(func.count(), maintain_column_froms=True)
    moment = now() if speaks_of_time(asked.query) else None
    total = while_unchanged((table.name, asked.query, by, moment), lambda: session.scalar(count) or 0)
    walk.order(query)
    return Page(_read(table, walk, asked, _names(table, asked, by, whole=False), asked.limit, asked.offset), total)


def one(table: Table, sys_id: str, asked: Asked, by: Actor) -> dict[str, Any]:
    """The row with this sys_id; NotVisible when there is none, or none for `by`."""
    columns = table.columns(by)
    if not sys_id.isalnum():
        raise NotVisible
    walk = Walk(table.rows(by), columns, by)
    walk.statement = walk.statement.where(columns["sys_id"].sql == sys_id)
    found = _read(table, walk, asked, _names(table, asked, by, whole=True), 1, 0)
    if not found:
        raise NotVisible
    return found[0]


def _names(table: Table, asked: Asked, by: Actor, *, whole: bool) -> Iterable[str]:
    """The columns to be sent: those asked for by name, else those of the view asked for, else all."""
    figures = (one.name for one in table.calculated(by))
    return asked.fields or (asked.as_viewed and table.view(whole)) or (*table.columns(by), *figures)


def _read(
    table: Table, walk: Walk, asked: Asked, names: Iterable[str], limit: int, offset: int
) -> list[dict[str, Any]]:
    columns = {name: walk.column(tuple(name.split("."))) for name in names}
    figures = {one.name: one for one in table.calculated(walk.by) if one.name in columns}
    stored = {name: column for name, column in columns.items() if column is not None}
    sql = [column.sql for column in (table.columns(walk.by)["sys_id"], *stored.values())]
    statement = walk.statement.with_only_columns(*sql, maintain_column_froms=True)
    found = session.execute(statement.limit(limit).offset(offset)).all()
    told = _figures(table, figures.values(), [row[0] for row in found], walk.by)
    rows = [dict(zip(stored, row[1:], strict=True)) | {name: told[name].get(row[0]) for name in told} for row in found]
    fields = {name: column.field for name, column in stored.items()} | {
        name: figure_field(one) for name, one in figures.items()
    }
    shown = {name: fields[name] for name in columns if name in fields}
    return Shape(asked, shown, [[row[name] for name in shown] for row in rows]).rows()


def figure_field(one: Calculated) -> Field:
    """A calculated figure as a field that nobody fills."""
    facts = Facts(one.label, read_only=True)
    kind = Kind.CHOICE if one.is_state else Kind.DECIMAL
    return Field(one.name, kind, mandatory=False, max_length=None, choices=None, facts=facts, default=None)


def _figures(
    table: Table, figures: Collection[Calculated], keys: Sequence[str], by: Actor
) -> dict[str, dict[str, Any]]:
    """{name: {sys_id: figure}} of these rows."""
    if not figures or not keys:
        return {one.name: {} for one in figures}
    known, day = table.values(keys), day_of(by, now())
    return {one.name: dict(zip(known, one.figures([*known.values()], day), strict=True)) for one in figures}


class Shape:
    """How the values of some rows are sent: `false` as stored, `true` as shown, `all` as both."""

    def __init__(self, asked: Asked, fields: Mapping[str, Field], rows: Sequence[Sequence[Any]]) -> None:
        self.asked, self.fields, self.values, self.language = asked, fields, rows, locale()
        self.zone = zone_named(actor().time_zone)
        self.names = self._names() if asked.display != "false" else {}

    def rows(self) -> list[dict[str, Any]]:
        """Every row as it is sent, keys in the order asked for."""
        fields = list(self.fields.items())
        return [
            {name: self._cell(item, value) for (name, item), value in zip(fields, row, strict=True)}
            for row in self.values
        ]

    def _names(self) -> Displays:
        """What every referred record is called, one statement per referred table."""
        keys: dict[str, set[str]] = defaultdict(set)
        for place, item in enumerate(self.fields.values()):
            if item.to:
                for row in self.values:
                    keys[item.to].update(_keys(row[place]))
        return {(table, key): name for table, found in keys.items() for key, name in names_of(table, found).items()}

    def _cell(self, item: Field, value: Any) -> Any:
        text = as_text(value)
        link = self._link(item, text)
        if self.asked.display == "all":
            return {"display_value": self._shown(item, value), "value": text} | link
        if self.asked.display == "true":
            shown = self._shown(item, value)
            return {"display_value": shown} | link if link else shown
        return link | {"value": text} if link else text

    def _link(self, item: Field, text: str) -> dict[str, str]:
        if not (self.asked.links and item.kind is Kind.REFERENCE and item.to and text):
            return {}
        return {"link": f"{request.url_root}api/now/table/{item.to}/{text}"}

    def _shown(self, item: Field, value: Any) -> str:
        if item.to:
            return ", ".join(self.names.get((item.to, key), "") for key in _keys(value))
        if item.kind is Kind.DATETIME and value:
            return as_text(value.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None))
        return value.label.text(self.language) if item.kind is Kind.CHOICE and value else as_text(value)


def _keys(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def page_headers(asked: Asked, total: int) -> dict[str, str]:
    """The total, and the addresses of the pages around this one unless the caller does without."""
    headers = {"X-Total-Count": str(total)}
    if request.args.get("sysparm_suppress_pagination_header", "").lower() != "true" and asked.limit:
        last = max(total - 1, 0) // asked.limit * asked.limit
        pages = {"first": 0, "prev": asked.offset - asked.limit, "next": asked.offset + asked.limit, "last": last}
        if asked.offset <= 0:
            del pages["prev"]
        if pages["next"] >= total:
            del pages["next"]
        headers["Link"] = ",".join(f'<{_at(asked, max(start, 0))}>;rel="{name}"' for name, start in pages.items())
    return headers


def _at(asked: Asked, offset: int) -> str:
    """The address of this request, at another offset."""
    args = request.args.to_dict() | {"sysparm_limit": str(asked.limit), "sysparm_offset": str(offset)}
    return f"{request.base_url}?{urlencode(args)}"
