"""Problems by their cause: what many rows have in common is mended once, and a likely right value is proposed. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from ale.domains.imports.values import reference_key

_BY_FIELD = frozenset({"mandatory", "length", "duplicate"})
"""Rules whose cause is the column: the values are empty, or each is wrong in its own way."""

_SHORTLIST = 20
_ALIKE = 0.75  # of 1; "Genixfy" and "Genixify" have 0.93


@dataclass(frozen=True)
class Cause:
    """What `count` rows share; `value` is how most of them spell it, "" where the cause is the column itself."""

    rule: str
    field: str
    value: str
    count: int
    suggestion: str = ""


def group(
    found: Iterable[tuple[str, str, str, int]], known: Callable[[str, str], Collection[str]] = lambda rule, field: ()
) -> list[Cause]:
    """The causes behind (rule, field, value, rows), most rows first; for a script the value is its message.

    Spellings that differ in case or blanks only are one cause. `known(rule, field)` gives the values that would be
    right, from which one is proposed.
    """
    spellings: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for rule, field, value, count in found:
        value = "" if rule in _BY_FIELD else value
        spellings[rule, field, reference_key(value)][value] += count
    guides: dict[tuple[str, str], Speller] = {}
    causes = []
    for (rule, field, _), counts in spellings.items():
        value = counts.most_common(1)[0][0]
        guide = guides.get((rule, field)) or guides.setdefault((rule, field), Speller(known(rule, field)))
        causes.append(Cause(rule, field, value, counts.total(), guide.suggest(value)))
    return sorted(causes, key=lambda cause: (-cause.count, cause.field, cause.rule, cause.value))


class Speller:
    """Knows right values and finds the one that a wrong value was probably meant to be."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = list(dict.fromkeys(known))
        self._keys = [reference_key(value) for value in self._known]
        self._having: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self._keys):
            for pair in _pairs(key):
                self._having[pair].append(number)

    def suggest(self, value: str) -> str:
        """The known value most like `value`, "" when none is like it."""
        key = reference_key(value)
        shared = Counter(number for pair in _pairs(key) for number in self._having.get(pair, ()))
        best, likeness = "", _ALIKE
        for number, _ in shared.most_common(_SHORTLIST):
            alike = SequenceMatcher(None, key, self._keys[number], autojunk=False).ratio()
            if alike > likeness:
                best, likeness = self._known[number], alike
        return best


def _pairs(key: str) -> set[str]:
    """Neighbouring letters, the ends counting as one."""
    framed = f"\x02{key}\x03"
    return {framed[start : start + 2] for start in range(len(framed) - 1)} if key else set()
