"""Encoded queries as SQL: conditions typed by the fields they name, references followed behind the wall.

What names a field that does not exist, or that the actor may not see, is left out: nobody filters or sorts by what is
hidden. The language itself is in `foundation/encoded.py`.
"""

import operator as operators
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from ale.foundation.actor import Actor
from ale.foundation.calendar_words import in_plain_words
from ale.foundation.clock import now
from ale.foundation.encoded import (
    OF_FIELDS,
    OPPOSITE,
    Clause,
    Condition,
    Order,
    Query,
    Related,
    matches,
    parse,
    typed,
)
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.label import Label
from ale.foundation.problem import Problem, Rejected
from ale.foundation.reading import may, open_part, readable_fields
from ale.foundation.record import RECORDS, Record

__all__ = ["Column", "Columns", "Walk", "apply", "columns_of", "matches", "parse"]

MASK = "********"
MOST_CONDITIONS = 500
MOST_JOINS = 20
"""Beyond these a database refuses the statement: SQLite takes expressions 1,000 deep and 64 tables."""


class Column(NamedTuple):
    """What a query can speak of: a declared field and the SQL that holds it."""

    field: Field
    sql: SQLColumnExpression[Any]


Columns = dict[str, Column]
S = TypeVar("S", bound=Select[Any])


def _plain(name: str, en: str, fr: str, **more: Any) -> Field:
    """A column of the record's frame: read only, compared exactly, open to everybody who sees the record."""
    facts = Facts(Label(en, fr), read_only=True, customer=True, **more)
    return Field(name, Kind.REFERENCE, mandatory=False, max_length=255, choices=None, facts=facts, default=None)


KEY = _plain("sys_id", "Record id", "Identifiant")
_FRAME = (_plain("sys_class_name", "Record type", "Type d’enregistrement"), _plain("sys_domain", "Domain", "Domaine"))

_MASKED = {"password_hash": _plain("user_password", "Password", "Mot de passe", format="secret")}
"""Secrets that clients expect to see masked, under the name they know."""


def columns_of(record_type: type[Record], by: Actor, entity: Any = None) -> Columns:
    """The columns of a type (or of `entity`, an alias of it) that `by` may see, by API name."""
    known = {"sys_id": KEY} | readable_fields(record_type, by)
    known |= {item.name: item for item in _FRAME if hasattr(record_type, item.name) and not by.is_customer}
    source = entity or record_type
    columns = {name: Column(item, open_part(item, source, by)) for name, item in known.items()}
    masked = [] if by.is_customer else [item for name, item in _MASKED.items() if hasattr(record_type, name)]
    return columns | {item.name: Column(item, literal(MASK)) for item in masked}


class Walk:
    """A SELECT under way: narrowed and ordered by a query, each reference that is followed joined once.

    `statement` is what it is by now; `columns` are those of its rows. The join of a reference keeps rows without it,
    and reaches only records that the actor may read.
    """

    def __init__(self, statement: Select[Any], columns: Columns, by: Actor) -> None:
        self.statement, self.by = statement, by
        self._reached: dict[tuple[str, ...], Columns] = {(): columns}
        self._spent: Counter[str] = Counter()

    def _spend(self, what: str, most: int) -> None:
        self._spent[what] += 1
        if self._spent[what] > most:
            message = "This query has too many conditions or follows too many references."
            raise Rejected([Problem("QUERY_TOO_LARGE", message)])

    def column(self, path: tuple[str, ...]) -> Column | None:
        """The column at the end of `path`; None when there is none or the actor may not see it."""
        columns = self._columns(path[:-1])
        return columns.get(path[-1]) if columns else None

    def _columns(self, path: tuple[str, ...]) -> Columns:
        if path not in self._reached:
            self._reached[path] = self._joined(self.column(path))
        return self._reached[path]

    def _joined(self, origin: Column | None) -> Columns:
        target = RECORDS.get(origin.field.to or "") if origin and origin.field.kind is Kind.REFERENCE else None
        if origin is None or target is None or not may(target, "read", self.by):
            return {}
        self._spend("joins", MOST_JOINS)
        alias = aliased(target)
        self.statement = self.statement.outerjoin(
            alias, and_(alias.sys_id == origin.sql, *self._narrowing(alias, target))
        )
        return columns_of(target, self.by, alias)

    def _narrowing(self, alias: Any, target: type[Record]) -> list[ColumnElement[bool]]:
        """What keeps rows of `target` from the actor."""
        rows = target.__sheet__.access.rows
        narrow = rows(alias, self.by) if rows and not self.by.is_system else None
        return [] if narrow is None else [narrow]

    def _related(self, one: Related) -> ColumnElement[bool] | None:
        """SQL: so many related rows there are; left out like a field that does not exist when they are hidden."""
        target, own = RECORDS.get(one.table), self.column(one.own)
        if target is None or own is None or not may(target, "read", self.by):
            return None
        self._spend("joins", MOST_JOINS)
        alias = aliased(target)
        inner = Walk(select(func.count(alias.sys_id)), columns_of(target, self.by, alias), self.by)
        inner._spent = self._spent
        field = inner.column(one.field)
        if field is None:
            return None
        inner.statement = inner.statement.where(field.sql == own.sql, *self._narrowing(alias, target))
        inner.narrow(one.query)
        return _NUMBERS[one.operator](inner.statement.scalar_subquery(), one.number)

    def narrow(self, query: Query) -> None:
        """Keep the rows that the query describes."""
        groups = [self._all(group) for group in query.groups]
        if meant := [group for group in groups if group is not None]:
            self.statement = self.statement.where(or_(*meant))

    def _all(self, group: tuple[Clause, ...]) -> ColumnElement[bool] | None:
        clauses = [[sql for one in clause if (sql := self._condition(one)) is not None] for clause in group]
        meant = [or_(*clause) for clause in clauses if clause]
        return and_(*meant) if meant else None

    def _condition(self, one: Condition | Related) -> ColumnElement[bool] | None:
        if isinstance(one, Related):
            return self._related(one)
        column = self.column(one.path)
        if column is None or not is_compared(column):
            return None
        target = RECORDS.get(column.field.to or "")
        if target and column.field.kind is Kind.REFERENCE and OPPOSITE.get(one.operator, one.operator) in _LIKE:
            named = Condition((*one.path, target.__sheet__.display), one.operator, one.value)
            return self._condition(named)
        self._spend("conditions", MOST_CONDITIONS)
        if one.operator in OF_FIELDS:
            return self._of_fields(column, one)
        plain = in_plain_words(one, self.by, now(), days=column.field.kind is Kind.DATE)
        return compared(column, plain.operator, plain.value)

    def _of_fields(self, column: Column, one: Condition) -> ColumnElement[bool] | None:
        """SQL: the column compared with another one of the same kind; left out where there is none."""
        other = self.column(tuple(one.value.strip().split(".")))
        if other is None or other.field.kind is not column.field.kind or not is_compared(other):
            return None
        return _NUMBERS[OF_FIELDS[one.operator]](column.sql, other.sql)

    def order(self, query: Query) -> None:
        """Sort as the query says, references by what they are called; equal rows by sys_id, so pages are stable."""
        for one in (*query.order, Order(("sys_id",))):
            column = self._named(one.path)
            if column is not None and is_compared(column):
                self.statement = self.statement.order_by(column.sql.desc() if one.descending else column.sql)

    def _named(self, path: tuple[str, ...]) -> Column | None:
        column = self.column(path)
        target = RECORDS.get(column.field.to or "") if column and column.field.kind is Kind.REFERENCE else None
        return (self._named((*path, target.__sheet__.display)) if target else None) or column


def apply(statement: S, record_type: type[Record], text: str, by: Actor) -> S:
    """`statement` (a SELECT of `record_type`) with the conditions and the order of an encoded query.

    Raises Rejected (QUERY_TOO_LARGE) beyond 500 known conditions or 20 followed references.
    """
    walk, query = Walk(statement, columns_of(record_type, by), by), parse(text)
    walk.narrow(query)
    walk.order(query)
    return walk.statement  # type: ignore[return-value]  # conditions and order leave what is selected as it was


def is_compared(column: Column) -> bool:
    """Whether a query may filter and sort by it: not by what is shown masked, nor by JSON."""
    return column.field.kind is not Kind.JSON and column.field.facts.format != "secret"


def compared(column: Column, operator: str, value: str) -> ColumnElement[bool]:
    """The SQL of one condition; a value that the field cannot hold equals nothing."""
    if operator in OPPOSITE:
        return or_(not_(compared(column, OPPOSITE[operator], value)), column.sql.is_(None))
    try:
        return _COMPARE[operator](column, value)
    except ValueError:
        return false()


_WORDS = (Kind.TEXT, Kind.LONG_TEXT)
_KEYS = (Kind.REFERENCE, Kind.LIST)


def _text(column: Column) -> SQLColumnExpression[Any]:
    """The column as the text that the API shows."""
    return column.sql if column.field.kind in (*_WORDS, Kind.REFERENCE) else cast(column.sql, String)


def _in(column: Column, values: list[str]) -> ColumnElement[bool]:
    """Whether the column holds one of `values`: words whatever their case, keys exactly, the rest by its type."""
    if column.field.kind in _WORDS:
        return func.lower(column.sql).in_([func.lower(value) for value in values])
    if column.field.kind in _KEYS:
        return _text(column).in_(values)
    meant = []
    for value in values:
        with suppress(ValueError):
            meant.append(typed(column.field, value))
    return column.sql.in_(meant)


def _ordered(compare: Callable[[SQLColumnExpression[Any], Any], ColumnElement[bool]]) -> Any:
    """A comparison by size: words, keys and choices as their stored text."""

    def sql(column: Column, value: str) -> ColumnElement[bool]:
        if column.field.kind in (*_WORDS, *_KEYS, Kind.CHOICE):
            return compare(_text(column), value)
        if column.field.kind is Kind.BOOLEAN:
            raise ValueError(value)
        return compare(column.sql, typed(column.field, value))

    return sql


def _between(column: Column, value: str) -> ColumnElement[bool]:
    low, _, high = value.partition("@")
    return and_(_COMPARE[">="](column, low), _COMPARE["<="](column, high))


def _empty(column: Column) -> ColumnElement[bool]:
    without = column.sql.is_(None)
    return or_(without, _text(column) == "") if column.field.kind in (*_WORDS, *_KEYS) else without


def _family(name: str) -> list[str]:
    """The record type of this name and those that extend it."""
    base = RECORDS.get(name)
    return [one for one, kind in RECORDS.items() if base and issubclass(kind, base)]


_NUMBERS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operators.eq, "!=": operators.ne, ">": operators.gt, ">=": operators.ge, "<": operators.lt, "<=": operators.le,
}  # fmt: skip
_LIKE: dict[str, Callable[[Column, str], ColumnElement[bool]]] = {
    "LIKE": lambda column, value: _text(column).icontains(value, autoescape=True),
    "STARTSWITH": lambda column, value: _text(column).istartswith(value, autoescape=True),
    "ENDSWITH": lambda column, value: _text(column).iendswith(value, autoescape=True),
}
_COMPARE: dict[str, Callable[[Column, str], ColumnElement[bool]]] = _LIKE | {
    "=": lambda column, value: _in(column, [value]),
    "IN": lambda column, value: _in(column, value.split(",")),
    ">": _ordered(lambda sql, value: sql > value),
    ">=": _ordered(lambda sql, value: sql >= value),
    "<": _ordered(lambda sql, value: sql < value),
    "<=": _ordered(lambda sql, value: sql <= value),
    "BETWEEN": _between,
    "INSTANCEOF": lambda column, value: _text(column).in_(_family(value)),
    "ANYTHING": lambda column, _: true(),
    "ISEMPTY": lambda column, _: _empty(column),
    "ISNOTEMPTY": lambda column, _: not_(_empty(column)),
}
