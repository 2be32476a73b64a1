"""Pages by key: a page begins after a row, so that page 1,000 costs what page 1 costs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, literal, or_
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
        if after:
            statement = statement.where(self._beyond(after, down))
        first = self.column.desc().nulls_last() if down else self.column.asc().nulls_first()
        statement = statement.add_columns(self.column.label("sorted")).order_by(
            first, self.key.desc() if down else self.key.asc()
        )
        found = [(row[0], row[1]) for row in session.execute(statement.limit(count))]
        return found[::-1] if backwards else found

    def _beyond(self, mark: Mark, down: bool) -> ColumnElement[bool]:
        """SQL: the rows that come after the mark in this direction."""
        next_key = self.key < mark.key if down else self.key > mark.key
        if mark.value is None:
            same = and_(self.column.is_(None), next_key)
            return same if down else or_(same, self.column.is_not(None))
        value = literal(mark.value, self.column.type)  # SQLAlchemy compares bare True and False by IS only
        same = and_(self.column == value, next_key)
        if down:
            return or_(self.column < value, self.column.is_(None), same)
        return or_(self.column > value, same)
