"""Picking a record by what it is called: the type-ahead of references, and names typed without it."""

from sqlalchemy import func, or_

from ale.foundation.actor import Actor
from ale.foundation.convert import as_text
from ale.foundation.field import Field, fields_of
from ale.foundation.reading import may, names_of, visible
from ale.foundation.record import RECORDS, Record
from ale.web.keyset import Order

MOST = 20


def matching(item: Field, text: str, within: str, by: Actor) -> list[dict[str, str]]:
    """[{value, text, note}] of at most MOST records a reference may point to, found by name or searched fields.

    `within` is what both records must agree on (`Facts.within`), e.g. the sys_id of the account.
    """
    found = [one for table in item.targets for one in _of_table(table, item, text, within, by)]
    return found[:MOST]


def _of_table(table: str, item: Field, text: str, within: str, by: Actor) -> list[dict[str, str]]:
    target = RECORDS[table]
    if not may(target, "read", by):
        return []
    order = _by_name(target)
    searched = [order.column, *(getattr(target, name) for name in target.__sheet__.search)]
    statement = visible(target, by).where(or_(*(column.icontains(text, autoescape=True) for column in searched)))
    if within and item.facts.within in fields_of(target):
        statement = statement.where(getattr(target, item.facts.within) == within)
    rows = order.rows(statement, MOST, None)
    return [{"value": record.sys_id, "text": str(name or ""), "note": _note(record)} for record, name in rows]


def named(item: Field, key: str, typed: str | None, by: Actor) -> str:
    """The sys_id meant by a key and the text beside it, which counts when it is not what the key is called.

    A text that names no record, or several, is given back as it is: the change then says that there is no such record.
    """
    text = (typed or "").strip()
    if typed is None or (key and any(text == names_of(table, [key]).get(key) for table in item.targets)):
        return key
    found = [one for table in item.targets for one in _called(table, text, by)] if text else []
    return found[0] if len(found) == 1 else text


def _called(table: str, text: str, by: Actor) -> list[str]:
    """At most two records of a table that are called so."""
    target = RECORDS[table]
    if not may(target, "read", by):
        return []
    order = _by_name(target)
    found = order.rows(visible(target, by).where(func.lower(order.column) == text.lower()), 2, None)
    return [str(record.sys_id) for record, _ in found]


def _by_name(target: type[Record]) -> Order:
    return Order.by(target, target.__sheet__.display, descending=False)


def _note(record: Record) -> str:
    """What tells records of the same name apart: their other searched fields."""
    sheet = record.__sheet__
    return " · ".join(filter(None, (as_text(getattr(record, name)) for name in sheet.search if name != sheet.display)))
