"""The five score cards of the onboarding landing page (LND-01 to LND-06): what each counts, and its trend."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from ale.domains.landing.records import Snapshot
from ale.domains.onboarding.records import CaseTask, OnboardingCase, open_condition
from ale.domains.signals.records import OVER, RiskSignal
from ale.foundation.actor import Actor
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.reading import may, visible
from ale.foundation.record import Record

TREND_DAYS = 92


OPEN = "stateNOT INclosed,canceled"


@dataclass(frozen=True)
class Card:
    """A figure with its exact definition; `query` says the same as an encoded query, for the list it opens."""

    key: str
    label: Label
    record_type: type[Record]
    condition: Callable[[Actor], ColumnElement[bool]]
    query: Callable[[Actor], str]
    personal: bool = False


def _open_cases() -> Any:
    return select(OnboardingCase.sys_id).where(open_condition(OnboardingCase))


def _active_tasks() -> ColumnElement[bool]:
    return and_(open_condition(CaseTask), CaseTask.parent.in_(_open_cases()))


def _stale() -> datetime:
    """Who was last updated before this moment has not been for more than three days."""
    return now() - timedelta(hours=72)


CARDS = (
    Card(
        "my_active_cases", Label("My active onboarding cases", "Mes dossiers d’intégration actifs"), OnboardingCase,
        lambda by: and_(open_condition(OnboardingCase), OnboardingCase.assigned_to == by.id),
        lambda by: f"{OPEN}^assigned_to={by.id}", personal=True,
    ),
    Card(
        "stale_cases", Label("Not updated in more than 3 days", "Sans mise à jour depuis plus de 3 jours"),
        OnboardingCase, lambda by: and_(open_condition(OnboardingCase), OnboardingCase.sys_updated_on < _stale()),
        lambda by: f"{OPEN}^sys_updated_on<{_stale()}",
    ),
    Card(
        "active_tasks", Label("Active onboarding tasks", "Tâches d’intégration actives"), CaseTask,
        lambda by: _active_tasks(), lambda by: f"{OPEN}^parent.{OPEN}",
    ),
    Card(
        "overdue_tasks", Label("Overdue onboarding tasks", "Tâches d’intégration en retard"), CaseTask,
        lambda by: and_(_active_tasks(), CaseTask.due_date < now()),
        lambda by: f"{OPEN}^parent.{OPEN}^due_date<{now()}",
    ),
    Card(
        "active_risks", Label("Active risk signals", "Signaux de risque actifs"), RiskSignal,
        lambda by: and_(RiskSignal.state.not_in(OVER), RiskSignal.onboarding_case.in_(_open_cases())),
        lambda by: f"stateNOT IN{','.join(OVER)}^onboarding_caseISNOTEMPTY^onboarding_case.{OPEN}",
    ),
)  # fmt: skip


def cards_for(by: Actor) -> list[Card]:
    """The cards whose records this actor may read."""
    return [card for card in CARDS if may(card.record_type, "read", by)]


def rows_of(card: Card, by: Actor) -> Any:
    """The SELECT of exactly the records that a card counts."""
    return visible(card.record_type, by).where(card.condition(by))


def count_of(card: Card, by: Actor) -> int:
    """The figure of a card at this moment."""
    return session.scalar(select(func.count()).select_from(rows_of(card, by).subquery())) or 0


def trends(by: Actor) -> dict[str, list[tuple[date, int]]]:
    """The stored values of the last three months by card, oldest first; one statement."""
    since = today() - timedelta(days=TREND_DAYS)
    found = select(Snapshot.metric, Snapshot.day, Snapshot.value).where(
        Snapshot.day >= since, Snapshot.user.in_(["", by.id]), Snapshot.sys_domain == by.domain
    )
    series: dict[str, list[tuple[date, int]]] = {card.key: [] for card in CARDS}
    for metric, day, value in session.execute(found.order_by(Snapshot.day)):
        if metric in series:
            series[metric].append((day, value))
    return series


@dataclass(frozen=True)
class Need:
    """Something that needs a person today: why, what it is about, and in or for how many days."""

    reason: str
    record: Record
    days: int


def needs_today(by: Actor, limit: int = 8) -> list[Need]:
    """What needs this actor today: overdue tasks of the own, go-lives near or past, cases at a standstill."""
    mine_overdue = select(CaseTask).where(_active_tasks(), CaseTask.assigned_to == by.id, CaseTask.due_date < now())
    own_cases = and_(open_condition(OnboardingCase), OnboardingCase.assigned_to == by.id)
    near = select(OnboardingCase).where(own_cases, OnboardingCase.go_live_date <= today() + timedelta(days=14))
    still = select(OnboardingCase).where(own_cases, OnboardingCase.sys_updated_on < _stale())
    found = [
        *(Need("overdue", task, (task.due_date.date() - today()).days)
          for task in session.scalars(mine_overdue.order_by(CaseTask.due_date).limit(limit)) if task.due_date),
        *(Need("go_live", case, (case.go_live_date - today()).days)
          for case in session.scalars(near.order_by(OnboardingCase.go_live_date).limit(limit)) if case.go_live_date),
        *(Need("still", case, (case.sys_updated_on.date() - today()).days)
          for case in session.scalars(still.order_by(OnboardingCase.sys_updated_on).limit(limit))),
    ]  # fmt: skip
    once = {need.record.sys_id: need for need in reversed(found)}
    return sorted(once.values(), key=lambda need: need.days)[:limit]
