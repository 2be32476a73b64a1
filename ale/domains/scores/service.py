"""Scores by the day, and versions of the weights they are made with."""

from sqlalchemy import select

from ale.domains.accounts.records import SCORE_MODE, Account
from ale.domains.scores import engine, queries
from ale.domains.scores.records import HealthScore, HealthWeight, Weighting, WeightingState
from ale.domains.scores.rules import FIXED, is_draft
from ale.domains.system.service import handler, setting
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, save_many
from ale.foundation.changes import after, create, save
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.problem import Forbidden, Problem, Rejected
from ale.foundation.reading import may
from ale.foundation.record import values_of
from ale.foundation.statements import among

COPIED = ("measure", "usage", "weight", "zero_at", "full_at")
"""What a new version takes over of each weight."""


@handler("health_scores")
def store_scores(by: Actor) -> str:
    """Make today's score of each account that is followed; a later run of the day takes the place of an earlier one."""
    weighting = queries.in_force()
    if weighting is None:
        return "no published weights"
    weights, keys = queries.weights_of(weighting.sys_id), queries.followed()
    scores = {
        account: one
        for account, found in queries.counted(keys, now()).items()
        if (one := engine.scored(found, weights)).score is not None
    }
    system = by.for_system()  # nobody else writes scores, also not who has the job executed now
    _store(scores, weighting.sys_id, system)
    refused = _feed({account: one.score for account, one in scores.items()}, system)
    return f"{len(scores)} scores" + (f", {refused} accounts refused theirs" if refused else "")


def _store(scores: dict[str, engine.Scored], weighting: str, by: Actor) -> None:
    there = select(HealthScore.account, HealthScore.sys_id).where(HealthScore.day == today())
    today_already = dict(session.execute(there.where(among(HealthScore.account, list(scores)))).all())
    rows = {
        account: {"account": account, "day": today(), "score": one.score, "weighting": weighting,
                  "receipts": one.receipts}
        for account, one in scores.items()
    }  # fmt: skip
    save_many(HealthScore, [(key, rows[account]) for account, key in today_already.items()], by=by)
    create_many(HealthScore, [row for account, row in rows.items() if account not in today_already], by=by)


def _feed(scores: dict[str, int | None], by: Actor) -> int:
    """Give accounts their score as a user would, so that status and risk of churn follow; how many refused it.

    Only where scores are computed: one that was typed in or sent is left alone.
    """
    if setting(SCORE_MODE).strip().casefold() != "computed":
        return 0
    changed = select(Account.sys_id, Account.health_score).where(among(Account.sys_id, list(scores)))
    rows = [(key, {"health_score": scores[key]}) for key, score in session.execute(changed) if score != scores[key]]
    return sum(bool(draft.problems) for draft in save_many(Account, rows, by=by))


@after(Weighting, "save")
def retire_the_others(weighting: Weighting, before: Values | None, by: Actor) -> None:
    """One version counts: the one published last."""
    if weighting.state != WeightingState.PUBLISHED or (before is not None and not is_draft(before)):
        return
    others = select(Weighting).where(Weighting.state == WeightingState.PUBLISHED, Weighting.sys_id != weighting.sys_id)
    for other in session.scalars(others).all():
        save(other, {"state": WeightingState.RETIRED}, by=by.for_system())


@after(Weighting, "remove")
def keep_what_counted(weighting: Weighting, _before: Values | None, _by: Actor) -> None:
    """Only drafts are deleted."""
    if not is_draft(values_of(weighting)):
        raise Rejected([Problem("WEIGHTING_FIXED", FIXED)])


@after(HealthWeight, "remove")
def keep_weights_that_counted(weight: HealthWeight, _before: Values | None, _by: Actor) -> None:
    """Weights leave a draft only."""
    if not is_draft(values_of(session.get_one(Weighting, weight.weighting))):
        raise Rejected([Problem("WEIGHTING_FIXED", FIXED)])


def new_version(weighting: Weighting, by: Actor) -> Weighting:
    """A draft with the same weights, to be edited, tried and published."""
    if not may(Weighting, "create", by):
        raise Forbidden(f"{by.name} may not create Weighting")
    draft = create(Weighting, {"name": weighting.name}, by=by)
    rows = select(HealthWeight).where(HealthWeight.weighting == weighting.sys_id).order_by(HealthWeight.sys_id)
    for one in session.scalars(rows).all():
        create(HealthWeight, {name: getattr(one, name) for name in COPIED} | {"weighting": draft.sys_id}, by=by)
    return draft
