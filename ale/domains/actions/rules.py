"""What is true of recommended actions and registrations (RA-04). Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values


NO_ADDRESS = ("INVALID_URL", sentence("Enter the https address of the consumer instance."))


def is_guidance(values: "Values") -> bool:
    """The card shows a guidance."""
    return bool(values["type"] == "guidance")


def is_decision_tree(values: "Values") -> bool:
    """The card leads through questions."""
    return bool(values["type"] == "decision_tree")


def is_field_recommendation(values: "Values") -> bool:
    """The card proposes a value of a field."""
    return bool(values["type"] == "field_recommendation")


def the_address_is_secure(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """RA-04: an instance is spoken to by https alone."""
    scheme, _, host = str(values.get("instance_url") or "").partition("://")
    if not scheme or (scheme.casefold() == "https" and host.strip("/")):
        return ()
    name = "instance_url"
    return [Problem(*NO_ADDRESS, name)]


def the_root_is_of_the_tree(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A tree begins with a question of its own; `root_tree` comes with the row."""
    if not values.get("root_node") or values.get("root_tree") == values["sys_id"]:
        return ()
    return [Problem("OTHER_TREE", "Choose a question of this decision tree.", "root_node")]


def the_field_is_there(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A recommendation names a field that the table has; `known_field` comes with the row."""
    if values.get("known_field") or not values.get("table_name") or not values.get("field_name"):
        return ()
    return [Problem("UNKNOWN_FIELD", "This table has no such field.", "field_name")]
