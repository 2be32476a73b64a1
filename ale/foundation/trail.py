"""History, journals, mails as tables: what was changed and said on the records, and in the fields, that one may read.

The mails are for administrators.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, not_, or_, select

from ale.foundation.actor import Actor
from ale.foundation.field import Facts, Field, Kind, fields_of
from ale.foundation.history import Audit, Journal
from ale.foundation.label import Label
from ale.foundation.outbox import INVITATION, Email
from ale.foundation.problem import Forbidden
from ale.foundation.query import KEY, MASK, Column, Columns
from ale.foundation.reading import may_see, of_readable
from ale.foundation.record import RECORDS
from ale.foundation.tables import Table
from ale.foundation.work import reads_notes


def _field(name: str, kind: Kind, en: str, fr: str, to: str | None = None) -> Field:
    facts = Facts(Label(en, fr), to=to, read_only=True)
    return Field(name, kind, mandatory=False, max_length=None, choices=None, facts=facts, default=None)


def _columns(entity: Any, when: str, who: str, *fields: Field) -> Columns:
    """The frame of a record (id, when, by whom) and the given fields, over the columns of `entity`."""
    frame = {
        "sys_id": Column(KEY, entity.sys_id),
        "sys_created_on": Column(_field("sys_created_on", Kind.DATETIME, "Created", "Créé le"), getattr(entity, when)),
        "sys_created_by": Column(
            _field("sys_created_by", Kind.REFERENCE, "Created by", "Créé par", "sys_user"), getattr(entity, who)
        ),
    }
    return frame | {item.name: Column(item, getattr(entity, item.name)) for item in fields}


_ON = (
    _field("table_name", Kind.TEXT, "Table", "Table"),
    _field("record", Kind.REFERENCE, "Record", "Enregistrement"),
)


class AuditTable(Table):
    """Changes of fields; insert only."""

    name = "sys_audit"
    report_view = ("admin",)

    def columns(self, _by: Actor) -> Columns:
        return _columns(
            Audit,
            "at",
            "user",
            *_ON,
            _field("field_name", Kind.TEXT, "Field", "Champ"),
            _field("old_value", Kind.LONG_TEXT, "Old value", "Ancienne valeur"),
            _field("new_value", Kind.LONG_TEXT, "New value", "Nouvelle valeur"),
            _field("user", Kind.REFERENCE, "User", "Utilisateur", "sys_user"),
            _field("at", Kind.DATETIME, "At", "Le"),
            _field("reason", Kind.TEXT, "Origin", "Origine"),
        )

    def rows(self, by: Actor) -> Select[Any]:
        if not reads_notes(by):
            raise Forbidden(f"{by.name} may not read the history")
        return select(Audit).where(of_readable(Audit.table_name, Audit.record, by), *_of_open_fields(by))


def _of_open_fields(by: Actor) -> list[ColumnElement[bool]]:
    """SQL for each type with fields closed to `by`: neither their changes, nor what a record was made with.

    Secrets need no such care: the history never holds their values.
    """
    closed = {
        name: [item.name for item in fields_of(kind).values() if not may_see(item, by)]
        for name, kind in RECORDS.items()
    }
    return [
        not_(and_(Audit.table_name == name, or_(Audit.field_name.is_(None), Audit.field_name.in_(fields))))
        for name, fields in closed.items()
        if fields
    ]


class JournalTable(Table):
    """Work notes and comments; the comments only to whom notes are closed."""

    name = "sys_journal_field"
    report_view = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer")

    def columns(self, _by: Actor) -> Columns:
        return _columns(
            Journal,
            "at",
            "author",
            *_ON,
            _field("element", Kind.TEXT, "Kind", "Genre"),
            _field("text", Kind.LONG_TEXT, "Text", "Texte"),
            _field("author", Kind.REFERENCE, "Author", "Auteur", "sys_user"),
            _field("author_name", Kind.TEXT, "Author name", "Nom de l’auteur"),
            _field("at", Kind.DATETIME, "At", "Le"),
        )

    def rows(self, by: Actor) -> Select[Any]:
        readable = select(Journal).where(of_readable(Journal.table_name, Journal.record, by))
        return readable if reads_notes(by) else readable.where(Journal.element == "comments")


class MailTable(Table):
    """The outbox; mails name people of every customer."""

    name = "sys_email"

    def columns(self, _by: Actor) -> Columns:
        made = Column(_field("sys_created_on", Kind.DATETIME, "Created", "Créé le"), Email.created_at)
        recipients = Column(_field("recipients", Kind.TEXT, "To", "À"), Email.recipient)
        fields = (
            _field("kind", Kind.TEXT, "Kind", "Genre"),
            _field("subject", Kind.TEXT, "Subject", "Objet"),
            _field("state", Kind.TEXT, "State", "État"),
            _field("record_table", Kind.TEXT, "Table", "Table"),
            _field("record", Kind.TEXT, "Record", "Enregistrement"),
            _field("sent_at", Kind.DATETIME, "Sent", "Envoyé le"),
        )
        frame = {"sys_id": Column(KEY, Email.sys_id), "sys_created_on": made, "recipients": recipients}
        body = case((Email.kind == INVITATION, MASK), else_=Email.body)
        frame |= {"body": Column(_field("body", Kind.LONG_TEXT, "Body", "Corps"), body)}
        return frame | {item.name: Column(item, getattr(Email, item.name)) for item in fields}

    def rows(self, by: Actor) -> Select[Any]:
        if not by.has("admin"):
            raise Forbidden(f"{by.name} may not read the outbox")
        return select(Email)


TRAIL: dict[str, Table] = {table.name: table for table in (AuditTable(), JournalTable(), MailTable())}
