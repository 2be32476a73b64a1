"""What stored business rules refuse."""

from collections.abc import Sequence

from ale.foundation.encoded import matches
from ale.foundation.field import Values
from ale.foundation.problem import Problem


def not_aborted(values: Values, before: Values | None) -> Sequence[Problem]:
    """No active "before" rule whose filter the record meets aborts this; `aborting` comes with the row."""
    event = "action_insert" if before is None else "action_update"
    meant = [one for one in values["aborting"] if one[event] and matches(one["filter_condition"] or "", values)]
    return [Problem("ABORTED", "A business rule refuses this: {text}", text=one["message"] or "") for one in meant]
