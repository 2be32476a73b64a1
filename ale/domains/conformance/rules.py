"""What stored business rules refuse. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ale.foundation.problem import Problem


def not_aborted(values: Mapping[str, Any], before: Mapping[str, Any] | None) -> Sequence[Problem]:
    """No stored rule aborts this; `aborting` comes with the row: what rules say whose filter it meets, by event."""
    said = values["aborting"]["action_insert" if before is None else "action_update"]
    return [Problem("ABORTED", "A business rule refuses this: {text}", text=one) for one in said]
