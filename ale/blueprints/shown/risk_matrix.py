"""How probable and how pressing the open risks of a list are, as a picture whose cells lead to their signals."""

from dataclasses import dataclass, replace
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func

from ale.domains.onboarding.records import TaskPriority
from ale.domains.signals.records import OVER, Probability, RiskSignal
from ale.foundation.db import session
from ale.foundation.encoded import Condition, parse
from ale.web.filters import encode, narrowed
from ale.web.language import label, number
from ale.web.lists import Listing

_PRESSING, _NOTABLE = 15, 6
"""From these products of both places, 1 to 5, a cell is red, or yellow."""


@dataclass(frozen=True)
class Cell:
    """The signals of one probability and priority: how many, what that means, and their list."""

    count: int
    tone: str
    said: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """A priority with its cells, from the least to the most probable."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class RiskMatrix:
    """The signals of `listing` by priority and probability, whichever of both it is narrowed to.

    Only the open ones, unless the list itself asks for states.
    """

    listing: Listing
    template = "signals/matrix.html"

    @property
    def only_open(self) -> bool:
        """Whether the list leaves it to the picture which states count."""
        groups = parse(self.listing.asked("query")).groups
        return not any(one.path == ("state",) for group in groups for clause in group for one in clause)

    @cached_property
    def _query(self) -> str:
        """What the list asks for, without probability and priority."""
        query = parse(narrowed(self.listing.asked("query"), {"probability": "", "priority": ""}))
        if not self.only_open:
            return encode(query)
        is_open = (Condition(("state",), "NOT IN", ",".join(OVER)),)
        return encode(replace(query, groups=tuple((*group, is_open) for group in query.groups or ((),))))

    @cached_property
    def _counts(self) -> dict[tuple[str, str], int]:
        alike = Listing(RiskSignal, self.listing.by, {"query": self._query, "q": self.listing.asked("q")})
        both = RiskSignal.probability, RiskSignal.priority
        found = session.execute(alike.statement.with_only_columns(*both, func.count()).group_by(*both))
        return {(probability, priority): count for probability, priority, count in found}

    @property
    def total(self) -> int:
        """How many signals stand in it."""
        return sum(self._counts.values())

    @property
    def headings(self) -> list[str]:
        """The probabilities, the lowest first."""
        return [label(one) for one in reversed(Probability)]

    @cached_property
    def lines(self) -> list[Line]:
        """The priorities, the most pressing first."""
        return [
            Line(label(priority), [self._cell(one, priority) for one in reversed(Probability)])
            for priority in TaskPriority
        ]

    def _cell(self, probability: Probability, priority: TaskPriority) -> Cell:
        count = self._counts.get((probability, priority), 0)
        weight = _weight(probability) * _weight(priority)
        tone = "bad" if weight >= _PRESSING else "warn" if weight >= _NOTABLE else "ok"
        query = narrowed(self._query, {"probability": probability.value, "priority": priority.value})
        signals = ngettext("%(count)s signal", "%(count)s signals", count, count=number(count))
        said = _("Priority %(priority)s, probability %(probability)s: %(signals)s", priority=label(priority),
                 probability=label(probability), signals=signals)  # fmt: skip
        return Cell(count, tone, said, self.listing.address(query=query), query == self.listing.asked("query"))


def _weight(one: Probability | TaskPriority) -> int:
    """1 to 5: the more, the more pressing, which is what both choices begin with."""
    return len(type(one)) - list(type(one)).index(one)
