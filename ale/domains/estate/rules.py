"""What is true of contracts, products and places. Pure."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem

if TYPE_CHECKING:
    from ale.foundation.field import Values


def ends_after_it_starts(start: str, end: str) -> Callable[["Values", "Values | None"], Sequence[Problem]]:
    """The day in field `end` is not before the day in field `start`."""

    def rule(values: "Values", before: "Values | None") -> Sequence[Problem]:
        if values.get(start) and values.get(end) and values[end] < values[start]:
            return [Problem("ENDS_BEFORE_START", "The end date is before the start date.", end)]
        return ()

    return rule


def accounts_differ(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """An account is not related to itself."""
    if values.get("from_account") and values["from_account"] == values.get("to_account"):
        return [Problem("SAME_ACCOUNT", "Choose two different accounts.", "to_account")]
    return ()
