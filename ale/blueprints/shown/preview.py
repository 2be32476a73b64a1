"""What publishing would do, as its page and its file show it: each row with the fields that would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from ale.blueprints.shown.staging_rows import Sentences
from ale.domains.imports import previewing
from ale.domains.imports.definition import definition_of
from ale.domains.imports.previewing import CONFLICT, EVENTS, Foreseen, Preview
from ale.domains.imports.publisher import refusal
from ale.domains.imports.records import ImportTask
from ale.foundation.actor import Actor
from ale.foundation.field import Field, fields_of
from ale.foundation.reading import Displays, names_of
from ale.foundation.record import RECORDS
from ale.web.addresses import record_href
from ale.web.language import label
from ale.web.values import text_of

MOST = 100
"""Rows that the page lists of one kind; the file has all."""


@dataclass(frozen=True)
class Line:
    """One row: its line, what the record is called and where it is, what would change, what stands against it."""

    line: int
    event: str
    title: str
    href: str | None
    changes: Sequence[tuple[str, str, str]]
    why: str


@dataclass
class PreviewPage:
    """The preview of all ready rows of an import; `arguments` of its address: event, the kind that is listed."""

    task: ImportTask
    by: Actor
    arguments: Mapping[str, str]
    _firsts: dict[str, list[Foreseen]] = field(default_factory=lambda: {event: [] for event in EVENTS})

    @property
    def crumbs(self) -> list[dict[str, Any]]:
        """Back to the import."""
        back = {"label": self.task.number, "href": url_for("imports.show", sys_id=self.task.sys_id)}
        return [{"label": _("Imports"), "href": url_for("imports.index")}, back, {"label": _("Preview")}]

    @cached_property
    def counts(self) -> Preview:
        """How many of each kind, and the token for publishing just that."""
        return previewing.preview(self.task, "all", by=self.by, shown=self._keep)

    def _keep(self, one: Foreseen) -> None:
        if len(self._firsts[one.event]) < MOST:
            self._firsts[one.event].append(one)

    @property
    def amounts(self) -> dict[str, int]:
        """How many rows of each kind."""
        seen = self.counts
        return dict(zip(EVENTS, (seen.created, seen.updated, seen.unchanged, seen.conflict), strict=True))

    @property
    def total(self) -> int:
        """All rows that are ready."""
        return sum(self.amounts.values())

    @property
    def event(self) -> str:
        """The kind that is listed: the one asked for, else the first that has rows, conflicts before others."""
        asked = self.arguments.get("event", "")
        if asked in EVENTS:
            return asked
        return next((one for one in (CONFLICT, "save", "create") if self.amounts[one]), "none")

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The kinds with their counts."""
        return [
            {"label": called(event), "count": count, "current": event == self.event,
             "href": url_for("previews.show", sys_id=self.task.sys_id, event=event)}
            for event, count in self.amounts.items()
        ]  # fmt: skip

    @cached_property
    def lines(self) -> list[Line]:
        """The first rows of the kind."""
        wanted = self.event  # which reads all rows
        return list(self._shown(self._firsts[wanted]))

    @property
    def can_publish(self) -> bool:
        """Whether there is anything that publishing would do."""
        return bool(self.amounts["create"] or self.amounts["save"] or self.amounts["none"])

    def rows(self) -> Iterator[list[Any]]:
        """Everything, for a file: one row for each field that would change, or for each problem."""
        yield [_("Line"), _("What happens"), _("Record"), _("Field"), _("Before"), _("After"), _("Problem")]
        some: list[Foreseen] = []
        for one in previewing.look(self.task, "all", by=self.by):
            some.append(one)
            if len(some) == MOST:
                yield from self._flat(some)
                some = []
        yield from self._flat(some)

    def _flat(self, some: Sequence[Foreseen]) -> Iterator[list[Any]]:
        for line in self._shown(some):
            begin = [line.line, called(line.event), line.title]
            for name, old, new in line.changes or (("", "", ""),):
                yield [*begin, name, old, new, line.why]

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(definition_of(self.task))

    def _shown(self, some: Sequence[Foreseen]) -> Iterator[Line]:
        """Rows as they are read; the records they refer to are named with one statement for each table."""
        target = RECORDS[str(self.task.target_table)]
        known = fields_of(target)
        names = self._names(some, known)
        for one in some:
            values = one.draft.after if one.draft else one.candidate.values
            key = one.draft.sys_id if one.draft and one.draft.before is not None else None
            yield Line(
                line=one.line,
                event=one.event,
                title=str(values.get(target.__sheet__.display) or ""),
                href=record_href(self.task.target_table, key) if key else None,
                changes=[
                    (label(known[name].label), text_of(known[name], old, names), text_of(known[name], new, names))
                    for name, (old, new) in one.differences.items()
                    if not known[name].facts.hidden
                ],
                why=" ".join(self._sentences.full(problem) for problem in self._problems(one)),
            )

    def _problems(self, one: Foreseen) -> Sequence[Any]:
        drafted = one.draft.problems if one.draft else ()
        return [*one.candidate.problems, *(refusal(self._columns, each) for each in drafted)]

    @cached_property
    def _columns(self) -> dict[str, str]:
        return {each.target.name: each.column for each in definition_of(self.task).transfers}

    def _names(self, some: Sequence[Foreseen], known: Mapping[str, Field]) -> Displays:
        wanted: dict[str, set[str]] = {}
        for one in some:
            for name, pair in one.differences.items():
                if known[name].to:
                    keys = [key for value in pair for key in (value if isinstance(value, list) else [value]) if key]
                    wanted.setdefault(str(known[name].to), set()).update(keys)
        return {(table, key): text for table, keys in wanted.items() for key, text in names_of(table, keys).items()}


def called(event: str) -> str:
    """What a kind is called."""
    return {
        "create": _("Created"), "save": _("Updated"), "none": _("Unchanged"), CONFLICT: _("Conflict"),
    }[event]  # fmt: skip
