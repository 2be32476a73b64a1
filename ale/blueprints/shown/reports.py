"""Reports as their templates read them: an answer with its picture, and the page of a report."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import cos, pi, sin
from typing import Any

from flask import Response, url_for
from flask_babel import format_percent as percent
from flask_babel import gettext as _

from ale.domains.reports import question as rules
from ale.domains.reports.records import Report
from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.reading import may
from ale.foundation.record import RECORDS
from ale.web import export, filters
from ale.web.addresses import form_href, list_href
from ale.web.language import label, locale, number
from ale.web.lists import Listing
from ale.web.reports import Answer, Group, Question

PICTURES = ("bar", "line", "pie")
DRAWN = 40  # bars; the table tells all
SLICES = 6


@dataclass(frozen=True)
class Result:
    """The answer to a question for one reader, or why there is none."""

    question: Question
    by: Actor

    @cached_property
    def problems(self) -> Sequence[str]:
        """What is wrong with the question."""
        found = rules.is_answerable(asdict(self.question), None)
        return [one.text(_, locale()) for one in found]

    @property
    def is_asked(self) -> bool:
        """Whether there is a table to ask."""
        return self.question.table_name in RECORDS

    @cached_property
    def answer(self) -> Answer:
        """The figures."""
        return Answer(self.question, self.by)

    @property
    def closed(self) -> str:
        """The fields asked for that the reader may not see."""
        return ", ".join(self.answer.closed)

    @property
    def is_told(self) -> bool:
        """Whether there are figures for this reader."""
        return self.is_asked and not self.problems and not self.closed

    @property
    def title(self) -> str:
        """What it is about."""
        return label(self.question.record_type.__sheet__.plural)

    @property
    def picture(self) -> str:
        """How it is drawn; the rows themselves where there are no groups."""
        asked = self.question
        if not asked.group_by:
            return "rows" if asked.chart == "list" else "single"
        return asked.chart if asked.chart in (*PICTURES, "single") and self.answer.groups else "table"

    @cached_property
    def listing(self) -> Listing:
        """The rows."""
        asked = {"query": self.question.filter, "cols": self.question.columns}
        return Listing(self.question.record_type, self.by, asked)

    @property
    def list_href(self) -> str | None:
        """Their list."""
        return list_href(self.question.record_type, query=self.question.filter or None)

    @property
    def chips(self) -> list[str]:
        """The conditions in words."""
        kind = self.question.record_type
        return [one["text"] for one in filters.chips(kind, self.question.filter, self.by, lambda query: query)]

    def value(self, one: Group) -> Any:
        """What the picture shows of a group."""
        return one.figure if self.answer.is_measured else one.count

    @property
    def marks(self) -> list[dict[str, Any]]:
        """The groups as bars and lines take them; of bars as many as can be read."""
        groups = self.answer.groups[:DRAWN] if self.picture == "bar" else self.answer.groups
        values = [(one, self.value(one)) for one in groups]
        return [
            {"text": one.text, "href": one.href, "value": (value or 0) if self.picture == "bar" else value,
             "said": "–" if value is None else number(value)}
            for one, value in values
        ]  # fmt: skip

    @property
    def slices(self) -> list[dict[str, Any]]:
        """The greatest groups as slices of a pie, all others as one."""
        most = sorted(
            ((float(max(self.value(one) or 0, 0)), one) for one in self.answer.groups), key=lambda two: -two[0]
        )
        whole = sum(value for value, _one in most) or 1.0
        parts = [(value, one.text, one.href) for value, one in most[:SLICES]]
        if rest := sum(value for value, _one in most[SLICES:]):
            parts.append((rest, _("All others"), None))
        begun = [sum(value for value, *_rest in parts[:place]) / whole for place in range(len(parts))]
        return [
            {"text": text, "href": href, "said": percent(value / whole), "path": _slice(start, value / whole)}
            for start, (value, text, href) in zip(begun, parts, strict=True)
        ]

    def file_href(self, kind: str) -> str:
        """Where the answer is had as a file."""
        return url_for("reports.file", format=kind, **self.question.arguments)

    def file(self, kind: str) -> Response:
        """The figures as a file; of a list without groups its rows."""
        if self.picture == "rows":
            return export.as_csv(self.listing) if kind == "csv" else export.as_workbook(self.listing)
        name = f"{self.question.table_name}-{today()}"
        lines = list(self.answer.lines())
        return export.csv_of(lines, name, self.by) if kind == "csv" else export.workbook_of(lines, self.title, name)


def _slice(start: float, share: float) -> str:
    """The outline of a slice of the circle around 0,0, clockwise from the top; shares are from 0 to 1."""
    if share > 0.9999:
        return "M0,-1A1,1 0 1 1 0,1A1,1 0 1 1 0,-1Z"
    (x, y), (to_x, to_y) = ((sin(2 * pi * part), -cos(2 * pi * part)) for part in (start, start + share))
    return f"M0,0L{x:.4f},{y:.4f}A1,1 0 {int(share > 0.5)} 1 {to_x:.4f},{to_y:.4f}Z"


@dataclass(frozen=True)
class ReportPage:
    """A kept report, answered for its reader."""

    report: Report
    by: Actor

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (self.report.name_fr if locale() == "fr" else None) or self.report.name

    @cached_property
    def result(self) -> Result:
        """What it says."""
        return Result(Question.of(self.report), self.by)

    @property
    def form_href(self) -> str | None:
        """Its record."""
        return form_href(Report, self.report.sys_id)

    @property
    def build_href(self) -> str | None:
        """Where it is changed by its maker, and where others begin one of their own with it."""
        if not may(Report, "create", self.by):
            return None
        own: dict[str, Any] = {"report": self.report.sys_id} if self.is_own else {}
        return url_for("reports.build", **own, **self.result.question.arguments)

    @property
    def is_own(self) -> bool:
        """Whether the reader may change it."""
        return self.by.has("admin") or self.report.sys_created_by == self.by.id
