"""Records that hang on each other: what rules about parents and children need, held until the transaction ends.

Who moves a record to another parent locks it first and then looks for children; who hangs a child on a record locks
that one first and then reads it. So neither sees what the other is about to change.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import select

from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.record import RECORDS, Derive, Needs, Record
from ale.foundation.statements import among

Moved = dict[str, str | None]
"""The parents that records are about to get, by record."""


def together(*needs: Needs) -> Needs:
    """What all of `needs` say of each row."""

    def facts(rows: Sequence[Values]) -> Sequence[Values]:
        said = zip(*(one(rows) for one in needs), strict=True)
        return [dict(chain.from_iterable(part.items() for part in parts)) for parts in said]

    return facts


def ancestors(table: str, name: str = "parent") -> Needs:
    """`ancestors` of each row, as they are once the rows before it are stored; `name` is the field of the parent."""

    def facts(rows: Sequence[Values]) -> Sequence[Values]:
        moved: Moved = {}
        found = []
        for row in rows:
            above = _held_chain(RECORDS[table], name, row, moved)
            found.append({"ancestors": above})
            if row["sys_id"] not in above:  # else it is refused, and stays where it was
                moved[row["sys_id"]] = row.get(name)
        return found

    return facts


def _held_chain(record_type: type[Record], name: str, row: Values, moved: Moved) -> list[str]:
    """The parents above, which nobody else moves until the transaction ends: two changes at once make no circle."""
    own, parent = row["sys_id"], row.get(name)
    above, held = _chain(record_type, name, parent, moved), set[str]()
    while wanted := {own, *above} - held if above else None:
        rows = select(record_type.sys_id).where(record_type.sys_id.in_(wanted)).order_by(record_type.sys_id)
        session.execute(rows.with_for_update(key_share=True)).all()
        held |= wanted
        above = _chain(record_type, name, parent, moved)  # again: whoever held them may have moved one
    return above


def _chain(record_type: type[Record], name: str, parent: str | None, moved: Moved) -> list[str]:
    """The parents above, nearest first; a circle ends the walk."""
    found: list[str] = []
    while parent and parent not in found:
        found.append(parent)
        stored = select(getattr(record_type, name)).where(record_type.sys_id == parent)
        parent = moved[parent] if parent in moved else session.scalar(stored)
    return found


def children(table: str, name: str, *relations: str) -> Needs:
    """`has_children` of each row whose field `name` changes: something points to it by one of "table.field"."""

    def facts(rows: Sequence[Values]) -> Sequence[Values]:
        record_type = RECORDS[table]
        wanted = {row["sys_id"]: row.get(name) for row in rows}
        own, column = record_type.sys_id, getattr(record_type, name)
        stored = session.execute(select(own, column).where(among(own, wanted)))
        moving = [key for key, value in stored if value != wanted[key]]
        if not moving:
            return [{} for _ in rows]
        session.execute(select(own).where(among(own, moving)).order_by(own).with_for_update()).all()
        parents = {key for relation in relations for key in _pointed_to(relation, moving)}
        return [{"has_children": row["sys_id"] in parents} for row in rows]

    return facts


def _pointed_to(relation: str, keys: Sequence[str]) -> Sequence[str]:
    """Which of these records something points to by this field."""
    table, _, name = relation.partition(".")
    column: Any = getattr(RECORDS[table], name)
    return session.scalars(select(column).where(among(column, keys)).distinct()).all()


def follows(name: str, to: str, *copied: str) -> Derive:
    """Derive: `copied` are those of the record of table `to` that the field `name` points to (SUC-01)."""

    def fill(values: Values, before: Values | None) -> Values:
        return held(to, values.get(name), *copied) or {}

    return fill


def follows_document(tables: Sequence[str], name: str, table_in: str, *copied: str) -> Derive:
    """Derive: as `follows`, where `name` points to a record of one of `tables`; `table_in` becomes the one it is of."""

    def fill(values: Values, before: Values | None) -> Values:
        for table in tables:
            if (found := held(table, values.get(name), *copied)) is not None:
                return found | {table_in: table}
        return {table_in: None}

    return fill


def held(table: str, key: str | None, *names: str) -> Values | None:
    """These fields of a record that nobody moves until the transaction ends; None when it is not there."""
    record_type = RECORDS[table]
    if not key:
        return None
    wanted = select(*(getattr(record_type, one) for one in names)).where(record_type.sys_id == key)
    row = session.execute(wanted.with_for_update(read=True, key_share=True)).one_or_none()
    return dict(zip(names, row, strict=True)) if row else None
