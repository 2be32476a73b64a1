"""A record named by two columns, its table and its sys_id: the reference of one that may be of any type."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, func, literal, select, type_coerce
from sqlalchemy.sql import ColumnElement

from ale.foundation.db import session
from ale.foundation.history import domain_of
from ale.foundation.record import RECORDS, Record
from ale.foundation.statements import among

Named = tuple[str | None, str | None]


def named(table: str | None, key: str | None) -> Record | None:
    """The record of that table with that sys_id, behind the wall; None when there is none."""
    return session.get(RECORDS[table], key) if table in RECORDS and key else None


def there(pairs: Iterable[Named]) -> set[Named]:
    """Those of these (table, sys_id) that this session sees; one statement per table."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for table, key in pairs:
        if table in RECORDS and key:
            wanted[table].add(key)
    found: set[Named] = set()
    for table, keys in wanted.items():
        column = RECORDS[table].sys_id
        found |= {(table, key) for key in session.scalars(select(column).where(among(column, keys)))}
    return found


def domain_beside(table: str | None, key: str | None, otherwise: str) -> str:
    """The domain of the named record, for what hangs on it."""
    record = named(table, key)
    return domain_of(record) if record is not None else otherwise


def lists(column: Any, key: Any) -> ColumnElement[bool]:
    """SQL: the list in `column` names `key`."""
    text = literal(",") + func.coalesce(type_coerce(column, Text), "") + ","
    return func.length(func.replace(text, literal(",") + key + ",", "")) < func.length(text)
