"""What is true of users. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from ale.foundation.problem import Problem

if TYPE_CHECKING:
    from ale.foundation.field import Values


def in_small_letters(user_name: str) -> str:
    """A user name as it is stored and looked for: no two differ in the size of letters only."""
    return user_name.replace("\x00", "").strip().lower()


def user_name_is_in_small_letters(values: "Values", before: "Values | None") -> "Values":
    """A user name logs on one person, however it is written."""
    return {"user_name": in_small_letters(values["user_name"])} if values.get("user_name") else {}


def time_zone_is_known(values: "Values", _before: "Values | None") -> Sequence[Problem]:
    """Times can be shown in the user's zone."""
    if not values.get("time_zone") or values["time_zone"] in available_timezones():
        return ()
    return [Problem("UNKNOWN_TIME_ZONE", "There is no time zone of this name; write it as Europe/Paris.", "time_zone")]
