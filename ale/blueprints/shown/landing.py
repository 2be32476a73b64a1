"""The onboarding landing page as its templates read it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ale.domains.imports.records import TransformMap
from ale.domains.knowledge.records import Article, KnowledgeBase
from ale.domains.landing.queries import CARDS, Card, Need, cards_for, count_of, needs_today, rows_of, trends
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.reading import displays, may
from ale.foundation.record import Record, table_name
from ale.web.addresses import list_href, record_href
from ale.web.language import date_text, label
from ale.web.values import columns, is_number, shown, title_of

ROWS = 25


@dataclass
class LandingPage:
    """`asked` is the key of the chosen card; the first one when it names none."""

    by: Actor
    asked: str

    @cached_property
    def cards(self) -> list[Card]:
        return cards_for(self.by)

    @cached_property
    def chosen(self) -> Card | None:
        return next((card for card in self.cards if card.key == self.asked), self.cards[0] if self.cards else None)

    @cached_property
    def scores(self) -> list[dict[str, Any]]:
        """The cards as the score macro takes them."""
        history = trends(self.by)
        return [
            {
                "label": label(card.label), "value": count_of(card, self.by),
                "href": url_for("home.show", card=card.key),
                "trend": [(date_text(day), value) for day, value in history[card.key]], "current": card is self.chosen,
            }
            for card in self.cards
        ]  # fmt: skip

    @property
    def may_open_case(self) -> bool:
        return may(OnboardingCase, "create", self.by)

    @property
    def entries(self) -> list[dict[str, str]]:
        """The two parts of the application that the actor may enter: {title, text, href} (C001)."""
        doors = (
            (OnboardingCase, _("Account onboarding"),
             _("Structured, repeatable onboarding with the supplied playbook."), list_href(OnboardingCase)),
            (Engagement, _("Customer success"),
             _("Objectives and outcomes, fewer risks, more renewals and growth."), url_for("portfolio.show")),
        )  # fmt: skip
        return [
            {"title": title, "text": text, "href": href or ""}
            for kind, title, text, href in doors
            if may(kind, "read", self.by)
        ]

    @property
    def helps(self) -> list[tuple[str, str]]:
        """Where help is found, as (word, address), of what the actor may open."""
        doors = (
            (Article, _("Explore"), list_href(Article)),
            (TransformMap, _("Configure"), list_href(TransformMap)),
            (CaseTask, _("Use"), list_href(CaseTask)),
            (KnowledgeBase, _("Reference"), list_href(KnowledgeBase)),
        )
        return [(word, href) for kind, word, href in doors if href and may(kind, "read", self.by)]

    @property
    def updated_at(self) -> datetime:
        return now()

    @cached_property
    def records(self) -> list[Record]:
        """The first rows of exactly the records that the chosen card counts."""
        if self.chosen is None:
            return []
        statement = rows_of(self.chosen, self.by).order_by(self.chosen.record_type.sys_id.desc()).limit(ROWS)
        return list(session.scalars(statement))

    @property
    def list_href(self) -> str | None:
        """The whole list of the chosen card."""
        return list_href(self.chosen.record_type, query=self.chosen.query(self.by)) if self.chosen else None

    @cached_property
    def headings(self) -> list[dict[str, Any]]:
        """The columns of the list, as the table macro takes them."""
        return [{"label": label(item.label), "number": is_number(item)} for item in self._columns]

    @cached_property
    def _columns(self) -> list[Any]:
        kind = self.chosen.record_type if self.chosen else CARDS[0].record_type
        return list(columns(kind, kind.__sheet__.columns, self.by))

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """{href, cells} for each listed record."""
        names = [item.name for item in self._columns]
        called = displays(self.records, names)
        return [
            {"href": self._href(record), "title": title_of(record), "cells": shown(record, names, self.by, called)}
            for record in self.records
        ]

    def _href(self, record: Record) -> str | None:
        return record_href(table_name(type(record)), record.sys_id)

    @cached_property
    def needs(self) -> list[dict[str, Any]]:
        """What needs the actor today: {title, number, reason, href, tone}."""
        return [self._need(one) for one in needs_today(self.by)]

    def _need(self, one: Need) -> dict[str, Any]:
        record: Any = one.record
        words = {
            "overdue": (
                ngettext("Overdue by %(num)s day", "Overdue by %(num)s days", -one.days) if one.days
                else _("Due today"),
                "bad",
            ),
            "go_live": (
                _("Go-live today") if not one.days
                else ngettext("Go-live in %(num)s day", "Go-live in %(num)s days", one.days) if one.days > 0
                else ngettext("Go-live %(num)s day ago", "Go-live %(num)s days ago", -one.days),
                "warn" if one.days >= 0 else "bad",
            ),
            "still": (
                ngettext("Not updated for %(num)s day", "Not updated for %(num)s days", -one.days), "warn",
            ),
        }  # fmt: skip
        reason, tone = words[one.reason]
        title = record.subject if isinstance(record, CaseTask) else record.short_description
        return {
            "title": title, "number": record.number, "reason": reason, "href": self._href(record), "tone": tone,
        }  # fmt: skip
