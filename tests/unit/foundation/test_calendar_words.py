"""What a query of ServiceNow writes of time means the right moments of the caller's calendar."""

from datetime import datetime

import pytest

from ale.foundation.actor import Actor
from ale.foundation.calendar_words import in_plain_words
from ale.foundation.encoded import Condition

MOMENT = datetime(2026, 3, 31, 6, 30)  # noqa: DTZ001 -- a Tuesday; as the clock gives it, UTC without zone
AT_HOME = Actor(id="me", name="Ana", domain="TOP")
IN_PARIS = Actor(id="me", name="Ana", domain="TOP", time_zone="Europe/Paris")  # summer time by two days


def said(operator: str, value: str, by: Actor = AT_HOME, *, days: bool = False) -> tuple[str, str]:
    plain = in_plain_words(Condition(("day",), operator, value), by, MOMENT, days=days)
    return plain.operator, plain.value


@pytest.mark.parametrize(
    ("script", "moment"),
    [
        ("gs.now()", "2026-03-31 06:30:00"),
        ("gs.minutesAgo(45)", "2026-03-31 05:45:00"),
        ("gs.hoursAgoStart(1)", "2026-03-31 05:00:00"),
        ("gs.hoursAgoEnd(1)", "2026-03-31 05:59:59"),
        ("gs.daysAgo(-1)", "2026-04-01 06:30:00"),
        ("gs.daysAgoStart(7)", "2026-03-24 00:00:00"),
        ("gs.monthsAgo(1)", "2026-02-28 06:30:00"),
        ("gs.monthsAgoStart(1)", "2026-02-01 00:00:00"),
        ("gs.quartersAgoStart(1)", "2025-10-01 00:00:00"),
        ("gs.yearsAgo(1)", "2025-03-31 06:30:00"),
        ("gs.beginningOfToday()", "2026-03-31 00:00:00"),
        ("gs.endOfYesterday()", "2026-03-30 23:59:59"),
        ("gs.beginningOfThisWeek()", "2026-03-30 00:00:00"),
        ("gs.endOfLastMonth()", "2026-02-28 23:59:59"),
        ("gs.beginningOfNextQuarter()", "2026-04-01 00:00:00"),
        ("gs.endOfThisYear()", "2026-12-31 23:59:59"),
        ("gs.dateGenerate('2026-01-31','08:00:00')", "2026-01-31 08:00:00"),
        ("gs.dateGenerate('2026-01-31','end')", "2026-01-31 23:59:59"),
        ("gs.getUserID()", "me"),
    ],
)
def test_a_script_is_the_moment_that_it_means(script: str, moment: str) -> None:
    assert said(">=", f"javascript:{script}") == (">=", moment)


def test_days_are_those_where_the_caller_lives() -> None:
    assert said("ON", "2026-03-31", IN_PARIS) == ("BETWEEN", "2026-03-30 22:00:00@2026-03-31 21:59:59")
    assert said("ON", "2026-03-28", IN_PARIS) == ("BETWEEN", "2026-03-27 23:00:00@2026-03-28 22:59:59")
    assert said("ON", "2026-03-31", IN_PARIS, days=True) == ("BETWEEN", "2026-03-31@2026-03-31")
    assert said(">", "javascript:gs.endOfToday()", IN_PARIS, days=True) == (">", "2026-03-31")


def test_on_takes_a_day_or_its_two_ends() -> None:
    today = "Today@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()"
    assert said("ON", today) == ("BETWEEN", "2026-03-31 00:00:00@2026-03-31 23:59:59")
    assert said("NOTON", "2026-01-01 08:00:00") == ("NOT BETWEEN", "2026-01-01 00:00:00@2026-01-01 23:59:59")


@pytest.mark.parametrize(
    ("operator", "value", "plain"),
    [
        ("RELATIVEGE", "@hour@ago@3", (">=", "2026-03-31 03:30:00")),
        ("RELATIVELT", "@dayofweek@ahead@2", ("<", "2026-04-02 06:30:00")),
        ("RELATIVEGT", "@month@ago@1", (">", "2026-02-28 06:30:00")),
        ("RELATIVEEE", "@month@ago@1", ("BETWEEN", "2026-02-01 00:00:00@2026-02-28 23:59:59")),
    ],
)
def test_what_is_so_far_away(operator: str, value: str, plain: tuple[str, str]) -> None:
    assert said(operator, value) == plain


@pytest.mark.parametrize(
    "value",
    ["javascript:gs.sleep(5)", "javascript:gs.daysAgo()", "javascript:gs.daysAgo(x)", "javascript:gs.daysAgo(9999999)"],
)
def test_what_is_not_known_stays_as_it_is(value: str) -> None:
    assert said("=", value) == ("=", value)
    assert said("RELATIVEGE", "@aeon@ago@3") == (">=", "@aeon@ago@3")
