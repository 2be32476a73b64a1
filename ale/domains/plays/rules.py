"""What is true of internal plays and of the definitions that plays are launched from (CSB-38 to CSB-53, SUC). Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values

DUPLICATE_DEFINITION = Problem(
    "DUPLICATE_DEFINITION", "Another definition record of this category already has this title.", "title"
)


def hangs_on_nothing(values: "Values") -> bool:
    """Without an engagement, which names it, the account is asked for."""
    return not values.get("engagement")


def has_no_parent(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """CSB-41: an internal play stands by itself."""
    if values.get("parent"):
        return [Problem("PARENT_NOT_ALLOWED", "An internal play cannot have a parent record.", "parent")]
    return ()


def title_compared(values: "Values", before: "Values | None") -> "Values":
    """CSB-51: titles are the same without regard to case and outer blanks."""
    return {"title_key": str(values.get("title") or "").strip().casefold()}


def published_is_active(values: "Values", before: "Values | None") -> "Values":
    """CSB-53: active is what is published."""
    return {"active": values["state"] == "published"}


def definition_is_new(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """CSB-51: one title in a category; `holder` comes with the row."""
    return () if values.get("holder") in (None, values["sys_id"]) else [DUPLICATE_DEFINITION]


def sub_category_fits(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """SUC-05: a sub category depends on the category; `depends_on` comes with the row."""
    if not values.get("sub_category") or values.get("depends_on") == values.get("category"):
        return ()
    message = sentence("This sub category does not belong to the chosen category.")
    return [Problem("SUBCATEGORY_MISMATCH", message, "sub_category")]


def subflow_comes_first(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """SUC-07: a definition is published after its subflow, which makes something; both facts come with the row.

    An action is a part of a flow, and what has no steps makes nothing: neither can be launched.
    """
    if values["state"] != "published" or not values.get("flow"):
        return ()
    if not values.get("flow_is_published"):
        return [Problem("SUBFLOW_NOT_READY", "Publish the subflow before the definition record.", "flow")]
    if not values.get("flow_makes_something"):
        message = sentence("This subflow makes nothing. Choose one that has steps and is not an action.")
        return [Problem("SUBFLOW_NOT_READY", message, "flow")]
    return ()


def launch_ends(values: "Values", moment: datetime) -> "Values":
    """A launch is under way until it is complete or has failed."""
    if values["state"] == "in_progress":
        return {"ended_at": None}
    return {"ended_at": values.get("ended_at") or moment}


HEALTH = ("green", "yellow", "red")
STATUS = ("healthy", "declining", "at_risk")


def falls(before: str | None, after: str | None, steps: Sequence[str]) -> bool:
    """Whether health goes down these steps; one that was not known counts as the best."""
    known = after in steps
    return known and steps.index(str(after)) > (steps.index(before) if before in steps else 0)


def is_of_renewals(values: "Values") -> bool:
    """The rule looks at days before a renewal."""
    return bool(values["trigger"] == "renewal")


def days_are_in_order(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """The time before a renewal begins before it ends."""
    if not is_of_renewals(values) or values["from_days"] <= values["to_days"]:
        return ()
    return [Problem("DAYS_ORDER", "The most days before the renewal cannot be fewer than the least.", "to_days")]


def condition_is_known(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A condition that speaks of nothing would hold for every record; `unknown` comes with the row."""
    message = sentence("The condition speaks of something that these records do not have: {about}.")
    return [Problem("UNKNOWN_CONDITION", message, "condition", about=one) for one in values.get("unknown", ())[:1]]


def play_starts_alone(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """Nobody is there to answer what the play asks, and it must not start itself again; both come with the row."""
    name = "definition"
    if not values.get("fits", True):
        return [Problem("PLAY_NOT_OFFERED", "This success play is not offered on such records.", name)]
    if values.get("repeats"):
        message = sentence("This success play opens risk signals itself, so it would start over and over.")
        return [Problem("PLAY_STARTS_ITSELF", message, name)]
    message = sentence("Nobody is there to fill in {label}: choose a success play that starts with all it needs.")
    return [Problem("PLAY_ASKS", message, name, label=one) for one in values.get("asks", ())[:1]]
