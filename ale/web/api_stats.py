"""Figures about the rows of a table as the Aggregate API sends them: counted, added up, grouped; by the same rights."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from ale.foundation.actor import Actor
from ale.foundation.convert import as_text
from ale.foundation.figures import COUNT, FIGURES, NUMBERS, Figure, figure, group, grouped
from ale.foundation.query import Column, Walk, parse
from ale.foundation.tables import Table
from ale.web.api_rows import LARGEST_PAGE, Asked, Shape

_HAVING: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip

Args = MultiDict[str, str]


def stats(table: Table, args: Args, by: Actor) -> Any:
    """The figures asked for: one object, or with sysparm_group_by a list of groups."""
    asked = Asked.of(args)
    walk = Walk(table.counted(by), table.columns(by), by)
    walk.narrow(parse(asked.query))
    groups = {name: column for name in _names(args, "group_by") if (column := group(walk, name))}
    figures = list(_figures(walk, args))
    if not (groups or figures):
        return {"stats": {}}
    having, order = list(_having(walk, args)), list(_order(walk, groups, args))  # which may follow more references
    sql = {name: column.sql for name, column in groups.items()}
    rows = grouped(walk, sql, figures, LARGEST_PAGE, having, order)
    told = [_told(figures, row[len(groups) :]) for row in rows]
    if not groups:
        return {"stats": told[0]}
    return [
        {"stats": stats_, "groupby_fields": fields}
        for stats_, fields in zip(told, _grouped(asked, groups, rows), strict=True)
    ]


def _names(args: Args, parameter: str) -> list[str]:
    return list(filter(None, (name.strip() for name in args.get(f"sysparm_{parameter}", "").split(","))))


def _figures(walk: Walk, args: Args) -> Iterator[Figure]:
    if args.get("sysparm_count", "").lower() == "true":
        yield COUNT
    for name in FIGURES:
        for field in _names(args, f"{name}_fields"):
            if known := figure(walk, name, field):
                yield known


def _having(walk: Walk, args: Args) -> Iterator[ColumnElement[bool]]:
    """What a group must fulfil: `count^state^>^3,sum^amount^<^10`; what makes no sense is left out."""
    for term in _names(args, "having"):
        name, _, rest = term.partition("^")
        field, _, rest = rest.partition("^")
        sign, _, value = rest.partition("^")
        known = figure(walk, name.lower(), field)
        try:
            number = Decimal(value)
        except InvalidOperation:
            continue
        numeric = known and (known is COUNT or _is_number(walk, field))
        if known and numeric and sign in _HAVING and number.is_finite():
            yield _HAVING[sign](known.sql, number)


def _is_number(walk: Walk, field: str) -> bool:
    column = group(walk, field)
    return column is not None and column.field.kind in NUMBERS


def _order(walk: Walk, groups: Mapping[str, Column], args: Args) -> Iterator[ColumnElement[Any]]:
    """`count`, `sum^amount` or a field of the groups, each with `^DESC` behind it; then by the groups themselves."""
    for term in (*_names(args, "order_by"), *_names(args, "orderby")):
        plain = term.removesuffix("^DESC")
        name, _, field = plain.partition("^")
        known = None if plain in groups else figure(walk, name.lower(), field)
        sql = groups[plain].sql if plain in groups else known.sql if known else None
        if sql is not None:
            yield sql.desc() if term != plain else sql.asc()
    yield from (column.sql.asc() for column in groups.values())


def _told(figures: list[Figure], values: tuple[Any, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for one, value in zip(figures, values, strict=True):
        text = as_text(round(Decimal(str(value)), 4)) if isinstance(value, float | Decimal) else as_text(value)
        if one is COUNT:
            told["count"] = text
        else:
            told.setdefault(one.name, {})[one.field] = text
    return told


def _grouped(asked: Asked, groups: Mapping[str, Column], rows: list[tuple[Any, ...]]) -> list[list[dict[str, str]]]:
    """What each group has in common, with display values unless only stored ones are asked for."""
    fields = {name: column.field for name, column in groups.items()}
    both = Shape(replace(asked, display="all", links=False), fields, [row[: len(groups)] for row in rows]).rows()
    wanted = ("value",) if asked.display == "false" else ("value", "display_value")
    return [[{"field": name} | {one: cell[one] for one in wanted} for name, cell in row.items()] for row in both]
