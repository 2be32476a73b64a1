"""Trying a validation, as its page reads it: the row, its cells to change, the verdict."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from ale.blueprints.shown.staging_rows import CELL, Sentences
from ale.domains.imports.definition import ACCOUNT_COLUMN, definition_of
from ale.domains.imports.records import FieldMap, ImportTask, ValidationAssist
from ale.domains.imports.trying import Sample, columns_of, samples_of, tasks_of, tried
from ale.foundation.actor import Actor
from ale.web.addresses import form_href, list_href
from ale.web.language import locale
from ale.web.values import title_of


@dataclass
class Trial:
    """`given`: row (a staging row to begin with) and the cells as typed; `is_run` when a verdict is asked for."""

    check: ValidationAssist
    by: Actor
    given: Mapping[str, str]
    is_run: bool = False

    @property
    def title(self) -> str:
        """What the validation is called."""
        return title_of(self.check)

    @property
    def crumbs(self) -> list[dict[str, Any]]:
        """Back to the validation."""
        href = form_href(ValidationAssist, self.check.sys_id)
        validations = {"label": _("Validations"), "href": list_href(ValidationAssist)}
        return [validations, {"label": self.title, "href": href}, {"label": _("Test")}]

    @cached_property
    def samples(self) -> list[Sample]:
        """Rows to choose from."""
        return samples_of(self.check.staging_table, self.by)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The same as a select takes them."""
        return [
            (one.row.sys_id, _("%(task)s, line %(line)s", task=one.task.number, line=one.row.line))
            for one in self.samples
        ]

    @cached_property
    def sample(self) -> Sample | None:
        """The row that was chosen."""
        return next((one for one in self.samples if one.row.sys_id == self.given.get("row")), None)

    @cached_property
    def task(self) -> ImportTask | None:
        """The import whose row it is; without a row the newest one that uses the table. None: nothing can be tried."""
        return self.sample.task if self.sample else next(iter(tasks_of(self.check.staging_table, self.by)), None)

    @cached_property
    def cells(self) -> dict[str, str]:
        """The row with what was typed over it."""
        stored = json.loads(self.sample.row.cells) if self.sample else {}
        typed = {name.removeprefix(CELL): text for name, text in self.given.items() if name.startswith(CELL)}
        return stored | typed

    @cached_property
    def columns(self) -> list[FieldMap]:
        """The columns the validation can look at: its own and the account; a script sees all."""
        every = columns_of(self.check.staging_table)
        own = (self.check.staging_field, ACCOUNT_COLUMN)
        return [one for one in every if self.check.validation_type == "record" or one.source_field in own]

    @property
    def fields(self) -> list[dict[str, Any]]:
        """One control for each, as the field macro takes them."""
        return [
            {"name": f"{CELL}{one.source_field}", "value": self.cells.get(one.source_field, ""),
             "label": (one.label_fr or one.label) if locale() == "fr" else one.label}
            for one in self.columns
        ]  # fmt: skip

    @cached_property
    def problems(self) -> list[str]:
        """What the validation says against the row, in words; empty when it passes."""
        if self.task is None:
            return []
        sentences = Sentences(definition_of(self.task))
        return [sentences.full(one) for one in tried(self.check, self.task, self.cells, self.by)]
