"""What is true of risk signals and their solutions (C171, CSB-48, CSB-54, SUC-14, SUC-15). Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values

DUPLICATE_SOLUTION = Problem(
    "DUPLICATE_SOLUTION", "This solution record is already linked to a risk signal.", "solution_record"
)

OPEN_CAUSE = Problem(
    "OPEN_CAUSE",
    "An open risk signal with the same cause is there already: add what you know to that one.",
    "short_description",
)

_CAUSE = ("engagement", "onboarding_case", "source_record", "cause", "short_description", "state")
"""The fields by which causes are told apart, and whether the signal is open."""


def cause_while_open(values: "Values", before: "Values | None") -> "Values":
    """C171: what an open signal hangs on, where it comes from and what it says; a second one would only repeat it.

    What it says is the cause that its sender names, else the short description; case and blanks make no difference.
    """
    if before is not None and all(values.get(name) == before.get(name) for name in _CAUSE):
        return {}
    hangs_on = values.get("engagement") or values.get("onboarding_case")
    said = " ".join(str(values.get("cause") or values.get("short_description") or "").casefold().split())
    if values["state"] in ("closed", "canceled") or not hangs_on or not said:
        return {"open_cause": None}
    return {"open_cause": " ".join((hangs_on, values.get("source_record") or "-", said))}


def needs_an_engagement(values: "Values") -> bool:
    """CSB-48: a signal hangs on an engagement; one of an onboarding may hang on its case instead."""
    return values["scope"] != "onboarding" or not values.get("onboarding_case")


def source_is_whole(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """SUC-15: table and record, or none of them; `source_found` comes with the row."""
    named = [bool(values.get(name)) for name in ("source_table", "source_record")]
    if not any(named) or (all(named) and values.get("source_found")):
        return ()
    wrong = "source_record" if named[0] else "source_table"
    return [Problem("SOURCE_INCOMPLETE", "Choose both the table and the source record.", wrong)]


def solution_fits(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """SUC-14: a record of the chosen table and of the account of the signal; both `accounts` come with the row."""
    if not values.get("solution_record") or not values.get("risk_signal"):
        return ()
    solution, signal = values.get("accounts", (None, None))
    if solution is not None and solution == signal:
        return ()
    message = sentence("Choose a record of the selected solution table and of the same account.")
    return [Problem("SOLUTION_MISMATCH", message, "solution_record")]
