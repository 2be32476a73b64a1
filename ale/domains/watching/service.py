"""Mails to those on a watch list: one for each act and person, never to who acted, with what that person may read."""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import SessionTransaction

from ale.domains.people.records import User
from ale.domains.people.service import actor_for
from ale.foundation.actor import Actor
from ale.foundation.changes import after
from ale.foundation.convert import as_text
from ale.foundation.db import is_inside, session
from ale.foundation.field import Field, Kind, Values
from ale.foundation.history import Journal, domain_of, said_now
from ale.foundation.label import Label
from ale.foundation.outbox import post
from ale.foundation.reading import fields_shown, may, names_of, visible
from ale.foundation.record import display_of, new_id, table_name
from ale.foundation.work import WorkItem, reads_notes

SUBJECT = Label("{name} was updated by {who}", "{name} a été mis à jour par {who}")
CHANGED = Label("{field}: {old} → {new}", "{field} : {old} → {new}")
HEADS = {
    "comments": Label("Comment:", "Commentaire :"),
    "work_notes": Label("Work note:", "Note de travail :"),
}
YES, NO, NOTHING = Label("Yes", "Oui"), Label("No", "Non"), Label("(empty)", "(vide)")
_acts: WeakKeyDictionary[SessionTransaction, str] = WeakKeyDictionary()
UNTOLD = ("watch_list", "work_notes_list")


@after(WorkItem, "save")
def tell_watchers(record: Any, before: Values | None, by: Actor) -> None:
    """Mail the watch list what was changed and said, and the work notes list what was noted."""
    people = {*record.watch_list, *record.work_notes_list} - {by.id}
    if not people:
        return
    said = said_now(record)
    changed = {
        name: (old, getattr(record, name))
        for name, old in (before or {}).items()
        if old != getattr(record, name) and not name.startswith("sys_") and name not in UNTOLD
    }
    if not said and not changed:
        return
    for user in session.scalars(select(User).where(User.sys_id.in_(people)).order_by(User.sys_id)):
        reader = actor_for(user.sys_id)
        if reader is not None and user.email and _may_read(record, reader):
            _tell(record, user, reader, changed if user.sys_id in record.watch_list else {}, said, by)


def _act() -> str:
    """What tells this act from others, also those of the same second: a name for the running transaction."""
    transaction = session().get_transaction()
    assert transaction is not None
    return _acts.setdefault(transaction, new_id())


def _may_read(record: Any, reader: Actor) -> bool:
    """Whether the record is inside both the domain and the rights of whoever would get the mail."""
    if not may(type(record), "read", reader) or not is_inside(domain_of(record), reader.domain):
        return False
    found = visible(type(record), reader).with_only_columns(type(record).sys_id)
    return session.scalar(found.where(type(record).sys_id == record.sys_id)) is not None


def _tell(
    record: Any, user: User, reader: Actor, changed: Mapping[str, tuple[Any, Any]], said: list[Journal], by: Actor
) -> None:
    language = reader.language
    heard_in = {"comments": record.watch_list, "work_notes": [] if reader.is_customer else record.work_notes_list}
    known = fields_shown(record, reader)
    lines = [
        CHANGED.text(language).format(
            field=known[name].label.text(language),
            old=_text(known[name], old, language),
            new=_text(known[name], new, language),
        )
        for name, (old, new) in changed.items()
        if name in known and name != "active"
    ]
    told = [entry for entry in said if user.sys_id in heard_in[entry.element]]
    heard = [entry for entry in told if entry.element != "work_notes" or reads_notes(reader)]
    parts = ["\n".join(lines), *(f"{HEADS[one.element].text(language)}\n{one.text}" for one in heard)]
    body = "\n\n".join(filter(None, parts))
    if not body:
        return
    name = record.number or display_of(record)
    title = as_text(getattr(record, "short_description", None) or getattr(record, "subject", None))
    post(
        "watch_list",
        f"watch:{record.sys_id}:{_act()}",
        user.email,
        SUBJECT.text(language).format(name=name, who=by.name),
        f"{name} {title}".strip() + f"\n\n{body}\n",
        domain=domain_of(record),
        table=table_name(type(record)),
        record=record.sys_id,
    )


def _text(item: Field, value: Any, language: str) -> str:
    """A value as the mail says it."""
    if value is None or value == "" or value == []:
        return NOTHING.text(language)
    if item.kind is Kind.CHOICE:
        return value.label.text(language)  # type: ignore[no-any-return]
    if item.kind is Kind.BOOLEAN:
        return (YES if value else NO).text(language)
    if item.kind in (Kind.REFERENCE, Kind.LIST):
        keys = value if isinstance(value, list) else [value]
        return ", ".join(names_of(str(item.to), keys).values()) or NOTHING.text(language)
    return as_text(value)
