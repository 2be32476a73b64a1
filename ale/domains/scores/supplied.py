"""The first version of the weights, and the job that makes the scores."""

from sqlalchemy import select

from ale.domains.scores.records import HealthWeight, Measure, Weighting
from ale.domains.system.supplied import supply_job
from ale.foundation.actor import Actor
from ale.foundation.changes import create, move
from ale.foundation.db import session
from ale.foundation.label import Label

NAME = Label("Health scores", "Scores de santé")
WEIGHTS = (
    (Measure.OUTCOMES_REACHED, 35, 0, 100),
    (Measure.TOUCHPOINTS_KEPT, 20, 0, 100),
    (Measure.OVERDUE_WORK, 20, 10, 0),
    (Measure.OPEN_RISKS, 25, 12, 0),
)
"""Measure, weight, the figure of no marks and that of full marks."""


def supply_scores(by: Actor) -> None:
    """Make weights where there are none yet, and the daily job that uses them."""
    if not session.scalar(select(Weighting.sys_id).limit(1)):
        first = create(Weighting, {"name": "Supplied weights"}, by=by)
        weigh(first, by)
        move(first, "publish", {}, by=by)
    supply_job(NAME, "health_scores", "04:00", by, active=True)


def weigh(draft: Weighting, by: Actor) -> None:
    """Give a draft the weights that ALE delivers."""
    for measure, weight, zero, full in WEIGHTS:
        given = {"weighting": draft.sys_id, "measure": measure, "weight": weight, "zero_at": zero, "full_at": full}
        create(HealthWeight, given, by=by)
