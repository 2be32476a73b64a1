"""Two people changed one record: both values of each field that differs, and which one is the likely choice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ale.foundation.convert import as_text, convert
from ale.foundation.db import session
from ale.foundation.field import fields_of
from ale.foundation.history import Audit
from ale.foundation.reading import displays, names_of
from ale.foundation.record import Record, table_name
from ale.web.forms import RecordForm
from ale.web.language import label
from ale.web.values import text_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with the value that was sent (`mine`) and the one stored meanwhile (`theirs`), as text."""

    name: str
    label: str
    mine: str
    theirs: str
    who: str
    at: datetime | None
    keep: str


def differences(form: RecordForm, record: Record) -> list[Difference]:
    """The fields whose sent value is not what is stored now.

    Where the sent value is the one that was replaced, the sender had not touched the field: theirs is proposed.
    """
    known, found = fields_of(type(record)), []
    sent = {name: convert(known[name], raw)[0] for name, raw in form.typed.items()}
    changed = {name for name, value in sent.items() if value != getattr(record, name)}
    chosen = form.sent if form.sent is not None else {}
    called = form.called | displays([record], list(changed))
    last = _last_changes(record, changed)
    people = names_of("sys_user", {row.user for row in last.values()})
    for name in (name for name in known if name in changed):
        mine, row = sent[name], last.get(name)
        untouched = row is not None and as_text(mine) == (row.old_value or "")
        found.append(
            Difference(
                name=name,
                label=label(known[name].label),
                mine=text_of(known[name], mine, called),
                theirs=text_of(known[name], getattr(record, name), called),
                who=people.get(row.user, "ALE") if row else "",
                at=row.at if row else None,
                keep=chosen.get(f"keep-{name}") or ("theirs" if untouched else "mine"),
            )
        )
    return found


def _last_changes(record: Record, names: set[str]) -> dict[str, Audit]:
    """The newest history row of each field."""
    mine = (Audit.table_name == table_name(type(record)), Audit.record == record.sys_id, Audit.field_name.in_(names))
    rows = session.scalars(select(Audit).where(*mine).order_by(Audit.at, Audit.sys_id))
    return {str(row.field_name): row for row in rows}
