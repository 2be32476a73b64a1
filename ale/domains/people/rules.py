"""What is true of users. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from ale.foundation.problem import Problem

if TYPE_CHECKING:
    from ale.foundation.field import Values


def user_name_is_free(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A user name logs on one person, whatever the domain; `name_holder` comes with the row."""
    if values.get("name_holder") in (None, values["sys_id"]):
        return ()
    return [Problem("USER_NAME_TAKEN", "Somebody else has this user name.", "user_name")]


def time_zone_is_known(values: "Values", _before: "Values | None") -> Sequence[Problem]:
    """Times can be shown in the user's zone."""
    if not values.get("time_zone") or values["time_zone"] in available_timezones():
        return ()
    return [Problem("UNKNOWN_TIME_ZONE", "There is no time zone of this name; write it as Europe/Paris.", "time_zone")]
