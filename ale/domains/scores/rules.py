"""What is true of the weights of the health score. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values

FIXED = sentence("Scores were made with these weights. Make a new version and edit that.")


def is_draft(values: "Values") -> bool:
    """Not published yet."""
    return bool(values["state"] == "draft")


def published_weights_are_complete(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """Publishing needs a weight; `weightless` comes with the row."""
    if values["state"] == "published" and (before is None or is_draft(before)) and values.get("weightless", True):
        message = sentence("Give at least one measure a weight before you publish.")
        return [Problem("WEIGHTING_EMPTY", message, "state")]
    return ()


def versions_go_forward(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A draft is published, what is published is retired, and nothing goes back."""
    order = ("draft", "published", "retired")
    steps = order.index(values["state"]) - (order.index(before["state"]) if before is not None else 0)
    if steps == 0 or (steps == 1 and before is not None):
        return ()
    message = sentence("A version begins as a draft, is published, then retired; no step is left out or taken back.")
    return [Problem("WEIGHTING_STATE", message, "state")]


def only_drafts_are_edited(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A weight changes in a draft only; `in_use` comes with the row."""
    return [Problem("WEIGHTING_FIXED", FIXED)] if values.get("in_use") else ()


def ends_differ(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """No marks and full marks are two figures; between them the measure is marked."""
    if values["zero_at"] is not None and values["zero_at"] == values["full_at"]:
        message = sentence("The figure of full marks must be another one than that of no marks.")
        return [Problem("WEIGHT_SPAN", message, "full_at")]
    return ()


def usage_is_named(values: "Values", before: "Values | None") -> "Values":
    """Only a figure of usage has a name; it is told apart without regard to case."""
    named = str(values.get("usage") or "").strip().casefold()
    return {"usage": named if values["measure"] == "usage" else ""}
