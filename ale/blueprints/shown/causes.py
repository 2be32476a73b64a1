"""Why rows of an import need attention, as banners: what they share, what was probably meant, one deed for all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

from flask_babel import gettext as _
from flask_babel import ngettext

from ale.domains.imports import queries
from ale.domains.imports.definition import Definition
from ale.domains.imports.grouping import Cause
from ale.domains.imports.records import ImportTask
from ale.domains.imports.suggestions import choices, closest
from ale.domains.imports.values import reference_key
from ale.web.language import label, number

PROPOSED, LONGEST = 3, 48
"""Causes for which a right value is looked for; the others are listed without; and how much of a value is told."""


@dataclass(frozen=True, slots=True)
class ShownCause:
    """A cause in words, put together only where it is shown; `suggestion` is the value that was probably meant.

    `is_there` when the very value exists, for another account than the wrong one of these rows.
    """

    cause: Cause
    definition: Definition
    suggestion: str = ""
    is_there: bool = False

    @property
    def title(self) -> str:
        """What is wrong, with the number of rows."""
        amount = number(self.cause.count)
        rows = ngettext("%(count)s row", "%(count)s rows", self.cause.count, count=amount)
        said = _said(self.cause.rule, self.cause.field, self.cause.value, self.definition)
        return _("%(rows)s: %(cause)s", rows=rows, cause=said)

    @property
    def is_fixable(self) -> bool:
        """Whether one right value mends several rows, which have the same wrong cell."""
        alike = bool(self.cause.value) or self.cause.rule == "mandatory"
        return alike and self.cause.count > 1 and self.cause.field in self.definition.labels and not self.is_there

    @property
    def key(self) -> str:
        """The same on every page that shows this cause, so that its button stays its own when others come or go."""
        return blake2s("\n".join(self.address.values()).encode(), digest_size=5).hexdigest()

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may stand in the cell, where there are only a few values."""
        return [(one, one) for one in choices(self.definition, self.cause.field)]

    @property
    def hint(self) -> str:
        """What was probably meant, and what happens."""
        again = _("Replacing it validates these rows again.")
        if self.is_there:
            return _("It exists in the account of the case: correct the account of these rows first.")
        if not self.is_fixable:
            return _("Correct these rows one by one.")
        return _("Closest: %(value)s.", value=self.suggestion) + " " + again if self.suggestion else again

    @property
    def address(self) -> dict[str, str]:
        """As the filter of the list takes it."""
        return {"kind": kind_of(self.cause), "value": self.cause.value}


def kind_of(cause: Cause) -> str:
    """Rule and field in one word, as it stands in an address."""
    return f"{cause.rule}:{cause.field}"


def shown_causes(task: ImportTask, definition: Definition) -> list[ShownCause]:
    """The causes, most frequent first; for the first few that one value can mend the closest value is looked for."""
    found = [ShownCause(cause, definition) for cause in queries.causes(task)]
    leading = [place for place, one in enumerate(found) if one.is_fixable][: 2 * PROPOSED]
    for place in leading:
        cause = found[place].cause
        meant = closest(definition, cause.field, cause.value)
        there = bool(meant) and reference_key(meant) == reference_key(cause.value)
        found[place] = ShownCause(cause, definition, "" if there else meant, there)
    return found


def kinds(causes: Sequence[ShownCause], definition: Definition) -> list[tuple[str, str]]:
    """What the list can be narrowed by: causes of one rule and field together, with their rows."""
    tally: Counter[tuple[str, str]] = Counter()
    for one in causes:
        tally[one.cause.rule, one.cause.field] += one.cause.count
    return [
        (f"{rule}:{field}", f"{_said(rule, field, '', definition)} ({number(count)})")
        for (rule, field), count in tally.most_common()
    ]


def _said(rule: str, field: str, value: str, definition: Definition) -> str:
    """A cause in words, e.g. Account “Genixfy” not found."""
    if rule == "script":
        return _(value) if value else _("refused by a script")  # the catalogue knows what supplied scripts say
    words = {
        "reference": _("not found"), "choice": _("is not one of the choices"), "date": _("is not a date"),
        "datetime": _("is not a date and time"), "boolean": _("is neither yes nor no"), "number": _("is not a number"),
        "format": _("has the wrong form"), "mandatory": _("is empty"), "length": _("is too long"),
        "duplicate": _("The same key is in more than one row"),
    }  # fmt: skip
    column = label(definition.labels[field]) if field in definition.labels else ""
    short = value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    quoted = _("“%(value)s”", value=short) if value else ""
    return " ".join(filter(None, (column, quoted, words.get(rule, rule))))
