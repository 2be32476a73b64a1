"""History and journals as lists and as single rows: what was changed and said on the records that one may read."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from json import loads
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select

from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.convert import convert
from ale.foundation.db import session
from ale.foundation.encoded import parse
from ale.foundation.field import Field, fields_of
from ale.foundation.label import Label
from ale.foundation.problem import NotVisible
from ale.foundation.query import Walk
from ale.foundation.reading import Displays, may, names_of
from ale.foundation.record import RECORDS
from ale.foundation.tables import Table
from ale.foundation.trail import TRAIL
from ale.web.addresses import record_href
from ale.web.language import datetime_text, label
from ale.web.values import Shown, text_of

ROWS = 50
Row = dict[str, Any]


class Origin(Choice):
    FORM = "form", "Form", "Formulaire"
    API = "api", "API", "API"
    PLAYBOOK = "playbook", "Playbook", "Playbook"
    PLAY = "play", "Success play", "Scénario de réussite"
    RULE = "rule", "Business rule", "Règle métier"
    IMPORT = "import", "Import", "Importation"
    UNDO = "undo", "Undo", "Annulation"
    JOB = "job", "Job", "Tâche planifiée"


class Element(Choice):
    WORK_NOTES = "work_notes", "Work note", "Note de travail"
    COMMENTS = "comments", "Additional comment", "Commentaire supplémentaire"


@dataclass(frozen=True)
class Kind:
    """How one of the tables is shown: its titles, its columns, and where its pages are."""

    title: Label
    plural: Label
    columns: tuple[str, ...]
    list_endpoint: str
    row_endpoint: str


KINDS = {
    "sys_audit": Kind(
        Label("Change", "Modification"), Label("History", "Historique"),
        ("at", "table_name", "record", "field_name", "old_value", "new_value", "user", "reason"),
        "trail.changes", "trail.change",
    ),
    "sys_journal_field": Kind(
        Label("Journal entry", "Entrée de journal"), Label("Journal entries", "Entrées de journal"),
        ("at", "table_name", "record", "element", "text", "author_name"), "trail.entries", "trail.entry",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Trail:
    """A list, newest first; `arguments` of its address: query (encoded), table, before (the id a page ended with)."""

    name: str
    by: Actor
    arguments: Mapping[str, str]

    def __post_init__(self) -> None:
        self.table.rows(self.by)  # Forbidden before anything is drawn

    @property
    def kind(self) -> Kind:
        """How it is shown."""
        return KINDS[self.name]

    @property
    def table(self) -> Table:
        """What is read."""
        return TRAIL[self.name]

    @property
    def headings(self) -> list[dict[str, str]]:
        """The columns as the table macro takes them."""
        known = self.table.columns(self.by)
        return [{"label": label(known[name].field.label)} for name in self.kind.columns]

    @cached_property
    def _found(self) -> list[Row]:
        columns = self.table.columns(self.by)
        walk = Walk(self.table.rows(self.by), columns, self.by)
        walk.narrow(parse(self.arguments.get("query", "")))
        key, statement = columns["sys_id"].sql, walk.statement
        if chosen := self.arguments.get("table"):
            statement = statement.where(columns["table_name"].sql == chosen)
        if before := self.arguments.get("before"):
            statement = statement.where(key < before)
        return _read(self.name, statement.order_by(key.desc()).limit(ROWS + 1), self.by)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The rows of this page: {href, cells}."""
        rows = self._found[:ROWS]
        called = _called(rows)
        return [
            {
                "href": url_for(self.kind.row_endpoint, sys_id=row["sys_id"]),
                "cells": [_shown(name, row, called) for name in self.kind.columns],
            }
            for row in rows
        ]

    @property
    def first(self) -> str | None:
        """The address of the newest rows, unless these are."""
        return self._address() if self.arguments.get("before") else None

    @property
    def next(self) -> str | None:
        """The address of older rows."""
        return self._address(before=self._found[ROWS - 1]["sys_id"]) if len(self._found) > ROWS else None

    def _address(self, **more: Any) -> str:
        kept: dict[str, Any] = {name: self.arguments[name] for name in ("query", "table") if self.arguments.get(name)}
        return url_for(self.kind.list_endpoint, **kept, **more)

    @property
    def tables(self) -> list[tuple[str, str]]:
        """The types whose records may be asked for."""
        known = [(name, label(kind.__sheet__.plural)) for name, kind in RECORDS.items() if may(kind, "read", self.by)]
        return sorted(known, key=lambda one: one[1].casefold())


@dataclass(frozen=True)
class TrailRow:
    """One change, or one entry; NotVisible where there is none for the reader."""

    name: str
    by: Actor
    sys_id: str

    def __post_init__(self) -> None:
        if not self._rows:
            raise NotVisible

    @property
    def kind(self) -> Kind:
        """How it is shown."""
        return KINDS[self.name]

    @cached_property
    def _rows(self) -> list[Row]:
        table = TRAIL[self.name]
        key = table.columns(self.by)["sys_id"].sql
        return _read(self.name, table.rows(self.by).where(key == self.sys_id), self.by)

    @property
    def facts(self) -> list[Shown]:
        """What it says, column by column; the values a record was made with stand in `values`."""
        [row], called = self._rows, _called(self._rows)
        whole = () if row.get("field_name") else ("old_value", "new_value")
        return [_shown(name, row, called) for name in self.kind.columns if name not in whole]

    @property
    def values(self) -> list[Shown]:
        """What the record was made with, or held when it was deleted."""
        [row] = self._rows
        held = row.get("new_value") or row.get("old_value")
        if row.get("field_name") or self.name != "sys_audit" or not held:
            return []
        told = [row | {"field_name": name, "new_value": text} for name, text in loads(held).items()]
        called = _called(told)
        known = fields_of(RECORDS[row["table_name"]])
        return [
            Shown(one["field_name"], label(known[one["field_name"]].label), _value(one, "new_value", called))
            for one in told
            if one["field_name"] in known
        ]


def _read(name: str, statement: Select[Any], by: Actor) -> list[Row]:
    """The rows of a statement by column, with their id."""
    known = TRAIL[name].columns(by)
    wanted = ("sys_id", *KINDS[name].columns)
    found = session.execute(statement.with_only_columns(*(known[one].sql for one in wanted)))
    return [dict(zip(wanted, row, strict=True)) for row in found]


def _field(row: Row) -> Field | None:
    kind = RECORDS.get(row["table_name"])
    return fields_of(kind).get(row.get("field_name") or "") if kind else None


def _called(rows: list[Row]) -> Displays:
    """What the records, people and references in these rows are called; one statement for each table."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row["table_name"]].add(row["record"])
        wanted["sys_user"].update(filter(None, (row.get("user"),)))
        item = _field(row)
        if item and item.to:
            wanted[item.to].update(filter(None, f"{row['old_value'] or ''},{row['new_value'] or ''}".split(",")))
    return {
        (table, key): text
        for table, keys in wanted.items()
        if table in RECORDS
        for key, text in names_of(table, keys).items()
    }


def _shown(name: str, row: Row, called: Displays) -> Shown:
    """One column of a row as a person reads it."""
    field, value = TRAIL_FIELDS[name], row[name]
    href = None
    match name:
        case "at":
            text = datetime_text(value)
        case "table_name":
            text = label(RECORDS[value].__sheet__.label) if value in RECORDS else value
        case "record":
            text = called.get((row["table_name"], value)) or value
            href = record_href(row["table_name"], value) if (row["table_name"], value) in called else None
        case "field_name":
            item = _field(row)
            text = label(item.label) if item else value or _made(row)
        case "old_value" | "new_value":
            text = _value(row, name, called)
        case "user":
            text = called.get(("sys_user", value), "ALE")
        case "reason" | "element":
            known = (Origin if name == "reason" else Element).read(value)
            text = label(known) if known else value
        case _:
            text = value or ""
    return Shown(name, label(field), text, href, long=name in ("old_value", "new_value", "text"))


def _made(row: Row) -> str:
    return _("Created") if row.get("new_value") else _("Deleted")


def _value(row: Row, name: str, called: Displays) -> str:
    """A value of a field; all values of a record that was made or deleted are for its own page."""
    item, text = _field(row), row[name]
    if not row.get("field_name"):
        return ""
    if item is None:
        return text or ""
    value, problem = convert(item, text)
    return (text or "") if problem else text_of(item, value, called)


TRAIL_FIELDS: dict[str, Label] = {
    name: column.field.label
    for table, kind in KINDS.items()
    for name, column in TRAIL[table].columns(Actor.system()).items()
    if name in kind.columns
}
"""The labels of the columns, as the API tells them."""
