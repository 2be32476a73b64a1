"""The success landing page as its templates read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from ale.blueprints.shown.launcher import AGENT
from ale.domains.landing import portfolio
from ale.domains.landing.portfolio import TABS, TILES, Tab, Tile
from ale.domains.landing.queries import Need
from ale.domains.plays.launches import Definition
from ale.domains.plays.service import offered_of
from ale.domains.scores.records import HealthScore
from ale.domains.signals.records import RiskSignal
from ale.domains.success.records import Engagement, contract_values
from ale.foundation.actor import Actor
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.reading import displays, may
from ale.foundation.record import Record, table_name
from ale.web.addresses import list_href, record_href
from ale.web.language import label, number
from ale.web.values import columns, is_number, readers, shown, title_of

ROWS, CARDS, LISTED = 25, 40, 100
COLUMNS = ("number", "title", "account", "state", "stage", "perceived_health", "renewal_date",
           "customer_success_manager")  # fmt: skip
ANSWERS = {
    "risk": (table_name(RiskSignal), "Get to Green play"),
    "health": (table_name(Engagement), "Get to Green play"),
    "renewal": (table_name(Engagement), "Prepare the renewal"),
}
"""Why somebody is needed: what the play that answers is launched from, and the supplied subflow that it runs."""

FACTS = ("account", "stage", "perceived_health", "renewal_date")


@dataclass(frozen=True)
class Lines:
    """Records as a table: headings, and {href, cells} for each; `page`: the endpoint they lead to, else as always."""

    record_type: type[Record]
    names: Sequence[str]
    records: Sequence[Record]
    by: Actor
    page: str | None = None

    @property
    def caption(self) -> str:
        """What they are called."""
        return label(self.record_type.__sheet__.plural)

    @cached_property
    def _columns(self) -> list[Any]:
        return list(columns(self.record_type, self.names, self.by))

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The columns, as the table macro takes them."""
        return [{"label": label(item.label), "number": is_number(item)} for item in self._columns]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The rows, as the row macro takes them."""
        reads = readers(self._columns, displays(self.records, [item.name for item in self._columns]))
        return [
            {"href": self._href(one), "title": title_of(one), "cells": [read(one) for read in reads]}
            for one in self.records
        ]

    def _href(self, one: Record) -> str | None:
        return url_for(self.page, sys_id=one.sys_id) if self.page else record_href(table_name(type(one)), one.sys_id)


@dataclass
class PortfolioPage:
    """`arguments` of the address: tile (whose engagements are listed), engagement and tab (of the selected one)."""

    by: Actor
    arguments: Mapping[str, str]

    @property
    def updated_at(self) -> datetime:
        """The moment of the figures."""
        return now()

    @cached_property
    def tile(self) -> Tile | None:
        """The tile whose engagements are listed."""
        return next((one for one in TILES if one.key == self.arguments.get("tile")), None)

    @cached_property
    def tiles(self) -> list[dict[str, Any]]:
        """The tiles as the score macro takes them: count, and the value of the contracts."""
        return [
            {"label": label(one.label), "value": portfolio.count_of(one, self.by), "current": one is self.tile,
             "href": self._at(tile=one.key),
             "note": _("Contract value %(value)s", value=number(portfolio.value_of(one, self.by)))}
            for one in TILES
        ]  # fmt: skip

    def _at(self, **changes: str | None) -> str:
        kept: dict[str, Any] = {name: self.arguments.get(name) for name in ("tile", "engagement", "tab")}
        return url_for("portfolio.show", **(kept | changes))

    @cached_property
    def listed(self) -> Lines | None:
        """Exactly the engagements of the chosen tile."""
        if self.tile is None:
            return None
        rows = portfolio.rows_of(self.tile, self.by).order_by(Engagement.number, Engagement.sys_id)
        some = session.scalars(rows.offset((self._page - 1) * LISTED).limit(LISTED)).all()
        return Lines(Engagement, COLUMNS, some, self.by)

    @property
    def _page(self) -> int:
        """The page of the listed engagements, from 1."""
        text = self.arguments.get("page", "")
        return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 6 else 1

    @property
    def pages(self) -> dict[str, Any]:
        """Which of the engagements of the tile are listed, and the addresses of those before and after."""
        total = next(one["value"] for one in self.tiles if one["current"])
        first = (self._page - 1) * LISTED + 1
        last = min(first + LISTED - 1, total)
        before, after = (self._at(page=str(self._page + step)) for step in (-1, 1))
        text = _("%(first)s–%(last)s of %(total)s", first=number(first), last=number(last), total=number(total))
        return {"text": text, "previous": before if first > 1 else None, "next": after if last < total else None}

    @cached_property
    def engagements(self) -> Sequence[Engagement]:
        """The active engagements of one's own that have a card, with the one asked for."""
        return portfolio.active_engagements(self.by, CARDS, self.arguments.get("engagement"))

    @cached_property
    def active_count(self) -> int:
        """How many active engagements are one's own, with and without a card."""
        return portfolio.active_count(self.by)

    @property
    def every(self) -> dict[str, Any] | None:
        """When not all have a card: how many engagements the list of the first tile has, and where it is."""
        if self.active_count <= len(self.engagements):
            return None
        return {"count": portfolio.count_of(TILES[0], self.by), "href": self._at(tile=TILES[0].key)}

    @cached_property
    def selected(self) -> Engagement | None:
        """The engagement that drives the tabs: the one asked for, else the first."""
        asked = self.arguments.get("engagement")
        found = next((one for one in self.engagements if one.sys_id == asked), None)
        return found or (self.engagements[0] if self.engagements else None)

    @property
    def cards(self) -> list[dict[str, Any]]:
        """One card for each active engagement."""
        values = contract_values([one.sys_id for one in self.engagements], today())
        called = displays(self.engagements, FACTS)
        return [
            {"title": one.title, "current": one is self.selected, "href": self._at(engagement=one.sys_id),
             "key": one.sys_id, "value": number(values.get(one.sys_id, 0)),
             "facts": [fact for fact in shown(one, FACTS, self.by, called) if fact.value]}
            for one in self.engagements
        ]  # fmt: skip

    @property
    def view_href(self) -> str | None:
        """The page of the selected engagement."""
        return url_for("portfolio.engagement", sys_id=self.selected.sys_id) if self.selected else None

    @property
    def health_href(self) -> str | None:
        """The health of the account of the selected engagement."""
        if self.selected is None or not may(HealthScore, "read", self.by):
            return None
        return url_for("scores.show", sys_id=self.selected.account)

    @cached_property
    def _open_tabs(self) -> list[Tab]:
        return [one for one in TABS if may(one.record_type, "read", self.by)]

    @cached_property
    def tab(self) -> Tab | None:
        """The tab that is open."""
        asked = self.arguments.get("tab")
        return next((one for one in self._open_tabs if one.key == asked), next(iter(self._open_tabs), None))

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The tabs of the selected engagement with their counts."""
        if self.selected is None:
            return []
        return [
            {"label": label(one.label), "current": one is self.tab, "count": self._count(one, self.selected.sys_id),
             "href": self._at(engagement=self.selected.sys_id, tab=one.key)}
            for one in self._open_tabs
        ]  # fmt: skip

    def _count(self, tab: Tab, engagement: str) -> int:
        rows = portfolio.tab_rows(tab, engagement, self.by)
        return session.scalar(select(func.count()).select_from(rows.subquery())) or 0

    @property
    def rows(self) -> Lines | None:
        """The records of the open tab."""
        if self.selected is None or self.tab is None:
            return None
        kind: Any = self.tab.record_type
        names = ["number", "priority", kind.__sheet__.display, "days_remaining", "assigned_to"]
        known = {*kind.__mapper__.columns.keys(), *(one.name for one in kind.__sheet__.calculated)}
        found = portfolio.tab_rows(self.tab, self.selected.sys_id, self.by)
        some = session.scalars(found.order_by(kind.due_date.is_(None), kind.due_date).limit(ROWS)).all()
        return Lines(kind, [name for name in names if name in known], some, self.by)

    @property
    def all_href(self) -> str | None:
        """The list behind the open tab."""
        if self.tab is None or self.selected is None:
            return None
        path = "success_outcome.success_objective.engagement" if self.tab.key == "initiatives" else "engagement"
        return list_href(self.tab.record_type, query=f"{path}={self.selected.sys_id}")

    @cached_property
    def needs(self) -> list[dict[str, Any]]:
        """What needs the actor today, each with its one next action."""
        return [self._need(one) for one in portfolio.needs_today(self.by)]

    def _need(self, one: Need) -> dict[str, Any]:
        words = {
            "overdue": (ngettext("Overdue by %(num)s day", "Overdue by %(num)s days", -one.days) if one.days
                        else _("Due today"), "bad", _("Open it")),
            "risk": (_("New risk"), "bad", _("Answer it")),
            "health": (_("Health declined"), "warn", _("Get to green")),
            "renewal": (_("Renews today") if not one.days
                        else ngettext("Renews in %(num)s day", "Renews in %(num)s days", one.days), "warn",
                        _("Prepare it")),
        }  # fmt: skip
        reason, tone, act = words[one.reason]
        record: Any = one.record
        table = table_name(type(record))
        href = record_href(table, record.sys_id)
        action = self._launch_href(one.reason, table, record.sys_id) or href
        return {"title": title_of(record), "number": record.number, "reason": reason, "tone": tone, "href": href,
                "action": act, "action_href": action}  # fmt: skip

    def _launch_href(self, reason: str, table: str, sys_id: str) -> str | None:
        """The details of the play that answers, else the first step of the launcher; None where none is launched."""
        if reason not in ANSWERS or not self.by.has(*AGENT):
            return None
        play = self._answers[reason]
        chosen: dict[str, Any] = {"choice": play.category, "definition": play.sys_id} if play else {}
        return url_for(f"launcher.{table}", sys_id=sys_id, **chosen)

    @cached_property
    def _answers(self) -> dict[str, Definition | None]:
        return {reason: offered_of(self.by, *answer) for reason, answer in ANSWERS.items()}
