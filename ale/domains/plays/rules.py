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
    """SUC-07: a definition is published after its subflow; `flow_is_published` comes with the row."""
    if values["state"] != "published" or not values.get("flow") or values.get("flow_is_published"):
        return ()
    return [Problem("SUBFLOW_NOT_READY", "Publish the subflow before the definition record.", "flow")]


def launch_ends(values: "Values", moment: datetime) -> "Values":
    """A launch is under way until it is complete or has failed."""
    if values["state"] == "in_progress":
        return {"ended_at": None}
    return {"ended_at": values.get("ended_at") or moment}
