"""The life of an import as one set of tables: its page shows them, its report holds the same as sheets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from ale.blueprints.shown.import_task import ImportPage
from ale.blueprints.shown.publications import ShownPublication
from ale.domains.imports import queries
from ale.domains.imports.moments import Conservation, conservation_of, moments_of
from ale.domains.imports.remembered import PERSON, REMEMBERED, TEMPLATE
from ale.domains.imports.staging import ImportSet
from ale.foundation.reading import name_of, names_of
from ale.web.language import datetime_text, label, number

MOST = 200
"""Moments and causes that are told; of more the last and the most frequent."""

Cell = str | int


@dataclass(frozen=True)
class Told:
    """One table: `columns` are (heading, whether numbers), `links` leads from the first cell of a row to its page."""

    name: str
    title: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
    links: Sequence[str | None] = ()
    nothing: str = ""

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The columns as the table macro takes them."""
        return [{"label": heading, "number": is_number} for heading, is_number in self.columns]

    def link(self, place: int) -> str | None:
        """Where the first cell of a row leads."""
        return self.links[place] if self.links else None


@dataclass
class LifePage:
    """One import from its first file to now."""

    shell: ImportPage

    @cached_property
    def sum(self) -> Conservation:
        """What its files gave and where that is."""
        return conservation_of(self.shell.task.sys_id)

    @property
    def adds_up(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.sum.read == self.sum.accounted

    @property
    def sentence(self) -> str:
        """The sum in words."""
        told = {name: number(value) for name, value in vars(self.sum).items()}
        return _(
            "%(read)s read = %(ready)s ready + %(attention)s needing attention + %(unvalidated)s yet to validate"
            " + %(published)s published + %(discarded)s discarded",
            **told,
        )

    @cached_property
    def tables(self) -> list[Told]:
        """Files, columns, moments, causes and publications."""
        return [self._files(), self._columns(), self._moments(), self._causes(), self._publications()]

    def sheets(self) -> Iterator[tuple[str, list[Sequence[Cell]]]]:
        """The report: the sum, then the tables, each with its headings."""
        task = self.shell.task
        facts = [(_("Import"), task.number), (_("About"), self.shell.title)]
        facts += [(str(one["label"]), str(one["value"] or "")) for one in self.shell.facts]
        yield _("Summary"), [*facts, ("", ""), *self._amounts()]
        for one in self.tables:
            yield one.title, [[heading for heading, _is_number in one.columns], *one.rows]

    def _amounts(self) -> list[Sequence[Cell]]:
        words = [heading for heading, _is_number in _amount_columns()]
        return [
            *zip(words, _amounts(self.sum), strict=True),
            (_("The numbers add up"), _("Yes") if self.adds_up else _("No")),
        ]

    @cached_property
    def _loads(self) -> list[tuple[Any, ImportSet]]:
        """Each load with its file, oldest first."""
        pairs = [(file.attachment, load) for file in self.shell.files for load in file.loads]
        return sorted(pairs, key=lambda pair: pair[1].sys_id)

    def _files(self) -> Told:
        by_load = queries.counts_by_load(self.shell.task, [load for _file, load in self._loads])
        people = names_of("sys_user", {file.sys_created_by for file, _load in self._loads})
        rows, links = [], []
        for file, load in self._loads:
            counts = by_load[load.sys_id]
            who = people.get(file.sys_created_by, "ALE")
            amounts = (load.rows_total, *counts.values(), load.rows_discarded)
            rows.append((file.file_name, who, datetime_text(file.sys_created_on), label(load.state), *_ordered(amounts),
                         file.sha256))  # fmt: skip
            links.append(url_for("imports.file", sys_id=self.shell.task.sys_id, attachment=file.sys_id))
        columns = [(_("File"), False), (_("Uploaded by"), False), (_("When"), False), (_("State"), False)]
        return Told(
            "files", _("Files"), [*columns, *_amount_columns(), ("SHA-256", False)], rows, links, _("No file yet.")
        )

    def _columns(self) -> Told:
        labels = self.shell.definition.labels if self.shell.definition else {}
        rows: list[Sequence[Cell]] = []
        for _file, load in self._loads:
            told = load.mapping or {"headings": [], "columns": [], "values": {}, "how": ""}
            if told["how"] == TEMPLATE and not told["values"]:
                rows.append((load.file_name, _("all"), _("as in the template"), "", _how(told)))
                continue
            for heading, name in zip(told["headings"], told["columns"], strict=True):
                goes_to = label(labels[name]) if name in labels else name or _("not imported")
                meant = ", ".join(f"{text} → {value}" for text, value in told["values"].get(name, {}).items())
                rows.append((load.file_name, heading, goes_to, meant, _how(told)))
        columns = [_("File"), _("Heading"), _("Goes to"), _("Values"), _("Decided")]
        nothing = _("No file was loaded since columns are kept.")
        return Told("columns", _("Columns of the files"), [(one, False) for one in columns], rows, (), nothing)

    def _moments(self) -> Told:
        found = moments_of(self.shell.task, MOST)
        people = names_of("sys_user", {one.actor for one in found})
        rows = [
            (datetime_text(one.at), people.get(one.actor, "ALE"), _deed(one.deed), one.about or "",
             one.rows_read, one.rows_ready, one.rows_attention, one.rows_to_validate, one.rows_published,
             one.rows_discarded)
            for one in found
        ]  # fmt: skip
        columns = [(_("When"), False), (_("Who"), False), (_("What"), False), (_("About"), False)]
        return Told("moments", _("Over time"), [*columns, *_amount_columns()], rows, (), _("Nothing happened yet."))

    def _causes(self) -> Told:
        found = self.shell.causes[:MOST]
        links = [self.shell.at(state="needs_attention", **one.address) for one in found]
        rows = [(one.title, one.cause.count) for one in found]
        return Told("causes", _("Problems by cause"), [(_("Cause"), False), (_("Rows"), True)], rows, links,
                    _("No row needs attention."))  # fmt: skip

    def _publications(self) -> Told:
        found = list(reversed(self.shell.publications))
        rows = [(one.title, one.when, one.badge[0], one.came_of_it, _undone(one)) for one in found]
        columns = [_("Publication"), _("When"), _("State"), _("What came of it"), _("Undone")]
        return Told("publications", _("Publications"), [(one, False) for one in columns], rows,
                    [one.at() for one in found], _("Nothing is published yet"))  # fmt: skip


def _amount_columns() -> list[tuple[str, bool]]:
    words = (_("Read"), _("Ready"), _("Needs attention"), _("Yet to validate"), _("Published"), _("Discarded"))
    return [(word, True) for word in words]


def _amounts(one: Conservation) -> tuple[int, ...]:
    return (one.read, one.ready, one.attention, one.unvalidated, one.published, one.discarded)


def _ordered(amounts: Sequence[int]) -> tuple[int, ...]:
    """Read, then the states as the columns have them: the counters begin with what is yet to validate."""
    read, unvalidated, attention, ready, published, discarded = amounts
    return (read, ready, attention, unvalidated, published, discarded)


def _undone(one: ShownPublication) -> str:
    """What an undo came to, or that there can be one."""
    return one.taken_back or (_("can be undone") if one.can_undo else "")


def _how(told: dict[str, Any]) -> str:
    """Who or what decided which columns a file has."""
    if told["how"] == PERSON:
        return name_of("sys_user", told["by"]) or "ALE"
    return {TEMPLATE: _("by the template"), REMEMBERED: _("as last time")}.get(told["how"], "")


def _deed(deed: str) -> str:
    """What was done, in a word."""
    return {
        "import.load": _("Files read"), "import.validate": _("Rows validated"), "import.repair": _("Rows corrected"),
        "import.publish": _("Rows published"), "import.undo": _("Publication undone"),
        "import.redo": _("Publication redone"), "discard": _("Rows discarded"), "restart": _("Started anew"),
        "match": _("Columns matched"),
    }.get(deed, deed)  # fmt: skip
