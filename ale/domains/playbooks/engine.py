"""What follows in a playbook from what is done: pure functions from states to commands (PBK-01, PBK-03, PBK-07).

The engine knows stages and activities by id, order and state, and nothing of what they do or which playbook it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

PENDING, IN_PROGRESS, COMPLETE, SKIPPED, CANCELED = "pending", "in_progress", "complete", "skipped", "canceled"
OVER = (COMPLETE, SKIPPED, CANCELED)
UNFINISHED = (PENDING, IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """An activity of a run; `counts` is False while its display condition does not hold."""

    id: str
    state: str
    when: str = "after_previous"
    counts: bool = True


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage of a run with its activities in order."""

    id: str
    state: str
    activities: tuple[ActivityPlan, ...]

    @property
    def counting(self) -> tuple[ActivityPlan, ...]:
        return tuple(one for one in self.activities if one.counts)


class Do(Enum):
    """What the service is told to do."""

    START_STAGE = "start_stage"
    COMPLETE_STAGE = "complete_stage"
    CANCEL_STAGE = "cancel_stage"
    START = "start"
    HIDE = "hide"
    CANCEL = "cancel"
    COMPLETE_INSTANCE = "complete_instance"
    CANCEL_INSTANCE = "cancel_instance"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do, to the stage or activity `id` (empty for the instance)."""

    do: Do
    id: str = ""


def settle(stages: Sequence[StagePlan]) -> list[Command]:
    """The next commands for these states; empty when everything stands as it should.

    Call again after doing them: a command can make the next one due (a stage ends, the next one starts).
    """
    hidden = [
        Command(Do.HIDE, one.id)
        for stage in stages
        for one in stage.activities
        if one.state == IN_PROGRESS and not one.counts
    ]
    if hidden:
        return hidden
    current = next((stage for stage in stages if stage.state not in OVER), None)
    if current is None:
        return [Command(Do.COMPLETE_INSTANCE)]
    if current.state == PENDING:
        return [Command(Do.START_STAGE, current.id)]
    if all(one.state in OVER for one in current.counting):
        return [Command(Do.COMPLETE_STAGE, current.id)]
    return [Command(Do.START, one.id) for one in _due(current)]


def _due(stage: StagePlan) -> list[ActivityPlan]:
    """The pending activities of a running stage that may start now."""
    found: list[ActivityPlan] = []
    before: list[ActivityPlan] = []
    for one in stage.counting:
        if one.state == PENDING and _may_start(one, before, found):
            found.append(one)
        before.append(one)
    return found


def _may_start(one: ActivityPlan, before: Sequence[ActivityPlan], starting: Sequence[ActivityPlan]) -> bool:
    if not before or one.when == "immediately":
        return True
    if one.when == "with_previous":
        return before[-1].state != PENDING or before[-1] in starting
    return all(other.state in OVER for other in before)


def cancel(stages: Sequence[StagePlan]) -> list[Command]:
    """End a run early: what is not finished becomes canceled, what is finished stays (PBK-07)."""
    commands = [Command(Do.CANCEL, one.id) for stage in stages for one in stage.activities if one.state in UNFINISHED]
    commands += [Command(Do.CANCEL_STAGE, stage.id) for stage in stages if stage.state in UNFINISHED]
    return [*commands, Command(Do.CANCEL_INSTANCE)]


def progress(stage: StagePlan) -> tuple[int, int]:
    """How many of the counting activities of a stage are over, and of how many."""
    return sum(one.state in OVER for one in stage.counting), len(stage.counting)


def blocked_by(stages: Sequence[StagePlan], stage_id: str) -> str | None:
    """The stage that must end before this one can start; None when it may run."""
    for stage in stages:
        if stage.id == stage_id:
            return None
        if stage.state not in OVER:
            return stage.id
    return None
