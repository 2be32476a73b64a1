"""What is true of risk signals and their solutions (CSB-48, CSB-54, SUC-14, SUC-15). Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values

DUPLICATE_SOLUTION = Problem(
    "DUPLICATE_SOLUTION", "This solution record is already linked to a risk signal.", "solution_record"
)


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
