"""The saved views of a list: which there are, where they lead, and which of them opens by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.reading import may, visible
from ale.foundation.record import RECORDS, Record, Step, table_name
from ale.web.forms import RecordForm

TABLE, WHOLE = "ale_saved_view", "whole"
"""The record type of saved views; `view=whole` asks for the list without any."""


@dataclass(frozen=True, slots=True)
class View:
    """One view as the menu shows it."""

    key: str
    name: str
    audience: Any
    asks: dict[str, str]
    is_default: bool
    is_own: bool


def views_of(record_type: type[Record], by: Actor) -> list[View]:
    """The views of a list that `by` finds, the own ones first; one statement."""
    kind: Any = RECORDS[TABLE]
    if not may(kind, "read", by):
        return []
    rows = session.scalars(visible(kind, by).where(kind.table_name == table_name(record_type)).order_by(kind.name))
    found = [
        View(row.sys_id, row.name, row.audience, _asks(row.arguments), row.is_default, row.sys_created_by == by.id)
        for row in rows
        if row.sys_created_by == by.id or row.audience != "mine"
    ]
    return sorted(found, key=lambda one: (not one.is_own, one.audience != "role"))


def default_of(views: Iterable[View]) -> View | None:
    """The view that opens by itself: the own one, else that of a role, else everybody's."""
    return next((one for one in views if one.is_default), None)


def audience_controls(by: Actor) -> list[dict[str, Any]]:
    """The form fields that say whom a new view is for: only its maker, unless chosen otherwise."""
    if not may(RECORDS[TABLE], "create", by):
        return []
    asks = Step("keep", Label("", ""), {"audience": "role"}, lambda _row: True, ("audience", "role"))
    audience, role = RecordForm(RECORDS[TABLE], by, step=asks).sections[0].fields
    return [audience | {"value": "mine"}, role | {"required": False}]


def _asks(arguments: str | None) -> dict[str, str]:
    return dict(parse_qsl(arguments or ""))
