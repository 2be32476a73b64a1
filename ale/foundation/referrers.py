"""Who refers to a record: by a reference, in a list, as the named record of a document field, or lying beside it."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Text, func, select, type_coerce

from ale.foundation.db import session
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.history import BESIDE, Audit
from ale.foundation.label import Label
from ale.foundation.record import RECORDS, Record, table_name
from ale.foundation.statements import among

Referrers = dict[str, tuple[Label, str | None]]
"""By sys_id of a record that something hangs on: what kind of thing, and its sys_id where it is a record."""

BESIDE_LABEL = Label("Comment or attachment", "Commentaire ou pièce jointe")


def referrers(record_type: type[Record], keys: Collection[str], *, but: Collection[str] = ()) -> Referrers:
    """Those of these records that something else hangs on, with one example each; they and `but` do not count."""
    found: Referrers = {}
    for kind in BESIDE:
        if kind is not Audit and keys:
            mine = kind.table_name == table_name(record_type), among(kind.record, keys)
            found |= dict.fromkeys(session.scalars(select(kind.record).where(*mine)), (BESIDE_LABEL, None))
    for other, item in _pointing_at(record_type):
        for owner, value in session.execute(_those_with(other, item, keys)):
            pointed = value if item.kind is Kind.LIST else [value]
            if owner not in keys and owner not in but:
                found |= {key: (other.__sheet__.label, owner) for key in pointed if key in keys}
    return found


def is_named(record: Record) -> bool:
    """Whether another record names this one in a document field, which no constraint of the database guards."""
    named = [
        select(other.sys_id).where(getattr(other, item.name) == record.sys_id, other.sys_id != record.sys_id)
        for other, item in _documents()
    ]
    return any(session.scalar(one.limit(1)) for one in named)


@cache
def _documents() -> list[tuple[Any, Field]]:
    every = {id(one): one for one in RECORDS.values()}.values()
    return [(other, item) for other in every for item in fields_of(other).values()
            if item.facts.tables and item.facts.constrained]  # fmt: skip


def _pointing_at(record_type: type[Record]) -> Iterator[tuple[type[Record], Field]]:
    names = {table_name(base) for base in record_type.__mro__ if base in RECORDS.values()}
    for other in {id(one): one for one in RECORDS.values()}.values():
        for item in fields_of(other).values():
            if names & set(item.targets):
                yield other, item


def _those_with(other: Any, item: Field, keys: Collection[str]) -> Any:
    """SQL: sys_id and value of the records that may point at one of `keys`; of lists, all that are not empty."""
    column = getattr(other, item.name)
    is_filled = func.length(type_coerce(column, Text)) > 0
    pointing = is_filled if item.kind is Kind.LIST else among(column, keys)
    return select(other.sys_id, column).where(pointing)
