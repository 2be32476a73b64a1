"""Statements about many rows, in the driver's own words: the ORM would spend more time on each row than the disk.

Nothing here knows rules or the wall: whoever writes through it has seen to both (`bulk`, staging rows, history).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Enum,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

from ale.foundation.compact import as_json
from ale.foundation.db import Base, session

Row = Mapping[str, Any]


def table_of(entity: type[Base]) -> Table:
    """The physical table of a mapped class."""
    return cast(Table, entity.__table__)


def among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """SQL: the column holds one of `values`, which are texts.

    They go to the database as one parameter: drivers are slow on many, and SQLite, told of a thousand values, rather
    walks through all rows that another index finds.
    """
    if _dialect().name == "postgresql":
        return cast(ColumnElement[bool], column == any_(bindparam(None, list(values), ARRAY(column.type))))
    listed = func.json_each(bindparam(None, as_json(list(values)), Text)).table_valued("value")
    return cast(ColumnElement[bool], column.in_(select(listed.c.value)))


def insert_rows(entity: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same keys; columns they do not name get their plain default.

    Raises IntegrityError as any INSERT does.
    """
    if not rows:
        return
    session.flush()
    way = _way(table_of(entity), tuple(rows[0]), True, _dialect())
    sql = f"INSERT INTO {way.table} ({way.quoted})"
    if _dialect().name == "postgresql":  # its COPY takes half as long, but refuses tables behind row-level security
        sql = f"{sql} SELECT * FROM {way.recordset}"  # noqa: S608 -- names of our own columns
        session.connection().exec_driver_sql(sql, (way.as_json(rows),))
    else:
        marks = ", ".join("?" * len(way.names))
        session.connection().exec_driver_sql(f"{sql} VALUES ({marks})", list(way.tuples(rows)))


def update_rows(entity: type[Base], rows: Sequence[Row], **same: Any) -> None:
    """Give the rows with these sys_ids new values: those beside it in each of `rows`, and `same` in all.

    All rows have the same keys, "sys_id" among them.
    """
    if not rows:
        return
    own = tuple(name for name in rows[0] if name != "sys_id")
    way = _way(table_of(entity), (*own, *same, "sys_id"), False, _dialect())
    whole = [{**row, **same} for row in rows] if same else rows
    if _dialect().name == "postgresql":
        sets = ", ".join(f"{name} = new.{name}" for name in way.quoted_names[:-1])
        found = f"FROM {way.recordset} WHERE old.sys_id = new.sys_id"
        sql = f"UPDATE {way.table} AS old SET {sets} {found}"  # noqa: S608 -- names of our own columns
        session.connection().exec_driver_sql(sql, (way.as_json(whole),))
    else:
        sets = ", ".join(f"{name} = ?" for name in way.quoted_names[:-1])
        sql = f"UPDATE {way.table} SET {sets} WHERE sys_id = ?"  # noqa: S608 -- names of our own columns
        session.connection().exec_driver_sql(sql, list(way.tuples(whole)))


def tell_the_planner(entity: type[Base]) -> None:
    """Have the database look at a table that has grown a lot.

    By itself PostgreSQL does so later and plans for the old size meanwhile, and SQLite never.
    """
    if _dialect().name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA analysis_limit=400")
    session.connection().exec_driver_sql(f"ANALYZE {_dialect().identifier_preparer.quote(table_of(entity).name)}")


class _Way(NamedTuple):
    """How some columns of a table are written: their names, SQL types, and what makes a value the driver's."""

    table: str
    names: tuple[str, ...]
    quoted_names: tuple[str, ...]
    kinds: tuple[str, ...]
    processors: tuple[Callable[[Any], Any] | None, ...]
    defaults: tuple[Any, ...]

    @property
    def quoted(self) -> str:
        return ", ".join(self.quoted_names)

    @property
    def recordset(self) -> str:
        """PostgreSQL: the table `new` of the rows in one parameter, which `as_json` makes."""
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(self.quoted_names, self.kinds, strict=True))
        return f"json_to_recordset(%s::json) AS new ({columns})"

    def as_json(self, rows: Sequence[Row]) -> str:
        """All rows as one text: the driver takes longer to write arrays than the database to read this."""
        return as_json([dict(zip(self.names, row, strict=True)) for row in self.tuples(rows)])

    def tuples(self, rows: Sequence[Row]) -> Iterable[tuple[Any, ...]]:
        """The values of each row in the order of the columns, as the driver takes them; made column by column."""
        columns = []
        for name, process, default in zip(self.names, self.processors, self.defaults, strict=True):
            values = list(map(itemgetter(name), rows)) if name in rows[0] else [default] * len(rows)
            columns.append([process(value) for value in values] if process else values)
        return zip(*columns, strict=True)


@cache
def _way(table: Table, names: tuple[str, ...], with_defaults: bool, dialect: Dialect) -> _Way:
    """For the named columns of a table, and where wanted those with a plain default; what is no column is left out."""
    columns = [table.c[name] for name in names if name in table.c]
    if with_defaults:
        columns += [column for column in table.c if column.name not in names and _default(column) is not None]
    quote = dialect.identifier_preparer.quote
    return _Way(
        table=quote(table.name),
        names=tuple(column.name for column in columns),
        quoted_names=tuple(quote(column.name) for column in columns),
        kinds=tuple(column.type.compile(dialect) for column in columns),
        processors=tuple(_processor(column.type, dialect) for column in columns),
        defaults=tuple(map(_default, columns)),
    )


def _processor(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of this type the driver's; moments and choices come again, so they are remembered."""
    if dialect.name == "postgresql" and isinstance(kind, JSON):
        return None  # it travels inside the JSON of its row
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(4096)(process) if process and isinstance(kind, DateTime | Date | Enum) else process


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


def _dialect() -> Dialect:
    return session.get_bind().dialect
