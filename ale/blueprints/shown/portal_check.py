"""What the portal says of a file for an import before it is loaded, and the template to fill in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ale.blueprints.shown.staging_rows import Sentences
from ale.domains.imports.definition import definition_of
from ale.domains.imports.precheck import MOST, Checked, check_file
from ale.domains.imports.records import ImportTask
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, attachments_of
from ale.foundation.problem import Rejected
from ale.foundation.record import Record
from ale.web.language import locale, number

SHOWN = 100
"""Rows with a problem that a page shows."""


@dataclass(frozen=True)
class CheckPage:
    """The check of one file of an import, for `by`."""

    task: ImportTask
    file: Attachment
    by: Actor

    @cached_property
    def _outcome(self) -> tuple[Checked | None, list[str]]:
        try:
            return check_file(self.task, self.file, by=self.by), []
        except Rejected as refused:
            return None, [one.text(_, locale()) or "" for one in refused.problems]

    @property
    def checked(self) -> Checked | None:
        """What was found; None when the file could not be looked at, then `faults` say why."""
        return self._outcome[0]

    @property
    def faults(self) -> list[str]:
        """Why the file could not be looked at."""
        return self._outcome[1]

    @property
    def verdict(self) -> tuple[str, str]:
        """How the whole file looks, and the tone to say it in."""
        checked = self.checked
        if checked is None:
            return "bad", _("This file cannot be loaded as it is.")
        total = number(checked.rows)
        if not checked.wrong:
            return "ok", ngettext("%(count)s row was checked; it is fine.",
                                  "%(count)s rows were checked; all are fine.", checked.rows, count=total)  # fmt: skip
        count = len(checked.wrong)
        return "warn", ngettext("%(count)s of %(total)s rows needs attention.",
                                "%(count)s of %(total)s rows need attention.",
                                count, count=number(count), total=total)  # fmt: skip

    @property
    def lines(self) -> list[tuple[int, list[str]]]:
        """The first rows that need attention, with what is wrong with each."""
        if self.checked is None:
            return []
        sentences = Sentences(definition_of(self.task))
        return [(line, [sentences.full(one) for one in found]) for line, found in self.checked.wrong[:SHOWN]]

    @property
    def notes(self) -> list[str]:
        """What the page leaves out."""
        checked, notes = self.checked, []
        if checked and len(checked.wrong) > SHOWN:
            notes.append(_("The first %(count)s of them are shown.", count=number(SHOWN)))
        if checked and not checked.is_whole:
            notes.append(_("Only the first %(count)s rows were checked.", count=number(MOST)))
        return notes


def checks_of(record: Record, by: Actor) -> Sequence[dict[str, Any]]:
    """The files of an import that can be checked, as links; none of any other record."""
    if not isinstance(record, ImportTask):
        return ()
    files = [one for one in attachments_of(record, by) if one.file_name.casefold().endswith((".xlsx", ".csv"))]
    return [
        {"name": one.file_name, "href": url_for("portal.check", sys_id=record.sys_id, attachment=one.sys_id)}
        for one in files
    ]
