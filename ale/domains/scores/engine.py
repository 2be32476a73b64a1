"""How a health score comes from what was counted, and why two scores differ. Pure, in whole hundredths of a point.

Nothing is rounded on the way but the points of each measure, to hundredths, and the score, to whole points. What the
second rounding adds or takes is a part of its own, so that parts always sum exactly, and a measure that stayed as it
was is never said to have moved the score.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

WHOLE = 10_000
"""The hundredths of a full mark, which are those of a hundred points too."""

Rows = dict[str, dict[str, str]]
"""What counted, by table and sys_id, each with its value."""

Receipts = dict[str, dict[str, Any]]
"""By measure, how it came to its points: rows, raw figure, weight, figures of no and of full marks, mark, points."""

OUTCOMES, TOUCHPOINTS, OVERDUE, RISKS, USAGE = (
    "outcomes_reached", "touchpoints_kept", "overdue_work", "open_risks", "usage",
)  # fmt: skip
_MEANS, _COUNTS = (OUTCOMES, TOUCHPOINTS), (OVERDUE, RISKS)


@dataclass(frozen=True)
class Weight:
    """How much a measure counts, the raw figure that earns nothing and the one that earns full marks."""

    weight: int
    zero: Decimal
    full: Decimal


@dataclass(frozen=True)
class Scored:
    """A score, or None where nothing that counts could be measured, and its receipts."""

    score: int | None
    receipts: Receipts


@dataclass(frozen=True)
class Part:
    """What one measure, or the rounding (empty), holds of two scores, in hundredths of a point."""

    measure: str
    before: int
    after: int

    @property
    def points(self) -> int:
        """What it moved the score by."""
        return self.after - self.before


def raw_figure(measure: str, rows: Rows) -> Decimal | None:
    """The mean or the sum of the values of the rows, to four places; None when there is nothing to measure by."""
    values = [Fraction(value) for group in rows.values() for value in group.values()]
    if not values and measure not in _COUNTS:
        return None
    total = sum(values, Fraction(0))
    return Decimal(_rounded(total * 10_000 / (len(values) if measure in _MEANS else 1))).scaleb(-4).normalize()


def mark(raw: Decimal, weight: Weight) -> int:
    """Where a raw figure lies between no marks (0) and full marks (10,000), whichever of the two is the greater."""
    zero, full = Fraction(weight.zero), Fraction(weight.full)
    return max(0, min(WHOLE, _rounded((Fraction(raw) - zero) * WHOLE / (full - zero))))


def scored(found: Mapping[str, Rows], weights: Mapping[str, Weight]) -> Scored:
    """The score of what was counted; a measure that could not be measured leaves its weight to the others.

    Measures without weight keep their receipts as well, so that other weights can be tried on the same day.
    """
    receipts: Receipts = {}
    for measure in [*found, *(one for one in weights if one not in found)]:
        raw, weight = raw_figure(measure, found.get(measure, {})), weights.get(measure)
        receipts[measure] = {
            "rows": found.get(measure, {}),
            "raw": None if raw is None else f"{raw:f}",
            "weight": weight.weight if weight else 0,
            "zero": f"{weight.zero.normalize():f}" if weight else None,
            "full": f"{weight.full.normalize():f}" if weight else None,
            "mark": mark(raw, weight) if weight and raw is not None else None,
        }
    total = sum(one["weight"] for one in receipts.values() if one["mark"] is not None)
    for one in receipts.values():
        one["points"] = _rounded(Fraction(one["weight"] * one["mark"], total)) if one["mark"] is not None else 0
    return Scored(min(100, _rounded(Fraction(_points(receipts), 100))) if total else None, receipts)


def counted(receipts: Receipts) -> dict[str, Rows]:
    """What counted on the day of these receipts."""
    return {measure: one["rows"] for measure, one in receipts.items()}


def weights_of(receipts: Receipts) -> dict[str, Weight]:
    """The weights of the day of these receipts."""
    return {
        measure: Weight(one["weight"], Decimal(one["zero"]), Decimal(one["full"]))
        for measure, one in receipts.items()
        if one["weight"]
    }


def recomputed(receipts: Receipts) -> Scored:
    """The score once more, from what counted and the weights of its day alone."""
    return scored(counted(receipts), weights_of(receipts))


def parts(before: Scored, after: Scored) -> list[Part]:
    """Why two scores differ: one part for each measure that counts in either, then the rounding; they sum exactly."""
    measures = dict.fromkeys([*_counting(before.receipts), *_counting(after.receipts)])
    return [
        *(Part(one, _of(before.receipts, one), _of(after.receipts, one)) for one in measures),
        Part("", rounding(before), rounding(after)),
    ]


def rounding(one: Scored) -> int:
    """The hundredths that rounding to whole points added to a score, or took from it."""
    return (one.score or 0) * 100 - _points(one.receipts)


def _counting(receipts: Receipts) -> Iterable[str]:
    return (measure for measure, one in receipts.items() if one["weight"])


def _of(receipts: Receipts, measure: str) -> int:
    return int(receipts[measure]["points"]) if measure in receipts else 0


def _points(receipts: Receipts) -> int:
    return sum(one["points"] for one in receipts.values())


def _rounded(value: Fraction) -> int:
    """The nearest whole number, halves up."""
    return int((2 * value + 1) // 2)
