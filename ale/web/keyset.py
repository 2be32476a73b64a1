"""Pages by key: a page begins after a row, so that page 1,000 costs what page 1 costs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, literal, or_, true
from sqlalchemy.orm import aliased

from ale.foundation.convert import as_text, convert
from ale.foundation.db import session
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.record import RECORDS, Record

Row = tuple[Record, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A row to go on from: how many rows lie before it, its value in the sorted column and its sys_id."""

    place: int
    value: Any
    key: str

    def encoded(self) -> str:
        """As it stands in an address."""
        value = self.value if self.value is None else as_text(self.value)
        return urlsafe_b64encode(json.dumps([self.place, value, self.key]).encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list by one column, then by sys_id; empty values count as the smallest, on every database."""

    column: ColumnElement[Any]
    key: SQLColumnExpression[str]
    field: Field
    joins: tuple[tuple[Any, ColumnElement[bool]], ...]
    descending: bool

    @classmethod
    def by(cls, record_type: type[Record], name: str, *, descending: bool) -> "Order":
        """Order by a field; a reference is sorted by what it is called."""
        item, owner = fields_of(record_type)[name], record_type
        joins = []
        while item.to and item.kind is Kind.REFERENCE:
            target = aliased(RECORDS[item.to])
            joins.append((target, target.sys_id == getattr(owner, item.name)))
            item, owner = fields_of(RECORDS[item.to])[RECORDS[item.to].__sheet__.display], target
        return cls(getattr(owner, item.name), record_type.sys_id, item, tuple(joins), descending)

    def read(self, encoded: str) -> Mark:
        """A mark from an address; ValueError when it is none."""
        place, text, key = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        value, problem = convert(self.field, text)
        if problem:
            raise ValueError(encoded)
        return Mark(int(place), value, str(key))

    def rows(self, statement: Select[Any], count: int, after: Mark | None, *, backwards: bool = False) -> Sequence[Row]:
        """At most `count` rows with their sorted value, after (or, backwards, before) a mark; always in list order."""
        down = self.descending is not backwards
        for target, condition in self.joins:
            statement = statement.outerjoin(target, condition)
        statement = statement.add_columns(self.column.label("sorted")).order_by(*self._sorting(down))
        found: list[Row] = []
        for part in self._beyond(after, down) if after else (true(),):
            if len(found) < count:
                rest = session.execute(statement.where(part).limit(count - len(found)))
                found += [(row[0], row[1]) for row in rest]
        return found[::-1] if backwards else found

    def _sorting(self, down: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Says where empty values stand only where there may be some: it keeps PostgreSQL from using an index."""
        first, key = (self.column.desc(), self.key.desc()) if down else (self.column.asc(), self.key.asc())
        if not self._may_be_empty:
            return first, key
        return (first.nulls_last() if down else first.nulls_first()), key

    @property
    def _may_be_empty(self) -> bool:
        return bool(self.joins) or bool(getattr(self.column, "nullable", True))

    def _beyond(self, mark: Mark, down: bool) -> Iterator[ColumnElement[bool]]:
        """SQL: the rows that come after the mark in this direction, in parts, each of which an index leads to."""
        next_key = self.key < mark.key if down else self.key > mark.key
        if mark.value is None:
            yield and_(self.column.is_(None), next_key)
            if not down:
                yield self.column.is_not(None)
            return
        value = literal(mark.value, self.column.type)  # SQLAlchemy compares bare True and False by IS only
        if down:
            yield and_(self.column <= value, or_(self.column < value, next_key))
            if self._may_be_empty:
                yield self.column.is_(None)
        else:
            yield and_(self.column >= value, or_(self.column > value, next_key))
