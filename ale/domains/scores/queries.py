"""What counts for the health of accounts at one moment: the rows of each measure, each with its value.

Every measure is one statement for all accounts, so that a thousand take as many as ten.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from ale.domains.accounts.records import Account
from ale.domains.plays.records import InternalPlayTask
from ale.domains.scores import engine
from ale.domains.scores.engine import Rows
from ale.domains.scores.records import HealthScore, HealthWeight, UsageFigure, Weighting, WeightingState
from ale.domains.signals.records import OVER as SIGNAL_OVER
from ale.domains.signals.records import Probability, RiskSignal
from ale.domains.success.actions import SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.choices import EngagementState, State
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement
from ale.domains.success.rules import OVER, reached
from ale.foundation.db import session
from ale.foundation.record import table_name
from ale.foundation.statements import among
from ale.foundation.work import ClosureCode

LATELY = timedelta(days=90)
"""How far back touchpoints count."""

FRESH = timedelta(days=30)
"""How old the newest figure of usage may be."""

ALWAYS = (engine.OUTCOMES, engine.TOUCHPOINTS, engine.OVERDUE, engine.RISKS)
"""The measures that every account has; figures of usage come as they are sent."""

WORK: tuple[type[Any], ...] = (SuccessCase, SuccessTask, Initiative, InternalPlayTask)
"""What can be overdue; touchpoints are a measure of their own."""

LIKELY = {
    Probability.VERY_LOW: 1, Probability.LOW: 2, Probability.MODERATE: 3, Probability.HIGH: 4, Probability.VERY_HIGH: 5,
}  # fmt: skip
"""How heavily an open risk counts."""


class Count(NamedTuple):
    """A row that counts: whose, for which measure, of which table, and its value."""

    account: str
    measure: str
    table: str
    key: str
    value: str


def counted(accounts: Collection[str], moment: datetime) -> dict[str, dict[str, Rows]]:
    """By account and measure, the rows that count at this moment."""
    found: dict[str, dict[str, Rows]] = {key: {one: {} for one in ALWAYS} for key in accounts}
    for read in (_outcomes, _touchpoints, _overdue, _risks, _usage):
        for one in read(accounts, moment):
            found[one.account].setdefault(one.measure, {}).setdefault(one.table, {})[one.key] = one.value
    return found


def _outcomes(accounts: Collection[str], _moment: datetime) -> Iterator[Count]:
    """How far each outcome of an active engagement is on its way; those without values or canceled do not count."""
    rows = (
        select(Outcome.account, Outcome.sys_id, Outcome.base_value, Outcome.current_value, Outcome.target_value)
        .join(Objective, Objective.sys_id == Outcome.success_objective)
        .join(Engagement, Engagement.sys_id == Objective.engagement)
        .where(among(Outcome.account, accounts), Engagement.active.is_(True))
        .where(Outcome.state != State.CANCELED, Objective.state != EngagementState.CANCELED)
    )
    for account, key, base, current, target in session.execute(rows.order_by(Outcome.sys_id)):
        done = reached(base, current, target)
        if done is not None:
            yield Count(str(account), engine.OUTCOMES, table_name(Outcome), key, str(done))


def _touchpoints(accounts: Collection[str], moment: datetime) -> Iterator[Count]:
    """Of the touchpoints whose day came lately, those that were closed and not missed are kept; canceled ones went."""
    day = func.coalesce(Touchpoint.meeting_date, Touchpoint.due_date)
    rows = select(Touchpoint.account, Touchpoint.sys_id, Touchpoint.state, Touchpoint.closure_code).where(
        among(Touchpoint.account, accounts), day > moment - LATELY, day <= moment, Touchpoint.state != State.CANCELED
    )
    for account, key, state, code in session.execute(rows.order_by(Touchpoint.sys_id)):
        kept = state == State.CLOSED and code not in (ClosureCode.MISSED, ClosureCode.CANCELED)
        yield Count(str(account), engine.TOUCHPOINTS, table_name(Touchpoint), key, "100" if kept else "0")


def _overdue(accounts: Collection[str], moment: datetime) -> Iterator[Count]:
    """Each open piece of work whose due date is past."""
    for kind in WORK:
        late = select(kind.account, kind.sys_id).where(
            among(kind.account, accounts), kind.state.not_in(OVER), kind.due_date < moment
        )
        for account, key in session.execute(late.order_by(kind.sys_id)):
            yield Count(account, engine.OVERDUE, table_name(kind), key, "1")


def _risks(accounts: Collection[str], _moment: datetime) -> Iterator[Count]:
    """Each open risk signal, the likelier the heavier."""
    rows = select(RiskSignal.account, RiskSignal.sys_id, RiskSignal.probability).where(
        among(RiskSignal.account, accounts), RiskSignal.state.not_in(SIGNAL_OVER)
    )
    for account, key, likely in session.execute(rows.order_by(RiskSignal.sys_id)):
        yield Count(str(account), engine.RISKS, table_name(RiskSignal), key, str(LIKELY[likely]))


def _usage(accounts: Collection[str], moment: datetime) -> Iterator[Count]:
    """The newest figure of each kind, unless it is old."""
    day = moment.date()
    newest = (
        select(UsageFigure.account, UsageFigure.measure, func.max(UsageFigure.day).label("day"))
        .where(among(UsageFigure.account, accounts), UsageFigure.day.between(day - FRESH, day))
        .group_by(UsageFigure.account, UsageFigure.measure)
        .subquery()
    )
    same = and_(
        UsageFigure.account == newest.c.account,
        UsageFigure.measure == newest.c.measure,
        UsageFigure.day == newest.c.day,
    )
    found = select(UsageFigure).join(newest, same).order_by(UsageFigure.measure)
    for one in session.scalars(found):
        measure = f"{engine.USAGE}:{one.measure}"
        yield Count(one.account, measure, table_name(UsageFigure), one.sys_id, f"{one.value.normalize():f}")


def followed() -> list[str]:
    """The accounts whose health is followed: active customers with an active engagement."""
    engaged = select(Engagement.account).where(Engagement.active.is_(True))
    mine = Account.active.is_(True), Account.customer.is_(True), Account.sys_id.in_(engaged)
    return list(session.scalars(select(Account.sys_id).where(*mine).order_by(Account.sys_id)))


def in_force() -> Weighting | None:
    """The weighting that counts: the newest one that is published."""
    published = select(Weighting).where(Weighting.state == WeightingState.PUBLISHED)
    return session.scalars(published.order_by(Weighting.version.desc()).limit(1)).one_or_none()


def weights_of(weighting: str) -> dict[str, engine.Weight]:
    """The weights of a version by measure."""
    rows = select(HealthWeight).where(HealthWeight.weighting == weighting).order_by(HealthWeight.sys_id)
    return {
        f"{one.measure.value}:{one.usage}" if one.usage else one.measure.value: engine.Weight(
            one.weight, one.zero_at, one.full_at
        )
        for one in session.scalars(rows)
    }


def scored_days(account: str, since: date) -> list[tuple[date, int]]:
    """The days of an account since then that have a score, oldest first."""
    rows = select(HealthScore.day, HealthScore.score).where(HealthScore.account == account, HealthScore.day >= since)
    return [(day, score) for day, score in session.execute(rows.order_by(HealthScore.day))]


def as_scored(one: HealthScore) -> engine.Scored:
    """A stored score as the rules of scores take it."""
    return engine.Scored(one.score, one.receipts)
