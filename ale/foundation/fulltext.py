"""Full-text search: the words of every record beside it, in FTS5 of SQLite or as tsvector of PostgreSQL.

`note` keeps them in the transaction of the change; `found` is the SQL that finds by them. The words know no rights:
only ids come out of here, and the SELECT they narrow stands behind the wall with the rights of its reader. There are
two texts, what staff alone reads and what customers read too; fields for some roles only are in neither, nor are
secrets.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple
from unicodedata import combining, normalize

from sqlalchemy import Connection, MetaData, and_, cast, column, event, false, literal_column, or_, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.expression import ColumnElement

from ale.foundation.actor import Actor
from ale.foundation.compact import as_json
from ale.foundation.db import Base, session
from ale.foundation.field import Kind, Values, fields_of
from ale.foundation.record import RECORDS, Record, table_name, values_of

NAME = "ale_search_text"
LONGEST, MOST = 64, 2000
"""Characters of a word that count, and different words of a record: PostgreSQL takes 1 MB for one."""

_TEXTS = table(NAME, column("table_name"), column("record"), column("internal"), column("customer"))
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[A-Z]+0*([1-9]\d*)")
_CHUNK = 1000
_TABLES = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {NAME} USING fts5(table_name UNINDEXED, record UNINDEXED,"
        " internal, customer, detail = column, tokenize = 'unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        f"CREATE TABLE IF NOT EXISTS {NAME} (table_name varchar(80), record varchar(32), internal tsvector,"
        " customer tsvector, PRIMARY KEY (record, table_name))",
        f"CREATE INDEX IF NOT EXISTS ix_{NAME}_internal ON {NAME} USING gin (internal)",
        f"CREATE INDEX IF NOT EXISTS ix_{NAME}_customer ON {NAME} USING gin (customer)",
    ),
}


def set_up(connection: Connection) -> None:
    """Make the table of the words; doing it again changes nothing. It is derived, so no migration speaks of it."""
    for statement in _TABLES[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Drop it, when the tables of the records go."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {NAME}")


@event.listens_for(Base.metadata, "after_create")
def _beside_new_tables(_metadata: MetaData, connection: Connection, **_rest: Any) -> None:
    set_up(connection)


def note(record_type: type[Record], rows: Iterable[tuple[Values, Values | None]]) -> None:
    """Keep the words of records that were stored just now: their values, and those before (None for a new one)."""
    names = (*_names(record_type).internal, *_names(record_type).customer)
    new, changed = [], []
    for after, before in rows:
        if before is None:
            new.append(_line(record_type, after))
        elif any(after.get(name) != before.get(name) for name in names):
            changed.append(_line(record_type, after))
    if names:
        _write(new, replace=False)
        _write(changed, replace=True)


def forget(record_type: type[Record], keys: Sequence[str]) -> None:
    """Drop the words of records that are deleted."""
    if session.get_bind().dialect.name == "sqlite":
        ids = sorted((_row_id(table_name(record_type), key),) for key in keys)
        session.connection().exec_driver_sql(f"DELETE FROM {NAME} WHERE rowid = ?", ids)  # noqa: S608 -- our own name
    else:
        sql = f"DELETE FROM {NAME} WHERE record = ANY(%s)"  # noqa: S608
        session.connection().exec_driver_sql(sql, (list(keys),))


def found(record_type: Any, text: str, by: Actor, *, exact: bool = False) -> ColumnElement[bool]:
    """SQL: the record holds, in what `by` may read of it, every word of `text`, or one that begins with it.

    `exact` leaves out the types that extend this one.
    """
    condition = _matches(text, by)
    if condition is None:
        return false()
    keys = select(_TEXTS.c.record).where(condition)
    if exact:
        keys = keys.where(_TEXTS.c.table_name == table_name(record_type))
    return record_type.sys_id.in_(keys)  # type: ignore[no-any-return]


def tables_with(text: str, by: Actor) -> set[str]:
    """The tables in which `text` is found at all, in any domain: where to look, nothing to be shown."""
    condition = _matches(text, by)
    return set() if condition is None else set(session.scalars(select(_TEXTS.c.table_name).where(condition).distinct()))


def rebuild() -> Iterator[tuple[str, int]]:
    """Make the words of all records anew in the running transaction; (table, how many) as each is done."""
    session.connection().exec_driver_sql(f"DELETE FROM {NAME}")  # noqa: S608 -- our own name
    for name, record_type in RECORDS.items():
        if not any(_names(record_type)):
            continue
        count, last = 0, ""
        while records := _after(record_type, last):
            own = [one for one in records if type(one) is record_type]
            _write([_line(record_type, values_of(one)) for one in own], replace=False)
            count, last = count + len(own), records[-1].sys_id
            session.expunge_all()
        yield name, count


def _after(record_type: type[Record], key: str) -> Sequence[Record]:
    rows = select(record_type).where(record_type.sys_id > key).order_by(record_type.sys_id).limit(_CHUNK)
    return session.scalars(rows).all()


class _Names(NamedTuple):
    internal: tuple[str, ...]
    customer: tuple[str, ...]


@cache
def _names(record_type: type[Record]) -> _Names:
    """The fields whose words are kept, texts that every reader of the record may see: for staff alone, and for all."""
    texts = {
        name: item.facts
        for name, item in fields_of(record_type).items()
        if item.kind in (Kind.TEXT, Kind.LONG_TEXT) and item.facts.format != "secret" and not item.facts.read_roles
    }
    internal = tuple(name for name, facts in texts.items() if not facts.customer)
    return _Names(internal, tuple(name for name in texts if name not in internal))


def _line(record_type: type[Record], values: Values) -> tuple[str, str, str, str]:
    names = _names(record_type)
    return table_name(record_type), values["sys_id"], _said(values, names.internal), _said(values, names.customer)


def _said(values: Values, names: Sequence[str]) -> str:
    """The words of these fields; a number is found without its letters and zeros too."""
    text = " ".join([value for name in names if (value := values.get(name))])
    if "number" in names and (number := _NUMBER.fullmatch(values.get("number") or "")):
        text = f"{text} {number[1]}"
    return " ".join(list(dict.fromkeys(_words(text)))[:MOST])


def _words(text: str) -> list[str]:
    """The words of a text without case and accents, so that both databases see the same."""
    if not text.isascii():
        text = "".join(one for one in normalize("NFKD", text) if not combining(one))
    return [word[:LONGEST] for word in _WORD.findall(text.lower())]


def _row_id(table: str, key: str) -> int:
    """The row of FTS5, which knows numbers only; that two records share one is not to be expected in 63 bits."""
    return int.from_bytes(blake2b(f"{table}:{key}".encode(), digest_size=8).digest()) >> 1


def _write(lines: Sequence[tuple[str, str, str, str]], *, replace: bool) -> None:
    if not lines:
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        sql = f"{verb} INTO {NAME} (rowid, table_name, record, internal, customer) VALUES (?, ?, ?, ?, ?)"
        # In the order of their ids: FTS5 collects rows and writes them at once as long as the ids ascend.
        connection.exec_driver_sql(sql, sorted((_row_id(one[0], one[1]), *one) for one in lines))
    else:
        vector = "array_to_tsvector(string_to_array({}, ' '))"
        sql = (
            f"INSERT INTO {NAME} SELECT new.t, new.r, {vector.format('new.i')}, {vector.format('new.c')}"  # noqa: S608
            " FROM json_to_recordset(%s::json) AS new (t text, r text, i text, c text)"
            " ON CONFLICT (record, table_name) DO UPDATE SET internal = excluded.internal, customer = excluded.customer"
        )
        connection.exec_driver_sql(sql, (as_json([dict(zip("tric", line, strict=True)) for line in lines]),))


def _matches(text: str, by: Actor) -> ColumnElement[bool] | None:
    """SQL on the table of the words; None when `text` has none."""
    words = list(dict.fromkeys(_words(text)))[:20]
    if not words:
        return None
    for_customer = by.is_customer and not by.is_system
    if session.get_bind().dialect.name == "sqlite":
        wanted = " AND ".join(f'"{word}" *' for word in words)
        return literal_column(NAME).op("MATCH")(f"customer : ({wanted})" if for_customer else wanted)
    columns = [_TEXTS.c.customer] if for_customer else [_TEXTS.c.customer, _TEXTS.c.internal]
    prefixes = [cast(f"'{word}':*", TSQUERY) for word in words]
    return and_(*(or_(*(column.op("@@")(word) for column in columns)) for word in prefixes))
