"""Reports as their templates read them: an answer with its picture, the page of a report, the builder."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from math import cos, pi, sin
from typing import Any, cast

from flask import Response, url_for
from flask_babel import format_percent as percent
from flask_babel import gettext as _

from ale.blueprints.shown import report_choices
from ale.domains.reports import question as rules
from ale.domains.reports.records import Report
from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.problem import Forbidden, NotVisible, Problem
from ale.foundation.reading import find, may
from ale.foundation.record import RECORDS
from ale.web import export, filters
from ale.web.addresses import form_href, list_href
from ale.web.forms import RecordForm
from ale.web.language import label, locale, number
from ale.web.lists import Listing
from ale.web.picking import named
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


@dataclass(frozen=True)
class Builder:
    """A report under way. `sent`: the words of the question, `report` (the one that is changed), `by-NAME` (a field
    that the filter sets), `of` and `was` (the table and the filter that the form was shown with)."""

    by: Actor
    sent: Mapping[str, str]
    problems: Sequence[Problem] = ()

    @cached_property
    def question(self) -> Question:
        """What is asked by now; another table begins a new question."""
        asked = Question.of(self.sent)
        if self.sent.get("of", asked.table_name) != asked.table_name:
            return Question(asked.table_name)
        return Question.of(asked.arguments | {"filter": filters.narrowed(asked.filter, self._chosen(asked))})

    def _chosen(self, asked: Question) -> dict[str, str]:
        """The fields of the filter that were set to something else than what the form was shown with."""
        if asked.table_name not in RECORDS:
            return {}
        chosen = {}
        for one in filters.controls(asked.record_type, self.sent.get("was", ""), self.by, lambda name: ""):
            name = one["name"]
            if {f"by-{name}", f"by-{name}_text"} & set(self.sent):
                item = report_choices.known(asked.record_type, self.by)[name]
                value, typed = self.sent.get(f"by-{name}", ""), self.sent.get(f"by-{name}_text")
                chosen[name] = named(item, value, typed, self.by) if item.to else value
                if chosen[name] == (one["value"] or ""):
                    del chosen[name]
        return chosen

    @property
    def is_sent(self) -> bool:
        """Whether it comes from the form, and not from an address of its own."""
        return "of" in self.sent

    @property
    def address(self) -> str:
        """The address of this question."""
        return self._at(self.question.filter)

    def _at(self, query: str) -> str:
        asked = replace(self.question, filter=query)
        return url_for("reports.build", **asked.arguments, **self._origin)

    @property
    def _origin(self) -> dict[str, Any]:
        return {"report": self.sent["report"]} if self.sent.get("report") else {}

    @cached_property
    def report(self) -> Report | None:
        """The report that is changed; others than its maker begin a new one."""
        if not self._origin:
            return None
        found = find(Report, self.sent["report"], self.by)
        return found if ReportPage(found, self.by).is_own else None

    @property
    def title(self) -> str:
        """What the page is called."""
        return ReportPage(self.report, self.by).title if self.report else _("New report")

    @cached_property
    def result(self) -> Result:
        """The answer by now."""
        return Result(self.question, self.by)

    @property
    def controls(self) -> list[dict[str, Any]]:
        """The form fields of the question."""
        if not may(Report, "create", self.by):
            raise Forbidden
        return report_choices.controls(self.question, self.by)

    @property
    def filters(self) -> list[dict[str, Any]]:
        """The form fields of the filter."""
        if not self.result.is_asked:
            return []
        kind = self.question.record_type
        shown = filters.controls(kind, self.question.filter, self.by, report_choices.lookup_of(kind))
        return [one | {"name": f"by-{one['name']}"} for one in shown]

    @property
    def chips(self) -> list[dict[str, str]]:
        """The conditions that are set, each with the question without it."""
        return filters.chips(self.question.record_type, self.question.filter, self.by, self._at)

    @property
    def hidden(self) -> dict[str, str]:
        """The question as the form that keeps it carries it along."""
        return cast(dict[str, str], asdict(self.question)) | self._origin

    @cached_property
    def _form(self) -> RecordForm:
        sent = self.sent if "audience" in self.sent else None
        return RecordForm(Report, self.by, self.report, sent=cast(Any, sent), problems=self.problems)

    @property
    def kept_as(self) -> list[dict[str, Any]]:
        """The form fields that say under which name and for whom it is kept."""
        asked = RecordForm(
            Report, self.by, self.report, start={"audience": "role"}, sent=self._form.sent, problems=self.problems
        )
        known = {one["name"]: one for part in asked.sections for one in part.fields}
        audience = self._form.values["audience"] if self.report or self._form.sent else "mine"
        roles = known.get("shared_roles", {}) | {"required": False}
        return [known["name"], known["audience"] | {"value": audience}, *([roles] if "name" in roles else [])]

    @property
    def errors(self) -> list[dict[str, str | None]]:
        """Why it was not kept."""
        return self._form.errors

    def keep(self) -> Report:
        """Store it, in the running transaction."""
        if self.sent.get("report") and self.report is None:
            raise NotVisible
        if self.report:
            changes.save(self.report, self._form.given, by=self.by)
            return self.report
        return changes.create(Report, self._form.given, by=self.by)
