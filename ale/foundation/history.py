"""What was changed, said and attached: rows beside the record, behind the same wall."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Index, String, Text, update
from sqlalchemy.orm import Mapped, SessionTransaction, mapped_column

from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.compact import as_json
from ale.foundation.convert import as_text
from ale.foundation.db import Base, Separated, current_domain, session
from ale.foundation.field import fields_of
from ale.foundation.record import Record, new_id, table_name, values_of


class Audit(Separated, Base):
    """One field's change, or without field the values a record was made with (new) or had when it went (old).

    `change_set` names what the change was part of, such as a publication. Insert only.
    """

    __tablename__ = "sys_audit"
    __table_args__ = (Index("ix_sys_audit_record", "record", "at"),)

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    table_name: Mapped[str] = mapped_column(String(80))
    record: Mapped[str] = mapped_column(String(32))
    field_name: Mapped[str | None] = mapped_column(String(80))
    old_value: Mapped[str | None] = mapped_column(Text)
    new_value: Mapped[str | None] = mapped_column(Text)
    user: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(String(20), default="form")
    change_set: Mapped[str | None] = mapped_column(String(32))


class Journal(Separated, Base):
    """A work note or a comment on a record. Insert only."""

    __tablename__ = "sys_journal_field"
    __table_args__ = (Index("ix_sys_journal_field_record", "record", "at"),)

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    table_name: Mapped[str] = mapped_column(String(80))
    record: Mapped[str] = mapped_column(String(32))
    element: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(32))
    author_name: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime] = mapped_column(default=now)


BESIDE: list[type[Any]] = [Audit, Journal]
"""What lies beside records, found by `table_name` and `record`, and goes where they go."""


def domain_of(record: Record) -> str:
    """The domain of a record; tables shared by all belong to the domain of whoever changes them."""
    return getattr(record, "sys_domain", None) or current_domain()


def creation_row(record_type: type[Record], values: Mapping[str, Any], domain: str, by: Actor) -> dict[str, Any]:
    """The history row of a new record, without an id of its own: all its filled fields in one JSON text."""
    return _row(record_type, str(values["sys_id"]), domain, by, None, None, as_json(_filled(record_type, values)))


def removal_row(record_type: type[Record], values: Mapping[str, Any], domain: str, by: Actor) -> dict[str, Any]:
    """The history row of a record that goes: what it held, in one JSON text."""
    return _row(record_type, str(values["sys_id"]), domain, by, None, as_json(_filled(record_type, values)), None)


def _filled(record_type: type[Record], values: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        name: as_text(value)
        for name in _told(record_type)
        if (value := values.get(name)) is not None and value != "" and value != []
    }


@cache
def _told(record_type: type[Record]) -> tuple[str, ...]:
    """The fields whose values history keeps: all but secrets, and what the row of history says itself."""
    known = fields_of(record_type).items()
    return tuple(name for name, item in known if item.facts.format != "secret" and not name.startswith("sys_"))


def change_rows(
    record_type: type[Record], before: Mapping[str, Any], after: Mapping[str, Any], domain: str, by: Actor
) -> list[dict[str, Any]]:
    """One history row for each declared field that differs; fields of a secret kind are named without values."""
    rows = []
    for name, item in fields_of(record_type).items():
        old, new = as_text(before.get(name)), as_text(after.get(name))
        if old != new and not name.startswith("sys_"):
            shown = ("", "") if item.facts.format == "secret" else (old, new)
            rows.append(_row(record_type, str(after["sys_id"]), domain, by, name, *shown))
    return rows


def _row(
    record_type: type[Record], record: str, domain: str, by: Actor, name: str | None, old: str | None, new: str | None
) -> dict[str, Any]:
    return {
        "sys_domain": domain,
        "table_name": table_name(record_type),
        "record": record,
        "field_name": name,
        "old_value": old,
        "new_value": new,
        "user": by.id,
        "at": now(),
        "reason": by.via,
        "change_set": by.change_set,
    }


def note_creation(record: Record, by: Actor) -> None:
    """Write the history of a new record."""
    session.add(Audit(**creation_row(type(record), values_of(record), domain_of(record), by)))


def note_removal(record: Record, by: Actor) -> None:
    """Write the history of a record that goes."""
    session.add(Audit(**removal_row(type(record), values_of(record), domain_of(record), by)))


def note_changes(record: Record, before: Mapping[str, Any], by: Actor) -> None:
    """Write the history of a save."""
    session.add_all(Audit(**row) for row in change_rows(type(record), before, values_of(record), domain_of(record), by))


def carry(record_type: type[Record], keys: Sequence[str], domain: str) -> None:
    """Take what was told of these records along to the domain that they went to."""
    for kind in BESIDE:
        moved = update(kind).where(kind.table_name == table_name(record_type), kind.record.in_(keys))
        session.execute(moved.values(sys_domain=domain).execution_options(synchronize_session=False))


def say(record: Record, element: str, text: str, by: Actor) -> None:
    """Append to a journal of `record`: "comments" (the customer sees it) or "work_notes" (internal)."""
    entry = Journal(
        sys_domain=domain_of(record),
        table_name=table_name(type(record)),
        record=record.sys_id,
        element=element,
        text=text,
        author=by.id,
        author_name=by.name,
    )
    session.add(entry)
    _said.setdefault(_act(), []).append(entry)


def said_now(record: Record) -> list[Journal]:
    """What was said on `record` in the running transaction, which times cannot tell: others fall in the same second."""
    return [one for one in _said.get(_act(), ()) if one.record == record.sys_id]


def _act() -> SessionTransaction:
    transaction = session().get_transaction()
    assert transaction is not None
    return transaction


_said: WeakKeyDictionary[SessionTransaction, list[Journal]] = WeakKeyDictionary()
"""What was said in each transaction that is under way."""
