"""When a scheduled job runs again, and how schedules and settings are written."""

from datetime import datetime
from typing import Any

import pytest

from ale.domains.system import rules
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


@pytest.mark.parametrize("schedule", [None, {}, {"at": "02:00"}, {"at": "7"}, {"at": "23:59"}])
def test_a_schedule_is_a_time_of_day(schedule: Any) -> None:
    assert not rules.schedule_is_a_time({"schedule": schedule}, None)


@pytest.mark.parametrize("schedule", [{"at": "24:00"}, {"at": "99:99"}, {"at": "x"}, {"at": None}, ["02:00"], "02:00"])
def test_anything_else_is_no_schedule(schedule: Any) -> None:
    (problem,) = rules.schedule_is_a_time({"schedule": schedule}, None)
    assert (problem.code, problem.field) == ("INVALID_SCHEDULE", "schedule")
    assert '{"at": "02:00"}' in problem.text()


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("integer", "-3", None), ("integer", " 30 ", None), ("integer", "", None), ("integer", None, None),
        ("integer", "abc", "INVALID_NUMBER"), ("integer", "1_0", "INVALID_NUMBER"),
        ("integer", "2.5", "INVALID_NUMBER"),
        ("boolean", "True", None), ("boolean", "", None), ("boolean", "maybe", "INVALID_BOOLEAN"),
        ("string", "maybe", None),
    ],
)  # fmt: skip
def test_a_setting_is_written_as_it_is_read(kind: str, value: str | None, code: str | None) -> None:
    problems = rules.value_fits_type({"type": kind, "value": value}, None)
    assert [one.code for one in problems] == ([code] if code else [])
    assert all(one.field == "value" for one in problems)


@pytest.mark.parametrize("value", ["manual", " derived ", "", None])
def test_a_setting_with_choices_has_one_of_them_or_none(value: str | None) -> None:
    assert not rules.value_is_chosen({"choices": "manual, derived", "value": value}, None)
    assert not rules.value_is_chosen({"choices": None, "value": value}, None)


def test_any_other_value_is_refused_with_those_there_are() -> None:
    (problem,) = rules.value_is_chosen({"choices": "manual, derived", "value": "automatic"}, None)
    assert (problem.code, problem.field) == ("INVALID_CHOICE", "value")
    assert problem.text() == "Choose one of manual, derived; “automatic” is not one of them."
