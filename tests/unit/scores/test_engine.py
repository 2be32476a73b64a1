"""A score is what its receipts give, on every day; and two scores differ by exactly what their parts say."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from ale.domains.scores import engine
from ale.domains.scores.engine import OUTCOMES, OVERDUE, RISKS, TOUCHPOINTS, Rows, Scored, Weight

MANY = 10_000
MEASURES = (OUTCOMES, TOUCHPOINTS, OVERDUE, RISKS, "usage:active_users", "usage:logins")


def rows(*values: str) -> Rows:
    """Rows of one table with these values."""
    return {"table": {f"row{number}": value for number, value in enumerate(values)}}


def weight(share: int, zero: str = "0", full: str = "100") -> Weight:
    return Weight(share, Decimal(zero), Decimal(full))


def score(found: dict[str, Rows], weights: dict[str, Weight]) -> int | None:
    return engine.scored(found, weights).score


def figure(chance: random.Random) -> str:
    """A whole number or one with up to four places, of any size and sign."""
    return str(Decimal(chance.randint(-(10**6), 10**6)).scaleb(-chance.randint(0, 4)))


def days() -> Iterator[tuple[dict[str, Rows], dict[str, Weight]]]:
    """What counted on a day and the weights of it, anything that can be; the same in every run."""
    chance = random.Random(71)
    for _number in range(MANY):
        found = {one: rows(*(figure(chance) for _ in range(chance.randint(0, 4))))
                 for one in MEASURES if chance.random() < 0.8}  # fmt: skip
        weights = {}
        for one in MEASURES:
            zero, full = figure(chance), figure(chance)
            if chance.random() < 0.8 and Decimal(zero) != Decimal(full):
                weights[one] = weight(chance.randint(1, 1000), zero, full)
        yield found, weights


def stored(one: Scored) -> Any:
    """Receipts as they come back from the database."""
    return json.loads(json.dumps(one.receipts))


def test_any_day_recomputes_from_its_receipts_to_the_stored_score() -> None:
    scores = set()
    for found, weights in days():
        made = engine.scored(found, weights)
        assert made.score is None or 0 <= made.score <= 100
        assert engine.recomputed(stored(made)) == made
        scores.add(made.score)
    assert len(scores) > 90


def test_parts_sum_exactly_to_the_difference_of_any_two_days() -> None:
    before = Scored(None, {})
    moved = set()
    for found, weights in days():
        after = engine.scored(found, weights)
        parts = engine.parts(replace(before, receipts=stored(before)), replace(after, receipts=stored(after)))
        assert sum(one.before for one in parts) == (before.score or 0) * 100
        assert sum(one.after for one in parts) == (after.score or 0) * 100
        assert sum(one.points for one in parts) == ((after.score or 0) - (before.score or 0)) * 100
        assert abs(parts[-1].before) <= 50
        moved.add((after.score or 0) - (before.score or 0))
        before = after
    assert {-100, 0, 100} <= moved


def test_what_stayed_as_it_was_moved_nothing() -> None:
    chance = random.Random(62)
    for found, weights in islice(days(), 1_000):
        if OUTCOMES not in found or not found[OUTCOMES]["table"]:
            continue
        before = engine.scored(found, weights)
        changed = {key: value if value != "0" else "1" for key, value in found[OUTCOMES]["table"].items()}
        changed["row0"] = figure(chance)
        after = engine.scored(found | {OUTCOMES: {"table": changed}}, weights)
        others = [one for one in engine.parts(before, after) if one.measure not in (OUTCOMES, "")]
        assert all(one.points == 0 for one in others)


def test_each_measure_earns_its_share() -> None:
    found = {OUTCOMES: rows("40", "80"), OVERDUE: rows("1", "1")}
    made = engine.scored(found, {OUTCOMES: weight(60), OVERDUE: weight(40, "10", "0")})
    assert [one["raw"] for one in made.receipts.values()] == ["60", "2"]
    assert [one["mark"] for one in made.receipts.values()] == [6000, 8000]
    assert [one["points"] for one in made.receipts.values()] == [3600, 3200]
    assert made.score == 68


@pytest.mark.parametrize(
    ("raw", "zero", "full", "expected"),
    [("50", "0", "100", 5000), ("-5", "0", "100", 0), ("120", "0", "100", 10000), ("0", "10", "0", 10000),
     ("3", "10", "0", 7000), ("12", "10", "0", 0), ("1", "0", "3", 3333), ("2", "0", "3", 6667),
     ("0.0001", "0", "2", 1), ("0.00005", "0", "1", 1)],
)  # fmt: skip
def test_a_figure_is_marked_between_none_and_all(raw: str, zero: str, full: str, expected: int) -> None:
    assert engine.mark(Decimal(raw), weight(1, zero, full)) == expected


def test_what_cannot_be_measured_leaves_its_weight_to_the_others() -> None:
    weights = {OUTCOMES: weight(50), TOUCHPOINTS: weight(50), "usage:logins": weight(900)}
    assert score({OUTCOMES: rows("80"), TOUCHPOINTS: rows()}, weights) == 80
    assert score({OUTCOMES: rows("80"), TOUCHPOINTS: rows("0")}, weights) == 40
    assert score({}, weights) is None


def test_no_late_work_and_no_risk_are_measured_too() -> None:
    made = engine.scored({OVERDUE: {}, RISKS: {}}, {OVERDUE: weight(1, "5", "0"), RISKS: weight(1, "5", "0")})
    assert (made.score, [one["points"] for one in made.receipts.values()]) == (100, [5000, 5000])


def test_what_has_no_weight_keeps_its_receipts_for_a_trial() -> None:
    made = engine.scored({OUTCOMES: rows("80"), RISKS: rows("3")}, {OUTCOMES: weight(1)})
    assert (made.score, made.receipts[RISKS]["points"]) == (80, 0)
    assert score(engine.counted(made.receipts), {RISKS: weight(1, "4", "0")}) == 25
    assert [one.measure for one in engine.parts(made, made)] == [OUTCOMES, ""]


def test_rounding_is_a_part_of_its_own() -> None:
    found = {OUTCOMES: rows("50"), TOUCHPOINTS: rows("51")}
    made = engine.scored(found, {OUTCOMES: weight(1), TOUCHPOINTS: weight(1)})
    assert (made.score, engine.rounding(made)) == (51, 50)
