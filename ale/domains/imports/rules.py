"""What is true of import tasks and of the validations that administrators write (VAL-10). Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem

if TYPE_CHECKING:
    from ale.foundation.field import Values

_SCOPES = ("sn_acct_lc", "sn_ti_core", "sn_nb_action")
"""The application scopes whose tables begin with their name; all others belong to every scope."""


def scope_fits_the_table(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """IMP-16: a table of an application is set up for import within the scope of that application."""
    table = str(values.get("target_table") or "")
    own = next((scope for scope in _SCOPES if table.startswith(f"{scope}_")), None)
    if own is None or values.get("scope") == own:
        return ()
    return [Problem("WRONG_SCOPE", "Switch to the application scope of the target table.", "scope")]


def always(values: "Values") -> bool:
    """Required of every import task, in a table that it shares with other tasks."""
    return True


def is_field_level(values: "Values") -> bool:
    """The validation looks at one column."""
    return bool(values["validation_type"] == "field")


def is_record_level(values: "Values") -> bool:
    """The validation is a script that looks at the whole row."""
    return bool(values["validation_type"] == "record")


def checks_reference(values: "Values") -> bool:
    """The value must name a record."""
    return bool(values["validation_sub_type"] == "reference")


def checks_choice(values: "Values") -> bool:
    """The value must be a choice of a field."""
    return bool(values["validation_sub_type"] == "choice")


def checks_day(values: "Values") -> bool:
    """The value must be a date or a moment."""
    return values["validation_sub_type"] in ("date", "datetime")


def checks_length(values: "Values") -> bool:
    """The value may only be so long."""
    return bool(values["validation_sub_type"] == "string_limit")


def record_level_has_no_sub_type(values: "Values", before: "Values | None") -> "Values":
    """VAL-10: the sub type belongs to a check of one column."""
    return {"validation_sub_type": None} if is_record_level(values) else {}
