"""What is true of onboarding cases and their tasks (ONB-04 to ONB-08, ONB-19). Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ale.foundation.problem import Problem, sentence

if TYPE_CHECKING:
    from ale.foundation.field import Values

CASE_OVER = ("closed", "canceled")
TASK_OVER = ("closed", "canceled")

STAGES = {
    "new": ("not_started", "at_risk"),
    "unassigned": ("not_started", "at_risk"),
    "active": ("on_track", "at_risk"),
    "blocked": ("paused", "at_risk"),
    "closed": ("finished",),
    "canceled": ("finished",),
}
"""The stages allowed in each state of a case; the first one is the default."""

STATE_OF_STAGE = {"on_track": "active", "paused": "blocked", "not_started": "new"}
"""The state that a stage chosen by hand brings along."""

PROGRESS = {
    "open": ("not_started",),
    "awaiting_customer": ("paused", "at_risk"),
    "awaiting_internal": ("paused", "at_risk"),
    "in_progress": ("on_track", "at_risk"),
    "review": ("on_track", "at_risk"),
    "closed": ("finished",),
    "canceled": ("finished",),
}
"""The progress allowed in each state of a case task; the first one is the default."""


def _changed(name: str, values: "Values", before: "Values | None") -> bool:
    return before is None or values[name] != before[name]


def _sent(name: str, values: "Values", before: "Values | None") -> bool:
    """Whether this save gives the field a value: one that differs, or that it names; `sent` comes with the values."""
    return name in values.get("sent", ()) or _changed(name, values, before)


def stage_follows_state(values: "Values", before: "Values | None") -> "Values":
    """ONB-05: a new state brings its default stage, unless the same save sends one allowed for it."""
    if not _changed("state", values, before):
        return {}
    allowed = STAGES[values["state"]]
    sent = _sent("stage", values, before)
    return {} if sent and values["stage"] in allowed else {"stage": allowed[0]}


def state_follows_stage(values: "Values", before: "Values | None") -> "Values":
    """ONB-06: a stage set by hand that does not fit the state takes the state along."""
    if before is None or _changed("state", values, before) or not _changed("stage", values, before):
        return {}
    fits = values["stage"] in STAGES[values["state"]]
    return {} if fits or values["stage"] not in STATE_OF_STAGE else {"state": STATE_OF_STAGE[values["stage"]]}


def finished_needs_closure(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """ONB-06: the last stage is reached by closing or canceling only."""
    if values["stage"] not in STAGES[values["state"]]:
        return [Problem("STAGE_NEEDS_CLOSURE", "Close or cancel the case to reach the finished stage.", "stage")]
    return ()


def cancelation_is_void(values: "Values", before: "Values | None") -> "Values":
    """ONB-19: a canceled case has the resolution code Voided."""
    entered = values["state"] == "canceled" and _changed("state", values, before)
    return {"resolution_code": "voided"} if entered else {}


def reopening_clears_closure(values: "Values", before: "Values | None") -> "Values":
    """ONB-19, as CSB-04: an open case has no resolution code and no close notes, whatever was sent."""
    reopened = before is not None and is_over(before) and is_open(values)
    return {"resolution_code": None, "close_notes": None} if reopened else {}


def is_over(values: "Values") -> bool:
    """Closed or canceled."""
    return values["state"] in CASE_OVER


def is_open(values: "Values") -> bool:
    """Neither closed nor canceled."""
    return not is_over(values)


def closes_without_open_tasks(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """ONB-19: a case is closed when its tasks are; `open_tasks` comes with the row."""
    if values["state"] == "closed" and _changed("state", values, before) and values.get("open_tasks"):
        return [Problem("OPEN_TASKS", "Close or cancel the open tasks of this case first.", "state")]
    return ()


def account_from_origin_stays(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """ONB-02: a case that came from another one keeps its account."""
    if before is not None and values.get("origin_case") and values["account"] != before["account"]:
        return [
            Problem(
                "ACCOUNT_LOCKED_BY_ORIGIN",
                "The account comes from the originating case and cannot be changed.",
                "account",
            )
        ]
    return ()


def origin_is_there(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """ONB-02: the case that a new one comes from was found, else there is no account."""
    lost = before is None and values.get("origin_case") and not values.get("account")
    return [Problem("INVALID_REFERENCE", "This record was not found.", "origin_case")] if lost else ()


def progress_follows_state(values: "Values", before: "Values | None") -> "Values":
    """ONB-07: a new state brings its default progress, unless the same save sends one.

    One that changes stays, and is refused where the state does not allow it (ONB-08).
    """
    if not _changed("state", values, before):
        return {}
    allowed = PROGRESS[values["state"]]
    changes = values["progress"] != (before or {"progress": "not_started"})["progress"]
    kept = changes or (_sent("progress", values, before) and values["progress"] in allowed)
    return {} if kept else {"progress": allowed[0]}


def progress_fits_state(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """ONB-08: only the progress values of the state are available."""
    if values["progress"] not in PROGRESS[values["state"]]:
        message = sentence("This progress value is not available in the state {state}.")
        return [
            Problem(
                "PROGRESS_NOT_ALLOWED", message, "progress", state=getattr(values["state"], "label", values["state"])
            )
        ]
    return ()


def company_is_account(values: "Values", before: "Values | None") -> "Values":
    """The protected column `company` holds the account."""
    return {"company": values.get("account")}


def user_holds_responsibility(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """ONB-15: only users who hold the responsibility are offered or accepted; `eligible` comes with the row."""
    same = before is not None and (values["user"], values["responsibility"]) == (
        before["user"],
        before["responsibility"],
    )
    if (
        same
        or not values.get("user")
        or not values.get("responsibility")
        or values["user"] in values.get("eligible", ())
    ):
        return ()
    return [Problem("USER_NOT_ELIGIBLE", "This user does not hold the chosen responsibility.", "user")]


DUPLICATE_SQUAD_MEMBER = Problem(
    "DUPLICATE_SQUAD_MEMBER", "This user already has this responsibility in the squad.", "user"
)


def squad_member_is_new(values: "Values", before: "Values | None") -> Sequence[Problem]:
    """CSB-55: one row for a user and a responsibility; `holder` comes with the row."""
    return () if values.get("holder") in (None, values["sys_id"]) else [DUPLICATE_SQUAD_MEMBER]
