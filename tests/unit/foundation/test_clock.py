"""An act has one moment."""

from datetime import UTC, datetime, timedelta

import time_machine

from ale.foundation.clock import now, one_moment, today

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_clock_shows_whole_seconds_in_utc() -> None:
    with time_machine.travel(NOON + timedelta(microseconds=7), tick=False):
        assert now() == NOON.replace(tzinfo=None)
        assert today() == NOON.date()


def test_an_act_is_one_moment_however_long_it_takes() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        began = now()
        with one_moment():
            clock.shift(90)
            assert now() == began
            with one_moment():
                assert now() == began, "an act inside an act is part of it"
        assert now() == began + timedelta(seconds=90)
