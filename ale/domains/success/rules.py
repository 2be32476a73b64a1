"""What is true of customer success records (CSB-01 to CSB-60, SUC). Pure; makers of rules that several types share."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from decimal import Decimal

    from ale.foundation.field import Values
    from ale.foundation.label import Label

    Check = Callable[["Values", "Values | None"], Sequence[Problem]]

OVER = ("closed", "canceled")
NOT_YOURS = ("ENGAGEMENT_NOT_YOURS", sentence("Choose an engagement of your company."))
"""SUC-13: what a customer is told of an engagement of others, of none, and of one that is over."""

_PROGRESS = {"closed": "completed", "canceled": "canceled"}
"""The progress that a state brings along when it ends the work (SUC-03)."""


def is_over(values: "Values") -> bool:
    """Closed or canceled."""
    return values["state"] in OVER


def is_open(values: "Values") -> bool:
    """Neither closed nor canceled."""
    return not is_over(values)


def ends(values: "Values", before: "Values | None") -> bool:
    """This save closes or cancels the record."""
    return is_over(values) and (before is None or is_open(before) or values["state"] != before["state"])


def reopens(values: "Values", before: "Values | None") -> bool:
    """This save opens the record again."""
    return before is not None and is_over(before) and is_open(values)


def cancelation_names_itself(values: "Values", before: "Values | None") -> "Values":
    """CSB-03 and its kin: who cancels without a closure code means "canceled"."""
    empty = values["state"] == "canceled" and ends(values, before) and not values.get("closure_code")
    return {"closure_code": "canceled"} if empty else {}


def reopening_clears_closure(values: "Values", before: "Values | None") -> "Values":
    """CSB-04 and its kin: an open record has no closure code and no close notes, whatever was sent."""
    return {"closure_code": None, "close_notes": None} if reopens(values, before) else {}


def progress_follows_closure(values: "Values", before: "Values | None") -> "Values":
    """SUC-03: closing completes, canceling cancels, reopening is on track (or not started in a new record)."""
    if ends(values, before):
        return {"progress": _PROGRESS[values["state"]]}
    if reopens(values, before):
        return {"progress": "not_started" if values["state"] == "new" else "on_track"}
    return {}


def closure_is_told(message: str) -> "Check":
    """CSB-03 and its kin: who closes or cancels says why, and that stays; `message` is the sentence for this type."""

    def rule(values: "Values", before: "Values | None") -> Sequence[Problem]:
        if not is_over(values):
            return ()
        known = {} if ends(values, before) else before or {}
        emptied = [name for name in ("closure_code", "close_notes") if _is_blank(values.get(name))]
        missing = [name for name in emptied if name not in known or not _is_blank(known[name])]
        return [Problem("CLOSURE_INFO_MISSING", message, name) for name in missing]

    return rule


def _is_blank(value: object) -> bool:
    return not str(value or "").strip()


def stays_with_children(name: str, message: str, code: str = "PARENT_LOCKED", *, optional: bool = False) -> "Check":
    """CSB-05, CSB-12 and their kin: field `name` stays while the record has children; `has_children` comes with it.

    Of a field that is emptied it is said that it is required, unless it is `optional`.
    """

    def rule(values: "Values", before: "Values | None") -> Sequence[Problem]:
        moves = before is not None and values.get(name) != before.get(name) and (optional or values.get(name))
        return [Problem(code, message, name)] if moves and values.get("has_children") else ()

    return rule


def parent_makes_no_circle(message: str) -> "Check":
    """CSB-06: no record is its own parent, directly or through others; `ancestors` comes with the row."""

    def rule(values: "Values", before: "Values | None") -> Sequence[Problem]:
        own = values.get("parent") and values["sys_id"] in values.get("ancestors", ())
        return [Problem("PARENT_CYCLE", message, "parent")] if own else ()

    return rule


def document_is_there(name: str, table_in: str) -> "Check":
    """The record named without its table was found in one of the tables it may be of, else `table_in` is empty."""

    def rule(values: "Values", before: "Values | None") -> Sequence[Problem]:
        lost = values.get(name) and not values.get(table_in)
        return [Problem("INVALID_REFERENCE", "This record was not found.", name)] if lost else ()

    return rule


def reached(base: "Decimal | None", current: "Decimal | None", target: "Decimal | None") -> int | None:
    """How many of the hundred parts between base and target are behind, 0 to 100; also when less is better (C233).

    None while one of the values is not known; without a base it counts from zero.
    """
    if current is None or target is None:
        return None
    start = base or 0
    if target == start:
        return 100 if current == target else 0
    return max(0, min(100, int((current - start) * 100 / (target - start))))


def stop_is_not_before_start(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """CSB-13, CSB-19: what is planned ends on the day it starts, or later."""
    start, stop = values.get("planned_start"), values.get("planned_stop")
    if start and stop and stop < start:
        return [Problem("PLANNED_DATES", "The planned stop cannot be before the planned start.", "planned_stop")]
    return ()


def tracking_is_named(references: "Mapping[str, tuple[str, Label]]") -> "Check":
    """CSB-20: each tracking method but the manual one names what it tracks by: {method: (field, its label)}."""

    def rule(values: "Values", before: "Values | None") -> Sequence[Problem]:
        name, label = references.get(values["tracking_method"], ("", None))
        if not name or values.get(name):
            return ()
        return [Problem("TRACKING_REFERENCE", "Choose the {label} this outcome is tracked by.", name, label=label)]

    return rule


def unrelated_has_no_product(values: "Values", before: "Values | None") -> "Values":
    """SUC-16: a touchpoint that is about no product names none."""
    return {} if values.get("related_to_product") else {"product": None}


def related_names_its_product(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """SUC-16: a touchpoint that is about a product names it."""
    if values.get("related_to_product") and not values.get("product"):
        return [Problem("PRODUCT_REQUIRED", "Choose the sold product this touchpoint is about.", "product")]
    return ()


def contracts_are_of_the_account(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """CSB-05: an engagement keeps the account of its contracts; `contract_accounts` comes with the row."""
    if any(account != values.get("account") for account in values.get("contract_accounts", ())):
        return [mismatch("account")]
    return ()


def contract_is_of_the_account(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """CSB-58: contract and engagement have one account; both `accounts` come with the row."""
    return [mismatch("contract")] if len(set(values.get("accounts", ()))) > 1 else ()


def not_yours(name: str) -> Problem:
    """An engagement that a customer may not raise touchpoints on."""
    return Problem(*NOT_YOURS, name)


def mismatch(name: str) -> Problem:
    """A contract of another account."""
    return Problem("CONTRACT_ACCOUNT_MISMATCH", "The contract and the engagement belong to different accounts.", name)


def meeting_ends_after_it_starts(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A meeting does not end before it starts."""
    if values.get("start") and values.get("end") and values["end"] < values["start"]:
        return [Problem("ENDS_BEFORE_START", "The end date is before the start date.", "end")]
    return ()
