"""The page of an import task as its templates read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from ale.blueprints.shown.causes import PROPOSED, ShownCause, kinds, shown_causes
from ale.blueprints.shown.import_standing import Standing, refusals
from ale.blueprints.shown.publications import ShownPublication, publications_of
from ale.blueprints.shown.staging_rows import RowForm, StagingTable
from ale.domains.imports import queries
from ale.domains.imports.definition import Definition, definition_of
from ale.domains.imports.queries import Wanted
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, WRONG
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.playbooks.queries import activity_of_task
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment
from ale.foundation.label import Label
from ale.foundation.problem import Problem, Rejected
from ale.foundation.reading import name_of
from ale.foundation.work import journals_for
from ale.web import stream
from ale.web.addresses import form_href, record_href
from ale.web.language import datetime_text, label, locale, number
from ale.web.values import TONES, shown

SIZE = 50
_NARROWING = ("q", "kind", "value")
_PLACE = ("after", "before", "at")


@dataclass
class ImportPage:
    """One import; `arguments` of its address: state (the tab), q, kind and value (filters), after or before with at
    (the place in the list), edit and focus (the row that is open), all (every row that is found is selected).

    `sent`, `problems` and `in_conflict` belong to a try that was refused.
    """

    task: ImportTask
    by: Actor
    arguments: Mapping[str, str]
    problems: Sequence[Problem] = ()
    sent: Mapping[str, str] | None = None
    in_conflict: bool = False

    @cached_property
    def standing(self) -> Standing:
        """Counts, tabs and work."""
        return Standing(self.task, self.by, self.arguments.get("state", ""))

    @property
    def title(self) -> str:
        """What the import is about."""
        return self.task.subject

    @cached_property
    def crumbs(self) -> list[dict[str, Any]]:
        """Back to the case and to the activity it belongs to."""
        table = "sn_acct_lc_onb_case"
        way = [{"label": name_of(table, self.task.parent), "href": record_href(table, self.task.parent)}]
        if found := activity_of_task(self.task):
            made, activity = found
            href = url_for("playbooks.activity", context=made.instance, activity=made.sys_id)
            way.append({"label": label(Label(activity.label, activity.label_fr or activity.label)), "href": href})
        return [{"label": _("Imports"), "href": url_for("imports.index")}, *way, {"label": self.task.number}]

    @property
    def facts(self) -> list[dict[str, Any]]:
        """A few values that stand under the title."""
        names = ("account", "data_import_state", "assigned_to", "due_date", "data_source")
        return [{"label": one.label, "value": one.value, "href": one.href} for one in shown(self.task, names, self.by)]

    @property
    def badge(self) -> tuple[str, str]:
        """The state of the task and its colour."""
        return label(self.task.state), TONES.get(self.task.state.value, "")

    @cached_property
    def _defined(self) -> tuple[Definition | None, str]:
        try:
            return definition_of(self.task), ""
        except Rejected as refused:
            return None, " ".join(one.text(_, locale()) for one in refused.problems)

    @property
    def definition(self) -> Definition | None:
        """What the import is made of; None when nobody has defined it, then `fault` says so."""
        return self._defined[0]

    @property
    def fault(self) -> str:
        """Why nothing can be imported."""
        return self._defined[1]

    @property
    def errors(self) -> list[dict[str, str | None]]:
        """Why the last try was refused, for the error summary."""
        return [{"field": one.field, "text": one.text(_, locale())} for one in self.problems]

    def error(self, name: str) -> str | None:
        """The problem of one field."""
        return next((one["text"] for one in self.errors if one["field"] == name), None)

    @cached_property
    def wanted(self) -> Wanted:
        """What the list is narrowed by; a cause only where rows need attention."""
        state, text = self.standing.state, self.arguments.get("q", "").strip()
        rule, _colon, name = self.arguments.get("kind", "").partition(":")
        if state != WRONG:
            return Wanted(state, text)
        return Wanted(state, text, rule, name, self.arguments.get("value", ""))

    def at(self, **changes: Any) -> str:
        """The address of this list from its beginning, with its filters, changed."""
        kept = {name: self.arguments.get(name) or None for name in _NARROWING} | {"state": self.standing.state}
        return url_for("imports.show", sys_id=self.task.sys_id, **(kept | changes))

    @property
    def here(self) -> dict[str, str]:
        """The place in the list, for the way to a row and back."""
        return {name: self.arguments[name] for name in _PLACE if self.arguments.get(name)}

    @cached_property
    def amount(self) -> int:
        """How many rows the list holds."""
        return queries.count(self.task, self.wanted)

    @property
    def first(self) -> int:
        """The place of the first row shown, counted from 1."""
        at = self.here.get("at", "")
        return int(at) if at.isdecimal() and len(self.here) > 1 else 1

    @cached_property
    def found(self) -> list[StagingRow]:
        """The rows of this page of the list."""
        after, before = self.here.get("after"), self.here.get("before")
        return queries.rows(self.task, self.wanted, SIZE, after=after, before=before)

    @cached_property
    def opened(self) -> StagingRow | None:
        """The row that is open, wherever it stands."""
        key = self.arguments.get("edit", "")
        row = queries.row_of(self.task, key) if key else None
        return row if row and self.standing.may_work and row.state != PUBLISHED else None

    @property
    def rows(self) -> list[StagingRow]:
        """The rows shown: an open one also where it has left the list meanwhile."""
        stray = [self.opened] if self.opened and self.opened not in self.found else []
        return stray + self.found

    @cached_property
    def table(self) -> StagingTable:
        """The rows as a table; only where the import is defined."""
        if self.definition is None:
            raise LookupError(self.fault)
        names = {load.sys_id: load.file_name for file in self.files for load in file.loads if load.rows_total}
        return StagingTable(self.task, self.definition, self.rows, names)

    @property
    def page_text(self) -> str:
        """ "51–100 of 340"."""
        first, last = number(self.first), number(self.first + len(self.found) - 1)
        return _("%(first)s–%(last)s of %(total)s", first=first, last=last, total=number(self.amount))

    @property
    def previous(self) -> str | None:
        """The address of the page before."""
        at = self.first - SIZE
        if self.first <= 1 or not self.found:
            return None
        return self.at(before=self.found[0].sys_id, at=at) if at > 1 else self.at()

    @property
    def next(self) -> str | None:
        """The address of the page after."""
        at = self.first + len(self.found)
        return self.at(after=self.found[-1].sys_id, at=at) if self.found and at <= self.amount else None

    @property
    def all_selected(self) -> bool:
        """Whether every row that is found is selected, also those on other pages."""
        return bool(self.arguments.get("all")) and self.standing.may_work

    @cached_property
    def row_form(self) -> RowForm | None:
        """The form of the open row."""
        if self.opened is None or self.definition is None:
            return None
        return RowForm(self.table, self.opened, self.sent, self.arguments.get("focus", ""), self.in_conflict)

    @cached_property
    def next_row(self) -> str | None:
        """The address of the row after the open one, or of the first of the list, to be opened; None after the last."""
        after = self.opened.sys_id if self.opened else None
        found = queries.rows(self.task, self.wanted, 1, after=after) if self.standing.may_work else []
        return self.row_address(found[0].sys_id) if found else None

    @cached_property
    def causes(self) -> list[ShownCause]:
        """Why rows need attention."""
        wrong = self.definition and self.standing.counts[WRONG]
        return shown_causes(self.task, self.definition) if self.definition and wrong else []

    @property
    def cause(self) -> ShownCause | None:
        """The cause that the list is narrowed by."""
        mine = {name: self.arguments.get(name, "") for name in ("kind", "value")}
        return next((one for one in self.causes if one.address == mine), None)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What the list can be narrowed by."""
        return kinds(self.causes, self.definition) if self.definition else []

    @property
    def leading_causes(self) -> list[ShownCause]:
        """The few causes that one deed can mend, where that saves work."""
        return [one for one in self.causes if one.is_fixable][:PROPOSED]

    @property
    def loaded(self) -> str:
        """The newest file that was loaded, how many more, when and by whom."""
        loaded = [one.attachment for one in self.files if any(load.rows_total for load in one.loads)]
        if not loaded:
            return ""
        newest, more = loaded[0], len(loaded) - 1
        text = _("%(file)s and %(count)s more", file=newest.file_name, count=more) if more else newest.file_name
        return f"{text} · {datetime_text(newest.sys_created_on)} · {name_of('sys_user', newest.sys_created_by)}"

    @cached_property
    def files(self) -> list[queries.File]:
        """The files of the import, newest first."""
        return queries.files(self.task, self.by)

    def not_loaded(self, chosen: Sequence[str]) -> list[Attachment]:
        """Those of the chosen files that were not loaded meanwhile: a second click loads nothing twice."""
        return [one.attachment for one in self.unloaded if one.attachment.sys_id in chosen]

    def refusals(self, load: ImportSet) -> list[str]:
        """Why a file was refused."""
        return refusals(load)

    @property
    def unloaded(self) -> list[queries.File]:
        """Files that were attached and never loaded."""
        return [one for one in self.files if not one.loads]

    @cached_property
    def publications(self) -> list[ShownPublication]:
        """What was published, newest first."""
        return publications_of(self.task, self.by)

    @property
    def primary(self) -> str:
        """The only filled button; while a row is open that is its Save."""
        return "" if self.row_form else self.standing.next_deed

    def pages(self, current: str) -> list[dict[str, Any]]:
        """The pages of the task, as tabs."""
        named = (("imports.show", _("Data import")), ("lives.show", _("Life")), ("imports.details", _("Details")))
        return [
            {"label": text, "href": url_for(name, sys_id=self.task.sys_id), "current": name == current}
            for name, text in named
        ]

    def row_address(self, row: str, focus: str | None = None) -> str:
        """The address of an open row; the way back to its place in the list goes along."""
        kept: dict[str, Any] = {name: self.arguments.get(name) or None for name in (*_NARROWING, *_PLACE)}
        kept |= {"sys_id": self.task.sys_id, "row": row, "focus": focus, "state": self.standing.state}
        return url_for("imports.row", **kept)

    @property
    def address(self) -> str | None:
        """The address of its form, which its stream belongs to."""
        return form_href(ImportTask, self.task.sys_id)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What happened to the task."""
        return stream.entries(self.task, self.by)

    @property
    def journals(self) -> tuple[str, ...]:
        """The journals the actor may write to."""
        return journals_for(self.task, self.by)
