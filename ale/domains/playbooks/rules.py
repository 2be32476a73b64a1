"""What is true of the versions of a playbook (PBK-05). Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values


def can_be_activated(values: "Values") -> bool:
    """A draft, or an earlier version that is to be used again."""
    return bool(values["state"] != "active")


def active_versions_are_complete(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """Activation needs a stage, and an activity in every stage; `incomplete` comes with the row."""
    enters = values["state"] == "active" and (before is None or before["state"] != "active")
    if enters and values.get("incomplete", True):
        message = sentence("Every stage needs at least one activity before activation.")
        return [Problem("PLAYBOOK_INCOMPLETE", message, "state")]
    return ()


def versions_in_use_are_no_drafts(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """Once activated a version is never edited again: records run on it."""
    if before is not None and before["state"] != "draft" and values["state"] == "draft":
        return [_fixed("state")]
    return ()


def only_drafts_are_edited(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """A stage or activity changes in a draft only; `in_use` comes with the row."""
    return [_fixed(None)] if values.get("in_use") else ()


def _fixed(name: str | None) -> Problem:
    message = sentence("Records may run on this version of the playbook. Make a new version and edit that.")
    return Problem("PLAYBOOK_IN_USE", message, name)
