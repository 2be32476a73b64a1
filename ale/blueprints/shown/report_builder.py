"""A report under way, as its templates read it: the question, its answer, the name to keep it under."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, cast

from flask import url_for
from flask_babel import gettext as _

from ale.blueprints.shown import report_choices
from ale.blueprints.shown.reports import ReportPage, Result
from ale.domains.reports.records import Report
from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.problem import Forbidden, NotVisible, Problem
from ale.foundation.reading import find, may
from ale.foundation.record import RECORDS
from ale.web import filters
from ale.web.forms import RecordForm
from ale.web.picking import named
from ale.web.reports import Question


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
