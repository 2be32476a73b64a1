"""What is true of related knowledge. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem

if TYPE_CHECKING:
    from ale.foundation.field import Values


def the_record_exists(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """An article is attached to a record that is there; `found` comes with the row."""
    if values.get("found") or not values.get("task"):
        return ()
    return [Problem("INVALID_REFERENCE", "This record was not found.", "task")]
