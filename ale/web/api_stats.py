"""Figures about the rows of a table as the Aggregate API sends them: counted, added up, grouped; by the same rights."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, func
from werkzeug.datastructures import MultiDict

from ale.foundation.actor import Actor
from ale.foundation.convert import as_text
from ale.foundation.db import session
from ale.foundation.field import Kind
from ale.foundation.query import Column, Walk, is_compared, parse
from ale.foundation.tables import Table
from ale.web.api_rows import LARGEST_PAGE, Asked, Shape

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_SIZED = (*_NUMBERS, Kind.DATE, Kind.DATETIME, Kind.TEXT, Kind.CHOICE, Kind.REFERENCE)
FIGURES: dict[str, tuple[Callable[..., Any], tuple[Kind, ...]]] = {
    "avg": (func.avg, _NUMBERS), "sum": (func.sum, _NUMBERS), "min": (func.min, _SIZED), "max": (func.max, _SIZED),
}  # fmt: skip
_HAVING: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip

Args = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a group of rows: an aggregate of a field; `count` needs none."""

    name: str
    field: str
    sql: ColumnElement[Any]


def stats(table: Table, args: Args, by: Actor) -> Any:
    """The figures asked for: one object, or with sysparm_group_by a list of groups."""
    asked = Asked.of(args)
    walk = Walk(table.counted(by), table.columns(by), by)
    walk.narrow(parse(asked.query))
    groups = {name: column for name in _names(args, "group_by") if (column := _column(walk, name))}
    figures = list(_figures(walk, args))
    columns = [*(column.sql for column in groups.values()), *(one.sql for one in figures)]
    if not columns:
        return {"stats": {}}
    statement = walk.statement.with_only_columns(*columns, maintain_column_froms=True)
    if groups:
        having = list(_having(walk, args))
        order = list(_order(walk, groups, args))
        statement = statement.group_by(*(column.sql for column in groups.values())).having(*having).order_by(*order)
    rows = [tuple(row) for row in session.execute(statement.limit(LARGEST_PAGE))]
    told = [_told(figures, row[len(groups) :]) for row in rows]
    if not groups:
        return {"stats": told[0]}
    return [
        {"stats": stats_, "groupby_fields": fields}
        for stats_, fields in zip(told, _grouped(asked, groups, rows), strict=True)
    ]


def _names(args: Args, parameter: str) -> list[str]:
    return list(filter(None, (name.strip() for name in args.get(f"sysparm_{parameter}", "").split(","))))


def _column(walk: Walk, name: str) -> Column | None:
    """A column to group by or to count with; what one may not see is left out, as in queries."""
    column = walk.column(tuple(name.split(".")))
    return column if column and is_compared(column) else None


def _figures(walk: Walk, args: Args) -> Iterator[Figure]:
    if args.get("sysparm_count", "").lower() == "true":
        yield Figure("count", "", func.count())
    for name in FIGURES:
        for field in _names(args, f"{name}_fields"):
            if figure := _figure(walk, name, field):
                yield figure


def _figure(walk: Walk, name: str, field: str) -> Figure | None:
    if name == "count":
        return Figure("count", "", func.count())
    column = _column(walk, field)
    if name not in FIGURES or column is None or column.field.kind not in FIGURES[name][1]:
        return None
    return Figure(name, field, FIGURES[name][0](column.sql))


def _having(walk: Walk, args: Args) -> Iterator[ColumnElement[bool]]:
    """What a group must fulfil: `count^state^>^3,sum^amount^<^10`; what makes no sense is left out."""
    for term in _names(args, "having"):
        name, _, rest = term.partition("^")
        field, _, rest = rest.partition("^")
        sign, _, value = rest.partition("^")
        figure = _figure(walk, name.lower(), field)
        try:
            number = Decimal(value)
        except InvalidOperation:
            continue
        numeric = figure and (figure.name == "count" or _is_number(walk, field))
        if figure and numeric and sign in _HAVING and number.is_finite():
            yield _HAVING[sign](figure.sql, number)


def _is_number(walk: Walk, field: str) -> bool:
    column = _column(walk, field)
    return column is not None and column.field.kind in _NUMBERS


def _order(walk: Walk, groups: Mapping[str, Column], args: Args) -> Iterator[ColumnElement[Any]]:
    """`count`, `sum^amount` or a field of the groups, each with `^DESC` behind it; then by the groups themselves."""
    for term in (*_names(args, "order_by"), *_names(args, "orderby")):
        plain = term.removesuffix("^DESC")
        name, _, field = plain.partition("^")
        figure = None if plain in groups else _figure(walk, name.lower(), field)
        sql = groups[plain].sql if plain in groups else figure.sql if figure else None
        if sql is not None:
            yield sql.desc() if term != plain else sql.asc()
    yield from (column.sql.asc() for column in groups.values())


def _told(figures: list[Figure], values: tuple[Any, ...]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for figure, value in zip(figures, values, strict=True):
        text = as_text(round(Decimal(str(value)), 4)) if isinstance(value, float | Decimal) else as_text(value)
        if figure.name == "count":
            told["count"] = text
        else:
            told.setdefault(figure.name, {})[figure.field] = text
    return told


def _grouped(asked: Asked, groups: Mapping[str, Column], rows: list[tuple[Any, ...]]) -> list[list[dict[str, str]]]:
    """What each group has in common, with display values unless only stored ones are asked for."""
    fields = {name: column.field for name, column in groups.items()}
    both = Shape(replace(asked, display="all", links=False), fields, [row[: len(groups)] for row in rows]).rows()
    wanted = ("value",) if asked.display == "false" else ("value", "display_value")
    return [[{"field": name} | {one: cell[one] for one in wanted} for name, cell in row.items()] for row in both]
