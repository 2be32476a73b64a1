"""Figures about rows: counted, added up, averaged, by groups; for the Aggregate API and for reports alike."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, cast, extract, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from ale.foundation.db import session
from ale.foundation.encoded import Condition, Query, Related
from ale.foundation.field import Kind
from ale.foundation.query import Column, Walk, columns_of, is_compared
from ale.foundation.reading import may, visible
from ale.foundation.record import RECORDS
from ale.foundation.statements import among

NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
DAYS = (Kind.DATE, Kind.DATETIME)
_SIZED = (*NUMBERS, *DAYS, Kind.TEXT, Kind.CHOICE, Kind.REFERENCE)
FIGURES: dict[str, tuple[Callable[..., Any], tuple[Kind, ...]]] = {
    "avg": (func.avg, NUMBERS), "sum": (func.sum, NUMBERS), "min": (func.min, _SIZED), "max": (func.max, _SIZED),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a group of rows: an aggregate of a field, whose SQL is `value`; `count` needs none."""

    name: str
    field: str
    sql: ColumnElement[Any]
    value: Any = None


COUNT = Figure("count", "", func.count())


class Period(IntEnum):
    """A stretch of the calendar, in months."""

    MONTH, QUARTER, YEAR = 1, 3, 12


class days_between(FunctionElement[Any]):  # noqa: N801 -- reads as the function of SQL that it is
    """SQL: how many days, with their fraction, lie between two days or moments."""

    type = Numeric(18, 4)
    inherit_cache = True


@compiles(days_between)
def _days(element: Any, compiler: Any, **kwargs: Any) -> str:
    first, last = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(julianday({last}) - julianday({first}))"


@compiles(days_between, "postgresql")
def _days_postgresql(element: Any, compiler: Any, **kwargs: Any) -> str:
    first, last = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(EXTRACT(EPOCH FROM CAST({last} AS timestamp) - CAST({first} AS timestamp)) / 86400)"


def group(walk: Walk, name: str) -> Column | None:
    """A column to group by; what one may not see is left out, as in queries."""
    column = walk.column(tuple(name.split(".")))
    return column if column and is_compared(column) else None


def figure(walk: Walk, name: str, field: str) -> Figure | None:
    """The figure of this name about a field; None where such a field has none."""
    if name == "count":
        return COUNT
    column = group(walk, field)
    if name not in FIGURES or column is None or column.field.kind not in FIGURES[name][1]:
        return None
    return Figure(name, field, FIGURES[name][0](column.sql), column.sql)


def span(walk: Walk, name: str, field: str, since: str) -> Figure | None:
    """The figure of this name about the days from one field to another; None unless both hold days."""
    first, last = group(walk, since), group(walk, field)
    if name not in FIGURES or not (first and last) or not {first.field.kind, last.field.kind} <= {*DAYS}:
        return None
    days = days_between(first.sql, last.sql)
    return Figure(name, field, FIGURES[name][0](days), days)


def by_period(column: Column, period: Period) -> ColumnElement[int]:
    """SQL: the number of the period that a day lies in, counted from the year 0."""
    year, month = (cast(extract(part, column.sql), Integer) for part in ("year", "month"))
    twelve, one, length = (literal(number, Integer, literal_execute=True) for number in (12, 1, int(period)))
    return (year * twelve + month - one) // length  # written out: PostgreSQL takes two parameters for two expressions


def grouped(
    walk: Walk,
    groups: Mapping[str, Any],
    figures: Sequence[Figure],
    limit: int,
    having: Iterable[ColumnElement[bool]] = (),
    order: Iterable[Any] = (),
) -> list[tuple[Any, ...]]:
    """For each group of the walk's rows its values, then its figures; without groups one row about all."""
    columns = [*groups.values(), *(one.sql for one in figures)]
    statement = walk.statement.with_only_columns(*columns, maintain_column_froms=True)
    if groups:
        statement = statement.group_by(*groups.values()).having(*having).order_by(*order)
    return [tuple(row) for row in session.execute(statement.limit(limit))]


def summed(walk: Walk, column: Column, of: Figure, limit: int) -> dict[str, tuple[int, Any, int]]:
    """For each record that a list of references names: its rows, the sum of what `of` is of, and how many have it.

    The database groups by whole lists, of which there are few, and they are taken apart here: rows joined to every
    record that their list names take it far longer. What the actor may not read is not named; "" is who names nothing.
    """
    parts = [
        COUNT,
        *(Figure(name, "", sql) for name, sql in (("sum", func.sum(of.value)), ("count", func.count(of.value)))),
    ]
    rows = grouped(walk, {"list": column.sql}, parts if of.value is not None else [COUNT], limit)
    seen = _readable(walk, column, {key for keys, *_figures in rows for key in keys or ()})
    found: dict[str, tuple[int, Any, int]] = {}
    for keys, count, *rest in rows:
        total, having = rest or (count, count)
        for key in [key for key in keys or () if key in seen] or [""]:
            before = found.get(key, (0, 0, 0))
            found[key] = (before[0] + count, before[1] + (total or 0), before[2] + having)
    return found


def _readable(walk: Walk, column: Column, keys: Collection[str]) -> set[str]:
    target = RECORDS.get(column.field.to or "")
    if target is None or not keys or not may(target, "read", walk.by):
        return set()
    seen = visible(target, walk.by).with_only_columns(target.sys_id)
    return set(session.scalars(seen.where(among(target.sys_id, keys))))


def closed(walk: Walk, query: Query) -> list[str]:
    """What a query names that the actor may not see, or that is not there: its conditions would be left out."""
    conditions = [one for group in query.groups for clause in group for one in clause]
    return [".".join(one.path) for one in conditions if not _is_open(walk, one)]


def _is_open(walk: Walk, one: Condition | Related) -> bool:
    if isinstance(one, Condition):
        return group(walk, ".".join(one.path)) is not None
    target = RECORDS.get(one.table)
    if target is None or not may(target, "read", walk.by):
        return False
    inner = Walk(visible(target, walk.by), columns_of(target, walk.by), walk.by)
    return inner.column(one.field) is not None and not closed(inner, one.query)
