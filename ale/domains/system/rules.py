"""What is true of plugins. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values


def plugins_are_activated_globally(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """PLG-01: what is installed is there for every domain; `is_global` comes with the row."""
    activated = values["active"] and before is not None and not before["active"]
    if not activated or values.get("is_global"):
        return ()
    message = sentence("{name} cannot be installed from this domain; switch to the global domain and try again.")
    return [Problem("NOT_GLOBAL_DOMAIN", message, "active", name=values["name"])]
