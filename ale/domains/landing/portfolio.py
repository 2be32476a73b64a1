"""The success landing page: five tiles of engagements with their value (LND-11 to LND-16), and what needs somebody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from ale.domains.accounts.records import Account
from ale.domains.estate.records import Contract
from ale.domains.landing.queries import Need
from ale.domains.onboarding.teams import AccountTeamMember, SquadMember
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.signals.records import OVER as SIGNAL_OVER
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.actions import SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.choices import EngagementState, PerceivedHealth
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement, EngagementContract, running
from ale.domains.success.rules import OVER
from ale.foundation.actor import Actor
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.documents import lists
from ale.foundation.history import Audit
from ale.foundation.label import Label
from ale.foundation.reading import may, visible
from ale.foundation.record import Record

RENEWS_WITHIN, NEAR = 90, 30
"""Days: of the tile of renewals, and of those that need somebody today."""

NEW_RISK = timedelta(days=7)


@dataclass(frozen=True)
class Tile:
    """A figure with its exact definition."""

    key: str
    label: Label
    condition: Callable[[], ColumnElement[bool]]


def mine(by: Actor) -> ColumnElement[bool]:
    """LND-11: engagements of which one is a manager, or in the squad, or in the team of the account."""
    in_squad = exists().where(SquadMember.user == by.id, lists(Engagement.squad, SquadMember.sys_id))
    in_team = exists().where(AccountTeamMember.user == by.id, AccountTeamMember.account == Engagement.account)
    return or_(Engagement.account_manager == by.id, Engagement.customer_success_manager == by.id, in_squad, in_team)


def declined() -> ColumnElement[bool]:
    """LND-12: yellow or red, unless that was an improvement, which from red to yellow alone can be."""
    before = (
        select(Audit.old_value)
        .where(Audit.record == Engagement.sys_id, Audit.field_name == "perceived_health")
        .order_by(Audit.sys_id.desc())
        .limit(1)
        .correlate(Engagement)
        .scalar_subquery()
    )
    fell = and_(
        Engagement.perceived_health == PerceivedHealth.YELLOW,
        func.coalesce(before, "") != PerceivedHealth.RED.value,
    )
    return and_(_active(), or_(Engagement.perceived_health == PerceivedHealth.RED, fell))


def _active() -> ColumnElement[bool]:
    return Engagement.active.is_(True)


def _renews(days: int) -> ColumnElement[bool]:
    return and_(_active(), Engagement.renewal_date.between(today(), today() + timedelta(days=days)))


def _is_new() -> ColumnElement[bool]:
    with_objective = exists().where(Objective.engagement == Engagement.sys_id)
    return and_(Engagement.state == EngagementState.NEW, ~with_objective)


def _escalated() -> ColumnElement[bool]:
    return and_(_active(), exists().where(Account.sys_id == Engagement.account, Account.escalated.is_(True)))


TILES = (
    Tile("total", Label("Total engagements", "Total des engagements"), lambda: Engagement.sys_id.is_not(None)),
    Tile("declined", Label("Health declined", "Santé en baisse"), declined),
    Tile("escalated", Label("Escalated account", "Compte escaladé"), _escalated),
    Tile("renewals", Label("Renewals due in 90 days", "Renouvellements à 90 jours"), lambda: _renews(RENEWS_WITHIN)),
    Tile("new", Label("New engagements", "Nouveaux engagements"), _is_new),
)


def rows_of(tile: Tile, by: Actor) -> Any:
    """The SELECT of exactly the engagements that a tile counts."""
    return visible(Engagement, by).where(mine(by), tile.condition())


def count_of(tile: Tile, by: Actor) -> int:
    """The figure of a tile at this moment."""
    return session.scalar(select(func.count()).select_from(rows_of(tile, by).subquery())) or 0


def value_of(tile: Tile, by: Actor) -> Decimal:
    """LND-16: the value of the running contracts of its engagements, each contract once."""
    keys = rows_of(tile, by).with_only_columns(Engagement.sys_id)
    linked = select(EngagementContract.contract).where(EngagementContract.engagement.in_(keys))
    total = select(func.sum(Contract.value)).where(Contract.sys_id.in_(linked), *running(today()))
    return session.scalar(total) or Decimal(0)


def active_of(by: Actor) -> Any:
    """The SELECT of the active engagements of one's own."""
    return visible(Engagement, by).where(mine(by), _active())


def active_count(by: Actor) -> int:
    """How many active engagements are one's own."""
    return session.scalar(select(func.count()).select_from(active_of(by).subquery())) or 0


def active_engagements(by: Actor, limit: int, asked: str | None) -> Sequence[Engagement]:
    """The first active engagements of one's own, those that renew first on top, and the one `asked` for in any case."""
    order = Engagement.renewal_date.is_(None), Engagement.renewal_date, Engagement.sys_id
    first = session.scalars(active_of(by).order_by(*order).limit(limit)).all()
    if not asked or any(one.sys_id == asked for one in first):
        return first
    return [*first, *session.scalars(active_of(by).where(Engagement.sys_id == asked))]


@dataclass(frozen=True)
class Tab:
    """What hangs on an engagement and is not over."""

    key: str
    label: Label
    record_type: type[Record]
    condition: Callable[[str], ColumnElement[bool]]


def initiatives_of(engagement: str) -> ColumnElement[bool]:
    """SQL: an initiative of an outcome of this engagement."""
    outcomes = select(Outcome.sys_id).join(Objective, Objective.sys_id == Outcome.success_objective)
    return Initiative.success_outcome.in_(outcomes.where(Objective.engagement == engagement))


TABS = (
    Tab("touchpoints", Label("Active touchpoints", "Points de contact actifs"), Touchpoint,
        lambda key: and_(Touchpoint.engagement == key, Touchpoint.state.not_in(OVER))),
    Tab("signals", Label("Active risk signals and issues", "Signaux de risque actifs"), RiskSignal,
        lambda key: and_(RiskSignal.engagement == key, RiskSignal.state.not_in(SIGNAL_OVER))),
    Tab("initiatives", Label("Active success initiatives", "Initiatives actives"), Initiative,
        lambda key: and_(initiatives_of(key), Initiative.state.not_in(OVER))),
    Tab("cases", Label("Active success cases", "Dossiers de réussite actifs"), SuccessCase,
        lambda key: and_(SuccessCase.engagement == key, SuccessCase.state.not_in(OVER))),
)  # fmt: skip


def tab_rows(tab: Tab, engagement: str, by: Actor) -> Any:
    """The SELECT of exactly the records of a tab."""
    return visible(tab.record_type, by).where(tab.condition(engagement))


def _answered() -> ColumnElement[bool]:
    """A risk signal that already has a solution."""
    return exists().where(Solution.risk_signal == RiskSignal.sys_id, Solution.active.is_(True))


WORK: tuple[type[Any], ...] = (Touchpoint, Initiative, SuccessCase, SuccessTask, InternalPlay, InternalPlayTask)
"""What is assigned to somebody and may be late."""


def needs_today(by: Actor, limit: int = 8) -> list[Need]:
    """Overdue work of one's own, health that fell, renewals near, unanswered new risks; the most pressing first."""
    own = select(Engagement.sys_id).where(mine(by), _active())
    found: list[Need] = []
    for kind in WORK:
        if may(kind, "read", by):
            late = visible(kind, by).where(kind.assigned_to == by.id, kind.state.not_in(OVER), kind.due_date < now())
            rows = session.scalars(late.order_by(kind.due_date).limit(limit))
            found += [Need("overdue", one, (one.due_date.date() - today()).days) for one in rows if one.due_date]
    renewing = visible(Engagement, by).where(mine(by), _renews(NEAR)).order_by(Engagement.renewal_date).limit(limit)
    found += [Need("renewal", one, (one.renewal_date - today()).days) for one in session.scalars(renewing)
              if one.renewal_date]  # fmt: skip
    fallen = visible(Engagement, by).where(mine(by), declined()).order_by(Engagement.sys_id).limit(limit)
    found += [Need("health", one, 0) for one in session.scalars(fallen)]
    if may(RiskSignal, "read", by):
        fresh = visible(RiskSignal, by).where(
            RiskSignal.engagement.in_(own), RiskSignal.state.not_in(SIGNAL_OVER),
            RiskSignal.sys_created_on >= now() - NEW_RISK, ~_answered(),
        )  # fmt: skip
        rows = session.scalars(fresh.order_by(RiskSignal.sys_id.desc()).limit(limit))
        found += [Need("risk", one, (one.sys_created_on.date() - today()).days) for one in rows]
    place = {"overdue": 0, "risk": 1, "health": 2, "renewal": 3}
    return sorted(found, key=lambda one: (place[one.reason], one.days))[:limit]
