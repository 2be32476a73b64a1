"""When a scheduled job runs again."""

from datetime import datetime

import pytest

from ale.domains.system.records import ScheduledJob
from ale.domains.system.service import next_run


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [({"at": "02:15"}, (11, 2, 15)), ({"at": "18:00"}, (10, 18, 0)), (None, (11, 0, 0)), ({}, (11, 0, 0))],
)
def test_the_next_run_is_the_next_time_of_day(schedule: dict[str, str] | None, expected: tuple[int, int, int]) -> None:
    moment = datetime(2025, 3, 10, 12, 0)  # noqa: DTZ001 -- stored without zone
    following = next_run(ScheduledJob(schedule=schedule), moment)
    assert (following.day, following.hour, following.minute) == expected
