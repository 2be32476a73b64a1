"""What clients and saved lists of ServiceNow write of time in a query, worked out into plain comparisons. Pure.

`ON`, `RELATIVEGE@dayofweek@ago@3`, `javascript:gs.daysAgoStart(7)`, `javascript:gs.beginningOfLastMonth()`: days begin
at midnight where the caller lives, weeks on Monday. What is not known here stays as it is, and so equals nothing.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ale.foundation.actor import Actor
from ale.foundation.encoded import Condition

_CALL = re.compile(r"javascript:\s*gs\.(\w+)\(([^()]*)\)")
_AGO = re.compile(r"(second|minute|hour|day|week|month|quarter|year)sAgo(Start|End)?")
_PERIOD = re.compile(r"(beginning|end)Of(?:(Today|Yesterday|Tomorrow)|(This|Last|Next)(Week|Month|Quarter|Year))")
_WHOLE_DAYS = {"ON": "BETWEEN", "NOTON": "NOT BETWEEN"}
_RELATIVE = {"RELATIVEGT": ">", "RELATIVEGE": ">=", "RELATIVELT": "<", "RELATIVELE": "<="}
_NEAR = {"Today": 0, "Yesterday": -1, "Tomorrow": 1, "This": 0, "Last": -1, "Next": 1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_CLOCK = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_SECOND = timedelta(seconds=1)


def speaks_of_time(query: str) -> bool:
    """Whether an encoded query may mean something else a second later; rather too often than too seldom."""
    return any(word in query for word in ("javascript:", *_WHOLE_DAYS, *_RELATIVE, "RELATIVEEE"))


def in_plain_words(one: Condition, by: Actor, moment: datetime, *, days: bool) -> Condition:
    """The same comparison without script; `moment` is the present one, `days` says that the column holds days."""
    calendar = _Calendar(by, moment, days)
    if one.operator in _WHOLE_DAYS:
        return replace(one, operator=_WHOLE_DAYS[one.operator], value="@".join(calendar.day(one.value)))
    if one.operator in _RELATIVE:
        return replace(one, operator=_RELATIVE[one.operator], value=calendar.relative(one.value))
    if one.operator == "RELATIVEEE":
        return replace(one, operator="BETWEEN", value="@".join(calendar.whole(one.value)))
    return replace(one, value=calendar.said(one.value)) if "javascript:" in one.value else one


@cache
def zone_named(name: str) -> tzinfo:
    """The time zone of this name; UTC on a machine that does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def day_of(by: Actor, moment: datetime) -> date:
    """The day that a moment is where `by` lives (ONB-20)."""
    return moment.replace(tzinfo=UTC).astimezone(zone_named(by.time_zone)).date()


def day_begins(by: Actor, moment: datetime) -> datetime:
    """The moment at which the day that `moment` lies in began where `by` lives."""
    midnight = datetime.combine(day_of(by, moment), time(), zone_named(by.time_zone))
    return midnight.astimezone(UTC).replace(tzinfo=None)


class _Calendar:
    """The days of somebody, around one moment; every answer is a text as the column holds it."""

    def __init__(self, by: Actor, moment: datetime, days: bool) -> None:
        self.by, self.days, self.zone = by, days, zone_named(by.time_zone)
        self.now = moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)

    def said(self, text: str) -> str:
        """`text` with the calls in it worked out."""
        return _CALL.sub(lambda call: self._called(call[1], _arguments(call[2])) or call[0], text)

    def day(self, text: str) -> tuple[str, str]:
        """The first and the last second of what ON names: a day, or a name with its beginning and end."""
        parts = self.said(text).split("@")
        if len(parts) == 3:
            return parts[1], parts[2]
        try:
            first = datetime.combine(date.fromisoformat(parts[0].strip()[:10]), time())
        except ValueError:
            return text, text
        return self._told(first), self._told(_after(first, "day", 1) - _SECOND)

    def relative(self, text: str) -> str:
        """`@hour@ago@3` as a moment."""
        asked = _asked(text)
        return self._told(_after(self.now, *asked)) if asked else text

    def whole(self, text: str) -> tuple[str, str]:
        """The whole unit of the calendar that `@month@ago@1` lies in."""
        asked = _asked(text)
        if asked is None:
            return text, text
        first = _start(_after(self.now, *asked), asked[0])
        return self._told(first), self._told(_after(first, asked[0], 1) - _SECOND)

    def _called(self, name: str, arguments: list[str]) -> str | None:
        if name == "getUserID":
            return self.by.id
        try:
            found = self._moment(name, arguments)
        except (ValueError, OverflowError, IndexError):
            return None
        return self._told(found) if found else None

    def _moment(self, name: str, arguments: list[str]) -> datetime | None:
        if name in ("now", "nowDateTime"):
            return self.now
        if name == "dateGenerate":
            hour = {"start": "00:00:00", "end": "23:59:59"}.get(arguments[1], arguments[1]) if arguments[1:] else ""
            return datetime.fromisoformat(f"{arguments[0]} {hour or '00:00:00'}")
        if ago := _AGO.fullmatch(name):
            unit, edge = ago.groups()
            return _edge(_after(self.now, unit, -int(arguments[0])), unit, edge or "")
        if period := _PERIOD.fullmatch(name):
            edge, day, which, unit = period.groups()
            unit = (unit or "day").lower()
            there = _after(_start(self.now, unit), unit, _NEAR[day or which])
            return _edge(there, unit, "Start" if edge == "beginning" else "End")
        return None

    def _told(self, local: datetime) -> str:
        if self.days:
            return local.date().isoformat()
        return local.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def _arguments(text: str) -> list[str]:
    return [part.strip().strip("'\"") for part in text.split(",") if part.strip()]


def _asked(text: str) -> tuple[str, int] | None:
    """The unit and how many of them ahead, negative for ago; None when the text is not of that form."""
    parts = text.strip("@").split("@")
    if len(parts) != 3 or not parts[2].isascii() or not parts[2].isdecimal() or len(parts[2]) > 5:
        return None
    unit = parts[0].removesuffix("ofweek")
    known = unit in (*_CLOCK, *_MONTHS, "day", "week") and parts[1] in ("ago", "ahead")
    return (unit, int(parts[2]) * (-1 if parts[1] == "ago" else 1)) if known else None


def _edge(moment: datetime, unit: str, edge: str) -> datetime:
    """The moment itself, or the first or last second of the unit that it lies in."""
    if not edge:
        return moment
    first = _start(moment, unit)
    return first if edge == "Start" else _after(first, unit, 1) - _SECOND


def _start(moment: datetime, unit: str) -> datetime:
    """The beginning of the unit that a moment lies in."""
    if unit in _CLOCK:
        return moment.replace(second=0, minute=0 if unit == "hour" else moment.minute)
    day = datetime.combine(moment.date(), time())
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit in _MONTHS:
        return day.replace(day=1, month=(day.month - 1) // _MONTHS[unit] * _MONTHS[unit] + 1)
    return day


def _after(moment: datetime, unit: str, many: int) -> datetime:
    """So many units later; of a month that is shorter the last day."""
    if unit in _MONTHS:
        months = moment.year * 12 + moment.month - 1 + many * _MONTHS[unit]
        first = moment.replace(year=months // 12, month=months % 12 + 1, day=1)
        longest = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return first.replace(day=min(moment.day, longest.day))
    return moment + many * _CLOCK.get(unit, timedelta(days=7 if unit == "week" else 1))
