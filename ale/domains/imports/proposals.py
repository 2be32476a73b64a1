"""Which column each heading of a file probably means, and which choice each value: by memory, name, likeness, content.

Pure. A proposal is nothing but that: a person sees and confirms it before anything is loaded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice

from ale.domains.imports.grouping import Speller
from ale.domains.imports.headings import Column, heading_key
from ale.domains.imports.surveying import Surveyed
from ale.domains.imports.synonyms import concepts, usual_meaning
from ale.domains.imports.values import FALSE_WORDS, TRUE_WORDS, Choices, reader, reference_key

BOOLEANS: Choices = {"true": sorted(TRUE_WORDS), "false": sorted(FALSE_WORDS)}
LEAVE_OUT = ""
"""The column of a heading that is not imported."""

_TELLING = ("email", "url", "datetime", "date", "choice", "boolean")
"""Kinds of columns that are known by what stands in them, the clearest first."""

_ALIKE = 0.72  # of 1; "Téléphone fixe" and "Téléphone" have 0.82
_MOST = 0.8  # of the values of a column fit what it is taken for
_LOOKED_AT = 40
_OFFERED = {"remembered": 4.0, "name": 3.0, "synonym": 2.0}


@dataclass(frozen=True)
class Asked:
    """A column of the import and the kind of values that it takes; `choices` where these are few."""

    column: Column
    kind: str = ""
    date_format: str = ""
    choices: Choices = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its staging field."""
        return self.column.name

    @property
    def reads(self) -> Callable[[str], object]:
        """Reads a text as a value of the column; ValueError where it is none."""
        return reader(self.kind, date_format=self.date_format, choices=self.choices)

    @property
    def meanings(self) -> Choices:
        """The values that may stand in the column, where these are few."""
        return BOOLEANS if self.kind == "boolean" else self.choices


@dataclass(frozen=True)
class Proposal:
    """The column that a heading probably means, and by what: remembered, name, synonym, alike, content or nothing."""

    column: str = LEAVE_OUT
    why: str = ""


def propose(
    asked: Sequence[Asked], found: Sequence[Surveyed], remembered: Mapping[str, str] | None = None
) -> list[Proposal]:
    """A proposal for each heading; no column is proposed twice. `remembered` is column by `heading_key`."""
    remembered = remembered or {}
    names = {one.name for one in asked}
    chosen: dict[int, Proposal] = {}
    for place, one in enumerate(found):
        known = remembered.get(heading_key(one.heading))
        if known == LEAVE_OUT or not one.heading:
            chosen[place] = Proposal(LEAVE_OUT, "remembered" if one.heading else "")
    offers = [
        (score, -place, -order, wanted.name, why)
        for place, one in enumerate(found)
        if place not in chosen
        for order, wanted in enumerate(asked)
        for score, why in [_likeness(one, wanted, remembered.get(heading_key(one.heading)))]
        if score
    ]
    for _score, place, _order, name, why in sorted(offers, reverse=True):
        if -place not in chosen and name in names:
            chosen[-place] = Proposal(name, why)
            names.discard(name)
    for place in range(len(found)):
        if place not in chosen and (content := _by_content(found[place], [one for one in asked if one.name in names])):
            chosen[place] = Proposal(content, "content")
            names.discard(content)
    return [chosen.get(place, Proposal()) for place in range(len(found))]


def _likeness(one: Surveyed, wanted: Asked, remembered: str | None) -> tuple[float, str]:
    """How much speaks for a column by its name, and what; 0 where nothing does or the values speak against it."""
    if remembered == wanted.name:
        return _OFFERED["remembered"], "remembered"
    spelled = [heading_key(text) for text in wanted.column.spellings()]
    key = heading_key(one.heading)
    if key in spelled:
        return _OFFERED["name"], "name"
    if wanted.kind in _TELLING and one.filled and _fitting(one, wanted) == 0:
        return 0, ""
    if concepts(one.heading) & frozenset().union(*map(concepts, wanted.column.spellings())):
        return _OFFERED["synonym"], "synonym"
    alike = max(_alike(key, other) for other in spelled)
    return (alike, "alike") if alike >= _ALIKE else (0, "")


def _alike(key: str, other: str) -> float:
    """How alike two headings are; what is so unlike that it does not matter is not compared letter by letter."""
    pair = SequenceMatcher(None, key, other, autojunk=False)
    return pair.ratio() if pair.real_quick_ratio() >= _ALIKE <= pair.quick_ratio() else 0.0


def _by_content(one: Surveyed, left: Sequence[Asked]) -> str:
    """The only column of the clearest kind that takes nearly all the values; "" where none or several do."""
    for kind in _TELLING if one.filled else ():
        fit = [wanted.name for wanted in left if wanted.kind == kind and _fitting(one, wanted) >= _MOST]
        if fit:
            return fit[0] if len(fit) == 1 else ""
    return ""


def _fitting(one: Surveyed, wanted: Asked) -> float:
    """The share of values that the column takes, or that probably mean one of its choices."""
    texts = list(islice(one.values, _LOOKED_AT)) if one.values else one.samples
    fit = sum(_reads(wanted, text) or bool(wanted.meanings and meaning(text, wanted.meanings)) for text in texts)
    return fit / len(texts) if texts else 0.0


def _reads(wanted: Asked, text: str) -> bool:
    try:
        wanted.reads(text)
    except ValueError:
        return False
    return True


def unread(one: Surveyed, wanted: Asked) -> list[str]:
    """The values of a column that the import does not read by itself, where they may be said to mean a choice."""
    if not wanted.meanings or one.values is None:
        return []
    return [text for text in one.values if not _reads(wanted, text)]


def meaning(text: str, choices: Choices) -> str:
    """The choice that a text probably stands for; "" where none is likely."""
    spelled = {heading_key(word): value for value, words in choices.items() for word in (value, *words)}
    key = heading_key(text)
    if key and key in spelled:
        return spelled[key]
    if (usual := usual_meaning(text)) in choices:
        return usual
    stem = text.replace("_", "-").partition("-")[0].strip().casefold()  # en-US
    if len(stem) == 2 and stem in choices:
        return stem
    words = {word: value for value, others in choices.items() for word in (value, *others) if len(word) > 3}
    return words.get(Speller(words).suggest(text), "")


def readable(meanings: Iterable[tuple[str, str]], wanted: Asked) -> dict[str, str]:
    """Meanings by `reference_key`, only those that are needed and lead to a choice that there is."""
    return {
        reference_key(text): value for text, value in meanings if value in wanted.meanings and not _reads(wanted, text)
    }
