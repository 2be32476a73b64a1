"""Matching the columns of a file to those of its import, as the page reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ale.domains.imports.headings import Column
from ale.domains.imports.mapping import Said, WaitingFile
from ale.domains.imports.proposals import Asked, Proposal
from ale.domains.imports.records import ImportTask
from ale.domains.imports.surveying import Surveyed
from ale.foundation.actor import Actor
from ale.foundation.problem import Problem
from ale.foundation.reading import name_of
from ale.web.language import label, locale, number


@dataclass(frozen=True)
class ShownColumn:
    """One column of the file: what is in it, what it goes to, and why that is proposed."""

    place: int
    found: Surveyed
    proposal: Proposal
    chosen: str
    rows: int
    error: str | None = None

    @property
    def name(self) -> str:
        """Its field in the form."""
        return f"column-{self.place}"

    @property
    def filled(self) -> str:
        """How many rows have something in it."""
        if self.found.filled == self.rows:
            return _("in every row")
        return ngettext("in %(count)s row", "in %(count)s rows", self.found.filled, count=number(self.found.filled))

    @property
    def why(self) -> str:
        """Why it is proposed, in words."""
        return {
            "remembered": _("As last time"), "name": _("By its name"), "synonym": _("Means the same"),
            "alike": _("Its name is similar"), "content": _("By what stands in it"),
        }.get(self.proposal.why, _("Not recognised"))  # fmt: skip

    @property
    def tone(self) -> str:
        """The colour of that: what is certain, what should be looked at."""
        certain = ("remembered", "name")
        return "ok" if self.proposal.why in certain else "info" if self.proposal.column else "warn"


@dataclass(frozen=True)
class ShownValues:
    """The values of a column of choices that the import does not know: `values` are (field, text, rows, chosen)."""

    heading: str
    column: str
    choices: Sequence[tuple[str, str]]
    values: Sequence[tuple[str, str, int, str]]


@dataclass
class MappingPage:
    """One file that waits; `sent` is what was chosen so far, without it the proposal stands."""

    task: ImportTask
    by: Actor
    waiting: WaitingFile
    sent: Mapping[str, str] | None = None
    problems: Sequence[Problem] = ()

    @property
    def crumbs(self) -> list[dict[str, Any]]:
        """Back to the import."""
        back = {"label": self.task.number, "href": url_for("imports.show", sys_id=self.task.sys_id)}
        return [{"label": _("Imports"), "href": url_for("imports.index")}, back, {"label": self.waiting.load.file_name}]

    def at(self, deed: str) -> str:
        """The address of a deed on this file."""
        return url_for(f"mappings.{deed}", sys_id=self.task.sys_id, load=self.waiting.load.sys_id)

    @property
    def account(self) -> str:
        """Whose files are meant."""
        return name_of("customer_account", self.task.account)

    @property
    def errors(self) -> list[dict[str, str | None]]:
        """Why the last try was refused."""
        return [{"field": one.field, "text": one.text(_, locale())} for one in self.problems]

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return int((self.waiting.load.survey or {})["rows"])

    @cached_property
    def chosen(self) -> list[str]:
        """The column that each heading goes to."""
        if self.sent is None:
            return [one.column for one in self.waiting.proposals]
        return [self.sent.get(f"column-{place}", "") for place in range(len(self.waiting.found))]

    @property
    def columns(self) -> list[ShownColumn]:
        """The columns of the file that have a heading."""
        errors = {str(one["field"]): one["text"] for one in self.errors}
        found = zip(self.waiting.found, self.waiting.proposals, self.chosen, strict=True)
        return [
            ShownColumn(place, one, proposal, chosen, self.rows, errors.get(f"column-{place}"))
            for place, (one, proposal, chosen) in enumerate(found)
            if one.heading
        ]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Where a heading may go to."""
        return [(one.name, f"{label(one.label)}{' *' if one.mandatory else ''}") for one in self.waiting.columns]

    @cached_property
    def values(self) -> list[ShownValues]:
        """The values that are not known as choices, by the columns that are chosen now."""
        asked = {one.name: one for one in self.waiting.asked}
        return [
            self._values(place, texts, asked[name])
            for place, name in enumerate(self.chosen)
            if name in asked and (texts := self.waiting.unread(place, name))
        ]

    def _values(self, place: int, texts: Sequence[str], wanted: Asked) -> ShownValues:
        counts = self.waiting.found[place].values or {}
        fields = {text: f"value-{place}-{number_}" for number_, text in enumerate(counts)}
        shown = [(fields[text], text, counts[text], self._meant(fields[text], place, wanted, text)) for text in texts]
        heading = self.waiting.found[place].heading
        return ShownValues(heading, label(wanted.column.label), _choices(wanted), shown)

    def _meant(self, field: str, place: int, wanted: Asked, text: str) -> str:
        if self.sent is not None and field in self.sent:
            return self.sent[field]
        return self.waiting.proposed(place, wanted.name, text)

    @property
    def said(self) -> Said:
        """What was said of values, for the deed."""
        return {
            place: {text: self.sent[field] for text, field in self._fields(place) if self.sent.get(field)}
            for place in range(len(self.waiting.found))
            if self.sent is not None
        }

    def _fields(self, place: int) -> Iterator[tuple[str, str]]:
        texts = self.waiting.found[place].values or {}
        yield from ((text, f"value-{place}-{number_}") for number_, text in enumerate(texts))

    @property
    def unseen(self) -> list[Problem]:
        """What nobody has seen yet of the values, because another column was chosen just now."""
        fields = [field for one in self.values for field, _text, _rows, _chosen in one.values]
        if self.sent is None or all(field in self.sent for field in fields):
            return []
        first = next(field for field in fields if field not in self.sent)
        return [
            Problem("VALUES_UNSEEN", "See what the values of this column are taken for, then load the file.", first)
        ]

    @property
    def _unfilled(self) -> list[Column]:
        return [one for one in self.waiting.columns if one.name not in self.chosen]

    @property
    def missing(self) -> list[str]:
        """The mandatory columns that nothing goes to."""
        return [label(one.label) for one in self._unfilled if one.mandatory]

    @property
    def empty(self) -> list[str]:
        """The other columns that nothing goes to."""
        return [label(one.label) for one in self._unfilled if not one.mandatory]

    @property
    def left_out(self) -> list[str]:
        """The headings that are not imported."""
        return [one.found.heading for one in self.columns if not one.chosen]


def _choices(wanted: Asked) -> list[tuple[str, str]]:
    """The choices of a column with their labels; what English and French call them comes first."""
    if wanted.kind == "boolean":
        return [("true", _("Yes")), ("false", _("No"))]
    place = 1 if locale() == "fr" else 0
    return [(value, words[place]) for value, words in wanted.choices.items()]
