"""The rows of one list of an import, as their templates read them: cells with what is wrong under them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from ale.domains.imports.definition import Definition
from ale.domains.imports.headings import Column
from ale.domains.imports.queries import problems_of
from ale.domains.imports.records import ImportTask
from ale.domains.imports.staging import StagingRow
from ale.domains.imports.suggestions import choices
from ale.domains.imports.validation import MESSAGES, Stored, message
from ale.foundation.record import table_name
from ale.web.addresses import record_href
from ale.web.language import label, locale

_RIGHT = ("integer_or_decimal", "date", "datetime")  # kinds of columns whose values stand at the right
_YES_NO = ("yes", "no")
CELL = "cell-"
"""Begins the names of the fields of an open row, so that no column clashes with what else is sent."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row: `errors` are the sentences under it."""

    name: str
    text: str
    errors: list[str]
    number: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells, what is wrong with it as a whole, and the record it was published to."""

    key: str
    number: int
    file: str
    cells: list[Cell]
    notes: list[str]
    version: int
    target_href: str | None


class Sentences:
    """Says stored problems in the reader's language."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    def full(self, problem: Stored) -> str:
        """With the name of the column."""
        heading = self._definition.labels.get(problem["field"])
        return self._said(problem, label(heading) if heading else "")

    def short(self, problem: Stored) -> str:
        """Without it, for it stands above; with the choices there are."""
        said = self._said(problem, "").lstrip(" :\u00a0\u202f")
        if not said.startswith(str(problem["params"].get("value", ""))) or not problem["params"].get("value"):
            said = said[:1].upper() + said[1:]
        allowed = choices(self._definition, problem["field"]) if problem["rule"] == "choice" else []
        return f"{said} {_('Choose one of %(choices)s.', choices=', '.join(allowed))}" if allowed else said

    def _said(self, problem: Stored, heading: str) -> str:
        if problem["code"] == "VAL_RECORD" and (words := problem["params"]["message"]):
            return str(_(words))  # an administrator's own words; the catalogue knows those of supplied scripts
        if problem["code"] in MESSAGES:
            return message(problem, heading, locale())
        params = {name: _in_language(one) for name, one in problem["params"].items()}
        sentence = problem["message"]
        return str(_(sentence)).format(**params)


def _in_language(value: Any) -> Any:
    """A label among the parameters of a business rule is kept as its two texts."""
    return value[locale() == "fr"] if isinstance(value, list) and len(value) == 2 else value


@dataclass
class StagingTable:
    """Rows of a task under the headings of its import; `files` names the file of each import set."""

    task: ImportTask
    definition: Definition
    rows: Sequence[StagingRow]
    files: Mapping[str, str]

    @cached_property
    def sentences(self) -> Sentences:
        return Sentences(self.definition)

    @cached_property
    def _right(self) -> set[str]:
        return {one.field for one in self.definition.validations if one.sub_type in _RIGHT}

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of the import; where something is wrong, the key and the wrong ones stand first to be seen."""
        wrong = {one["field"] for row in self.rows for one in problems_of(row, self.definition.key_field)}
        first = wrong & self.definition.labels.keys() and wrong | {self.definition.key_field}
        return sorted(self.definition.columns, key=lambda one: one.name not in first)

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The columns as the table macro takes them."""
        shown = [{"label": label(one.label), "number": one.name in self._right} for one in self.columns]
        return [{"label": _("Line"), "number": True}, *shown]

    @cached_property
    def lines(self) -> list[Line]:
        """The rows."""
        return [self.line(row) for row in self.rows]

    def line(self, row: StagingRow) -> Line:
        """One row; a problem of no column that is shown belongs to the row."""
        texts = json.loads(row.cells)
        found = problems_of(row, self.definition.key_field)
        cells = [
            Cell(
                name=one.name,
                text=texts.get(one.name, ""),
                errors=[self.sentences.short(problem) for problem in found if problem["field"] == one.name],
                number=one.name in self._right,
            )
            for one in self.columns
        ]
        notes = [self.sentences.full(one) for one in found if one["field"] not in self.definition.labels]
        file = self.files.get(row.import_set, "") if len(self.files) > 1 else ""
        target = record_href(table_name(self.definition.target), row.target_record)
        return Line(row.sys_id, row.line, file, cells, notes, row.version, target)


@dataclass
class RowForm:
    """The form of one row, open in its place; `sent` is what was typed, `stored_now` what somebody else stored."""

    table: StagingTable
    row: StagingRow
    sent: Mapping[str, str] | None = None
    focus: str = ""
    in_conflict: bool = False

    @cached_property
    def line(self) -> Line:
        """The row as it is stored."""
        return self.table.line(self.row)

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """One control for each column, as the field macro takes them; the first wrong one has the focus."""
        wrong = next((one.name for one in self.line.cells if one.errors), self.line.cells[0].name)
        return [self._control(cell, cell.name == (self.focus or wrong)) for cell in self.line.cells]

    def _control(self, cell: Cell, has_focus: bool) -> dict[str, Any]:
        column = next(one for one in self.table.definition.columns if one.name == cell.name)
        typed = self.sent.get(f"{CELL}{cell.name}", cell.text) if self.sent is not None else cell.text
        differs = self.in_conflict and typed != cell.text
        hint = _("Stored now: %(value)s", value=cell.text or "–") if differs else None
        listed = {"list": f"list-{cell.name}"} if self.options.get(cell.name) else {}
        return {
            "name": f"{CELL}{cell.name}", "label": label(column.label), "value": typed, "required": column.mandatory,
            "error": " ".join(cell.errors) or None, "hint": hint,
            "attrs": listed | ({"autofocus": ""} if has_focus else {}),
        }  # fmt: skip

    @cached_property
    def options(self) -> dict[str, list[str]]:
        """What may be chosen, by column: offered while typing, so that a wrong value stays to be seen."""
        checks = self.table.definition.validations
        offered = {one.field: list(one.choices) for one in checks if one.sub_type == "choice"}
        return offered | {one.field: list(_YES_NO) for one in checks if one.sub_type == "boolean"}
