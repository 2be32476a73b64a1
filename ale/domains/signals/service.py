"""A risk that is reported again is an occurrence of the open signal, and no second signal."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from sqlalchemy import select

from ale.domains.onboarding.records import OnboardingCase, TaskPriority
from ale.domains.signals.records import Occurrence, Probability, RiskSignal
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create, remove, save
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.recurrence import recurring

TOLD = ("short_description", "description", "probability", "tracking_method")


@recurring(RiskSignal)
def seen_again(values: Values, by: Actor) -> RiskSignal | None:
    """C171: the open signal with the same cause, which now knows of one more report; None when it is the first.

    The signal takes the more pressing probability and priority of both; a person may lower them again.
    """
    if values["open_cause"] is None:
        return None
    _wait_for_others(values)
    known = select(RiskSignal).where(RiskSignal.open_cause == values["open_cause"]).with_for_update(key_share=True)
    signal = session.scalars(known.execution_options(populate_existing=True)).one_or_none()
    if signal is None:
        return None
    system = by.for_system()
    told = {name: values[name] for name in TOLD} | {"reported_by": values.get("reported_by") or by.id}
    create(Occurrence, told | {"risk_signal": signal.sys_id, "seen_at": now()}, by=system)
    pressing = {
        "probability": _more_pressing(Probability, signal.probability, values["probability"]),
        "priority": _more_pressing(TaskPriority, signal.priority, values["priority"]),
    }
    return save(signal, pressing | {"times_seen": signal.times_seen + 1, "last_seen": now()}, by=system)


def _wait_for_others(values: Values) -> None:
    """Let one report at a time look for the signal: whoever comes second finds what the first one made."""
    place: Any = Engagement if values.get("engagement") else OnboardingCase
    key = values.get("engagement") or values.get("onboarding_case")
    session.execute(select(place.sys_id).where(place.sys_id == key).with_for_update(key_share=True))


def _more_pressing(kind: type[Enum], *given: Any) -> Any:
    """The one that stands first in the choice, which begins with the most pressing."""
    return min(given, key=list(kind).index)


@after(RiskSignal, "save")
def occurrences_follow(signal: RiskSignal, before: Values | None, by: Actor) -> None:
    """SUC-01: they go with their signal to another account."""
    if before is not None and signal.account != before["account"]:
        for one in _occurrences(signal):
            save(one, {}, by=by.for_system())


@after(RiskSignal, "remove")
def occurrences_go_along(signal: RiskSignal, _before: Values | None, by: Actor) -> None:
    """What was reported again is part of its signal."""
    for one in _occurrences(signal):
        remove(one, by=by.for_system())


def _occurrences(signal: RiskSignal) -> Sequence[Occurrence]:
    found = select(Occurrence).where(Occurrence.risk_signal == signal.sys_id)
    return session.scalars(found.order_by(Occurrence.sys_id)).all()
