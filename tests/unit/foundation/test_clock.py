"""An act has one moment."""

from datetime import datetime, timedelta

import time_machine

from ale.foundation.clock import now, one_moment, today

NOON = datetime(2026, 3, 1, 12)


def test_the_clock_shows_whole_seconds_in_utc() -> None:
    with time_machine.travel(NOON + timedelta(microseconds=7), tick=False):
        assert now() == NOON
        assert today() == NOON.date()


def test_an_act_is_one_moment_however_long_it_takes() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with one_moment():
            clock.shift(90)
            assert now() == NOON
            with one_moment():
                assert now() == NOON, "an act inside an act is part of it"
        assert now() == NOON + timedelta(seconds=90)
