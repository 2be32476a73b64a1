"""What is true of plugins, settings and schedules. Pure."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values


def plugins_are_activated_globally(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """PLG-01: what is installed is there for every domain; `is_global` comes with the row."""
    activated = values["active"] and before is not None and not before["active"]
    if not activated or values.get("is_global"):
        return ()
    message = sentence("{name} cannot be installed from this domain; switch to the global domain and try again.")
    return [Problem("NOT_GLOBAL_DOMAIN", message, "active", name=values["name"])]


def value_fits_type(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A setting that is read as a number or as yes and no is written as such; empty is its default."""
    value, kind = str(values.get("value") or "").strip(), values["type"]
    if value and kind == "integer" and not re.fullmatch(r"-?[0-9]{1,9}", value):
        return [Problem("INVALID_NUMBER", "Enter a whole number; “{value}” is not one.", "value", value=value[:80])]
    if value and kind == "boolean" and value.casefold() not in ("true", "false"):
        return [Problem("INVALID_BOOLEAN", "Enter true or false; “{value}” is neither.", "value", value=value[:80])]
    return ()


def value_is_chosen(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A setting that knows its values has one of them; empty is its default."""
    value = str(values.get("value") or "").strip()
    choices = [one.strip() for one in str(values.get("choices") or "").split(",") if one.strip()]
    if not value or not choices or value in choices:
        return ()
    message = sentence("Choose one of {choices}; “{value}” is not one of them.")
    return [Problem("INVALID_CHOICE", message, "value", choices=", ".join(choices), value=value[:80])]


def schedule_is_a_time(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A job runs at a time of day."""
    schedule = values.get("schedule")
    at = schedule.get("at", "00:00") if isinstance(schedule, dict) else "00:00" if schedule is None else None
    if re.fullmatch(r"(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9])?", str(at)):
        return ()
    message = sentence("Write the time of day in UTC, for example {example}.")
    return [Problem("INVALID_SCHEDULE", message, "schedule", example='{"at": "02:00"}')]
