"""What happened to a record, newest first: comments, work notes and the changes of its fields."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from ale.foundation.actor import Actor
from ale.foundation.convert import convert
from ale.foundation.db import session
from ale.foundation.field import Field
from ale.foundation.history import Audit, Journal
from ale.foundation.reading import Displays, fields_shown, names_of
from ale.foundation.record import Record, table_name
from ale.foundation.work import reads_notes
from ale.web.language import label
from ale.web.values import text_of

MOST = 50


def entries(record: Record, by: Actor) -> list[dict[str, Any]]:
    """At most MOST entries as the stream macro takes them: {kind, author, initials, at, text, changes}."""
    said, changed = _journal(record, by), _audit(record)
    known = fields_shown(record, by)
    called = _names(changed, known)
    people = names_of("sys_user", {row.user for row in changed})
    events = [
        _event(list(rows), known, called, people) for _key, rows in groupby(changed, key=lambda row: (row.at, row.user))
    ]
    both = [*said, *(event for event in events if event["changes"] or event["text"])]
    return sorted(both, key=lambda entry: entry["at"], reverse=True)[:MOST]


def _journal(record: Record, by: Actor) -> list[dict[str, Any]]:
    """What was said; work notes only to those whom they are open to."""
    mine = (Journal.table_name == table_name(type(record)), Journal.record == record.sys_id)
    statement = select(Journal).where(*mine).order_by(Journal.at.desc(), Journal.sys_id.desc()).limit(MOST)
    if not reads_notes(by):
        statement = statement.where(Journal.element == "comments")
    return [
        {
            "kind": "work_note" if row.element == "work_notes" else "comment",
            "author": row.author_name,
            "initials": initials(row.author_name),
            "at": row.at,
            "text": row.text,
            "changes": [],
        }
        for row in session.scalars(statement)
    ]


def _audit(record: Record) -> list[Audit]:
    mine = (Audit.table_name == table_name(type(record)), Audit.record == record.sys_id)
    return list(session.scalars(select(Audit).where(*mine).order_by(Audit.at.desc(), Audit.user).limit(4 * MOST)))


def _event(rows: list[Audit], known: dict[str, Field], called: Displays, people: dict[str, str]) -> dict[str, Any]:
    """The changes one person saved at one moment."""
    author = people.get(rows[0].user, "ALE")
    return {
        "kind": "event",
        "author": author,
        "initials": initials(author),
        "at": rows[0].at,
        "text": _("Created") if any(row.field_name is None and row.new_value for row in rows) else "",
        "changes": [
            {
                "label": label(item.label),
                "old": _read(item, row.old_value, called),
                "new": _read(item, row.new_value, called),
            }
            for row in rows
            if row.field_name and (item := known.get(row.field_name))
        ],
    }


def _read(item: Field, text: str | None, called: Displays) -> str:
    """A value of the history as a person reads it; one that the field no longer allows stays as it was written."""
    value, problem = convert(item, text)
    return (text or "") if problem else text_of(item, value, called)


def _names(rows: Iterable[Audit], known: dict[str, Field]) -> Displays:
    """What the references in the history are called; one statement for each referred table."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        item = known.get(row.field_name or "")
        if item and item.to:
            wanted.setdefault(item.to, set()).update(
                filter(None, f"{row.old_value or ''},{row.new_value or ''}".split(","))
            )
    return {(table, key): text for table, keys in wanted.items() for key, text in names_of(table, keys).items()}


def initials(name: str) -> str:
    """The first letters of the first two words."""
    return "".join(word[0] for word in name.split()[:2]).upper()
