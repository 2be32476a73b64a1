"""The only way to read records: behind the wall, with the actor's rights."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, null, or_, select

from ale.foundation.actor import Actor
from ale.foundation.db import Separated, current_domain, is_inside, session
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.problem import Forbidden, NotVisible
from ale.foundation.record import RECORDS, Access, Calculated, Record

T = TypeVar("T", bound=Record)

_CHUNK = 5000


def may(record_type: type[Record], operation: str, by: Actor) -> bool:
    """Whether `by` may "read", "report_view", "create", "write" or "delete"; without a named role, nobody."""
    access = record_type.__sheet__.access
    if by.is_system:
        return True
    roles = _customer_roles(access, operation) if by.is_customer else _staff_roles(access, operation)
    return bool(roles) and by.has(*roles)


def _staff_roles(access: Access, operation: str) -> tuple[str, ...]:
    roles: tuple[str, ...] | None = getattr(access, operation)
    return access.read if roles is None else roles


def may_change(record: Record, by: Actor, operation: str = "write") -> bool:
    """Whether `by` may "write" or "delete" this record: what is read from below its domain is changed there only."""
    here = not isinstance(record, Separated) or is_inside(record.sys_domain, current_domain())
    return here and may(type(record), operation, by)


def _customer_roles(access: Access, operation: str) -> tuple[str, ...]:
    roles: tuple[str, ...] = getattr(access, f"customer_{operation}", ())
    return roles


def visible(record_type: type[T], by: Actor) -> Select[T]:
    """A SELECT of the records of this type that `by` may read; Forbidden when it may read none by role."""
    if not may(record_type, "read", by):
        raise Forbidden(f"{by.name} may not read {record_type.__name__}")
    statement = select(record_type)
    narrow = record_type.__sheet__.access.rows
    condition = narrow(record_type, by) if narrow and not by.is_system else None
    return statement if condition is None else statement.where(condition)


def find(record_type: type[T], sys_id: str, by: Actor) -> T:
    """The record with this sys_id, or NotVisible, the same whether it is missing or hidden."""
    if not may(record_type, "read", by) or not sys_id.isalnum():
        raise NotVisible
    record = session.scalars(visible(record_type, by).where(record_type.sys_id == sys_id)).one_or_none()
    if record is None:
        raise NotVisible
    return record


def is_visible(record_type: type[Record], sys_id: str, by: Actor) -> bool:
    """Whether `find` would find it."""
    try:
        find(record_type, sys_id, by)
    except NotVisible:
        return False
    return True


def of_readable(table: Any, record: Any, by: Actor, but: str = "") -> ColumnElement[bool]:
    """SQL: the record named by the columns `table` and `record` is one that `by` may read, of any type except `but`."""
    whole, parts = [], []
    for name, record_type in RECORDS.items():
        if name == but or not may(record_type, "read", by):
            continue
        narrow = record_type.__sheet__.access.rows
        condition = narrow(record_type, by) if narrow and not by.is_system else None
        if condition is None:
            whole.append(name)
        else:
            parts.append(and_(table == name, record.in_(select(record_type.sys_id).where(condition))))
    return or_(table.in_(whole), *parts)


def readable_fields(record_type: type[Record], by: Actor) -> dict[str, Field]:
    """The fields of a type that `by` may see, in order of declaration."""
    return {name: item for name, item in fields_of(record_type).items() if may_see(item, by)}


def readable_figures(record_type: type[Record], by: Actor) -> tuple[Calculated, ...]:
    """The calculated figures of a type that `by` may see."""
    return tuple(
        one
        for one in record_type.__sheet__.calculated
        if by.is_system or ((one.customer or not by.is_customer) and (not one.read_roles or by.has(*one.read_roles)))
    )


def may_see(item: Field, by: Actor) -> bool:
    """Whether this field is open to `by`: never secrets, to customers only what is declared so."""
    if item.facts.format == "secret":
        return False
    if by.is_system:
        return True
    if by.is_customer:
        return item.facts.customer or item.name == "sys_id"
    return not item.facts.read_roles or by.has(*item.facts.read_roles)


def fields_shown(record: Record, by: Actor) -> dict[str, Field]:
    """The fields of this very record that `by` may see: some are open to customers in some records only."""
    known = readable_fields(type(record), by)
    if not by.is_customer:
        return known
    return {
        name: item
        for name, item in known.items()
        if not item.facts.customer_if or getattr(record, item.facts.customer_if)
    }


def open_part(item: Field, source: Any, by: Actor) -> Any:
    """SQL: the field of the record type, or alias, `source`; to customers only in the rows that open it to them."""
    column = getattr(source, item.name)
    if not (by.is_customer and item.facts.customer_if):
        return column
    return case((getattr(source, item.facts.customer_if).is_(True), column), else_=null())


def may_set(item: Field, by: Actor) -> bool:
    """Whether `by` may give this field a value."""
    if item.facts.read_only or not may_see(item, by):
        return by.is_system and item.facts.format != "secret"
    if by.is_customer and not by.is_system:
        return bool(item.facts.customer_sets or item.facts.customer_gives)
    return not item.facts.write_roles or by.has(*item.facts.write_roles)


def followed(record: Record, name: str) -> Any:
    """The record that the reference `name` points to, or None; one statement, behind the wall."""
    item, target = fields_of(type(record))[name], getattr(record, name)
    return session.get(RECORDS[str(item.to)], target) if target else None


Displays = dict[tuple[str, str], str]


def displays(records: Iterable[Record], names: Sequence[str]) -> Displays:
    """What the references of these records are called: {(table, sys_id): text}; one statement per referred table."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for item in _references(type(record), tuple(names)):
            if value := getattr(record, item.name):
                for table in item.targets:
                    wanted[table].update(value if item.kind is Kind.LIST else [value])
    return {(table, key): text for table, keys in wanted.items() for key, text in names_of(table, keys).items()}


@lru_cache(1024)
def _references(record_type: type[Record], names: tuple[str, ...]) -> list[Field]:
    return [item for name, item in fields_of(record_type).items() if item.targets and name in names]


def names_of(table: str, keys: Iterable[str]) -> dict[str, str]:
    """The display values of these records of one table by sys_id, behind the wall.

    A record that was begun without its texts is named by its number; the application is no record.
    Where a table is named by a reference (a team member by its user), the name of what it points to; one statement for
    each table on the way, and one more for each further 5,000 keys.
    """
    record_type, wanted = RECORDS[table], [key for key in keys if key != "system"]
    column = getattr(record_type, record_type.__sheet__.display)
    named: dict[str, Any] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = session.execute(select(record_type.sys_id, column).where(record_type.sys_id.in_(chunk)))
        named.update(rows.all())
    unwritten = [key for key, text in named.items() if text == ""] if record_type.__sheet__.prefix else []
    if unwritten:
        numbered: Any = record_type
        numbers = select(numbered.sys_id, numbered.number).where(numbered.sys_id.in_(unwritten))
        named.update(session.execute(numbers).all())
    target = fields_of(record_type)[record_type.__sheet__.display].to
    deeper = names_of(target, {text for text in named.values() if text}) if target and named else {}
    return {key: deeper.get(text, str(text or "")) for key, text in named.items()}


def name_of(table: str | None, key: str | None) -> str:
    """The display value of one reference; empty when there is none."""
    if not table or not key:
        return ""
    return names_of(table, [key]).get(key, "")
