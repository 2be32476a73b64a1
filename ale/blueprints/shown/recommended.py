"""The recommended actions beside a record, as the side panel reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from ale.domains.actions import service
from ale.domains.actions.records import ActionType, Guidance, Node
from ale.domains.actions.records import Recommendation as Card
from ale.domains.actions.service import Answer
from ale.domains.knowledge.records import Article
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Problem
from ale.foundation.reading import is_visible, may, names_of
from ale.foundation.record import Record, table_name
from ale.web.addresses import record_href
from ale.web.language import label, locale
from ale.web.markup import clean
from ale.web.values import text_of

REGISTER = "register_consumer"
"""The action of a guidance that registers a consumer (RA-04)."""


@dataclass(frozen=True)
class ShownCard:
    """One card; `answers` are those given to its questions so far, None while they were not begun."""

    card: Card
    record: Record
    by: Actor
    answers: Sequence[str] | None = None
    is_over: bool = False

    @property
    def key(self) -> str:
        """Its sys_id."""
        return self.card.sys_id

    @property
    def kind(self) -> str:
        """guidance, decision_tree or field_recommendation."""
        return self.card.type.value

    @property
    def title(self) -> str:
        """What it is about."""
        return label(Label(self.card.title, self.card.title_fr or self.card.title))

    @cached_property
    def _guidance(self) -> Guidance | None:
        return session.get(Guidance, self.card.guidance) if self.card.guidance else None

    @property
    def text(self) -> Markup | str:
        """What it says: a guidance, a proposal, or the question that was reached."""
        if self.card.type is ActionType.GUIDANCE and self._guidance:
            return clean(label(Label(self._guidance.body or "", self._guidance.body_fr or self._guidance.body or "")))
        if self.card.type is ActionType.FIELD_RECOMMENDATION:
            return self._proposal
        return label(Label(self.node.text, self.node.text_fr or self.node.text)) if self.answers is not None else ""

    @cached_property
    def value(self) -> Any:
        """What a field recommendation proposes."""
        return service.recommended(self.card, self.record)

    @property
    def _proposal(self) -> str:
        if not self.value:
            return _("There is nobody to propose yet; complete the team first.")
        if self.is_applied:
            return _("%(name)s is entered.", name=self._value_text)
        return _("Proposed: %(name)s", name=self._value_text)

    @property
    def _value_text(self) -> str:
        item = fields_of(type(self.record))[service.field_of(self.card)]
        names = {(item.to, key): text for key, text in names_of(item.to, [self.value]).items()} if item.to else {}
        return text_of(item, self.value, names)

    @cached_property
    def is_applied(self) -> bool:
        """Whether the record has the proposed value already."""
        return bool(self.value) and getattr(self.record, service.field_of(self.card)) == self.value

    @property
    def can_assign(self) -> bool:
        """Whether Assign is offered."""
        return (
            self.card.type is ActionType.FIELD_RECOMMENDATION
            and bool(self.value)
            and not self.is_applied
            and may(type(self.record), "write", self.by)
        )

    @property
    def button(self) -> tuple[str, str] | None:
        """The button of a guidance: its text and the address of its dialog."""
        found = self._guidance
        if found is None or found.button_action != REGISTER or not may(type(self.record), "write", self.by):
            return None
        return _(found.button_label or "Start Registration"), self.at("register")

    @cached_property
    def article(self) -> tuple[str, str] | None:
        """The article to read: title and address; None where there is none that may be read."""
        key = self._guidance.kb_article if self._guidance else None
        if self.answers is not None:
            key = self.node.kb_article
        if not key or not is_visible(Article, key, self.by):
            return None
        found = session.get_one(Article, key)
        return label(Label(found.title, found.title_fr or found.title)), str(record_href("kb_knowledge", key))

    @cached_property
    def node(self) -> Node:
        """The question that was reached."""
        return service.walk(self.card, self.answers or ())[1]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers of the question: what each reads, and its value."""
        return [(self._read(one), one.key) for one in service.answers_of(self.node)]

    @staticmethod
    def _read(one: Answer) -> str:
        return one.fr if locale() == "fr" else one.en

    def at(self, deed: str, **arguments: Any) -> str:
        """The address of a deed of this card."""
        keys: dict[str, Any] = {"table": table_name(type(self.record)), "sys_id": self.record.sys_id, "card": self.key}
        return url_for(f"recommended.{deed}", **keys, **arguments)

    @property
    def begin(self) -> str:
        """Where the questions begin."""
        return self.at("ask")

    @property
    def back(self) -> str | None:
        """The question before; None at the first."""
        return self.at("ask", a=list(self.answers[:-1])) if self.answers else None


@dataclass
class Panel:
    """All cards beside a record; `open` is the one whose questions are being answered."""

    record: Record
    by: Actor
    open: str = ""
    answers: Sequence[str] = ()
    ended: bool = False
    problems: Sequence[Problem] = ()
    shown: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def cards(self) -> list[ShownCard]:
        """The cards, by order."""
        found = service.cards(self.record, self.by)
        return [
            ShownCard(one, self.record, self.by, self.answers if one.sys_id == self.open else None, self.ended)
            for one in found
        ]

    @property
    def errors(self) -> list[str]:
        """Why the last deed was refused."""
        return [one.text(_, locale()) for one in self.problems]

    @property
    def back(self) -> str | None:
        """The record."""
        return record_href(table_name(type(self.record)), self.record.sys_id)
