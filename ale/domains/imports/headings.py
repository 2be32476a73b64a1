"""Which column of an import each heading of a file means."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ale.domains.imports.refused import FileRefused, HeadingsUnclear, Refused
from ale.foundation.label import Label

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_MARKED = re.compile(r"\((mandatory|required|obligatoire)\)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of an import: the staging field it fills, and what the template says of it.

    `meanings` are words that stand for one of its choices in anybody's files.
    """

    name: str
    label: Label
    mandatory: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""
    meanings: tuple[tuple[str, str], ...] = ()

    def spellings(self) -> tuple[str, ...]:
        return (self.name, self.name.removeprefix("u_"), *self.label, *self.aliases)


def match_headings(
    headings: Sequence[str], columns: Iterable[Column], *, file: str, line: int = 1, below: Sequence[str] = ()
) -> list[str]:
    """The staging field that each heading fills, in the order of the file; "" where the heading is empty.

    Case, accents, blanks and marks such as "*" do not matter; labels count in both languages. `below` is the first row
    under the headings: it tells a title line or a second heading line. Raises FileRefused with every problem found, as
    HeadingsUnclear where a person can say which column is meant by a heading.
    """
    columns = list(columns)
    fields = _fields(columns)
    names = known_headings(headings, columns)
    _refuse_other_lines(names, headings, [value for value in below if value], fields, file, line)
    problems, seen = [], set()
    for heading, name in zip(headings, names, strict=True):
        if heading and not name:
            problems.append(Refused("unknown", column=heading))
        elif name in seen:
            problems.append(Refused("duplicate", column=heading))
        seen.add(name or None)
    refusal = HeadingsUnclear if problems else FileRefused
    language = _language(headings, columns)
    missing = [column.label.text(language) for column in columns if column.mandatory and column.name not in seen]
    problems += [Refused("missing", column=label) for label in missing]
    if problems:
        raise refusal.because(file, *problems)
    return names


def known_headings(headings: Iterable[str], columns: Iterable[Column]) -> list[str]:
    """The staging field that each heading names by itself; "" where it names none."""
    fields = _fields(columns)
    return [fields.get(heading_key(heading), "") for heading in headings]


def _fields(columns: Iterable[Column]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for column in columns:
        for spelling in column.spellings():
            fields.setdefault(heading_key(spelling), column.name)
    return fields


def _refuse_other_lines(
    names: list[str], headings: Sequence[str], below: list[str], fields: dict[str, str], file: str, line: int
) -> None:
    """Raise FileRefused when the line below the headings is one too, or is the real one."""
    if len(below) < 2 or not all(heading_key(value) in fields for value in below):
        return
    known = sum(map(bool, names))
    if known == sum(map(bool, headings)):
        raise FileRefused.because(file, Refused("two_lines", line=line, next=line + 1))
    if known < len(below):
        raise FileRefused.because(file, Refused("headings_below", line=line))


def _language(headings: Sequence[str], columns: Iterable[Column]) -> str:
    """The language of most headings, so that a missing one is named as its neighbours are."""
    keys = {heading_key(heading) for heading in headings}
    labels = [column.label for column in columns]
    return max(("en", "fr"), key=lambda language: sum(heading_key(label.text(language)) in keys for label in labels))


def heading_key(heading: str) -> str:
    """`heading` without what people change: "* Adresse  e-mail" and "adresse_email" are the same."""
    plain = unicodedata.normalize("NFKD", _MARKED.sub("", heading).casefold())
    return _NOT_ALPHANUMERIC.sub("", "".join(letter for letter in plain if not unicodedata.combining(letter)))
