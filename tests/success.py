"""Two accounts in domains of their own, and success records of theirs: what tests of customer success begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.estate.records import Contract, SoldProduct
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.success.actions import SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement, EngagementContract
from ale.domains.system.records import Property
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from ale.foundation.record import Record

SYSTEM = Actor.system()
WORDS: dict[type[Record], dict[str, str]] = {
    Engagement: {"title": "Alderis platform engagement"},
    Objective: {"title": "Cut handling time", "description": "By a third."},
    Outcome: {"title": "30 % fewer calls", "description": "Measured monthly"},
    Initiative: {"subject": "Self-service portal", "description": "Build and promote it."},
    SuccessCase: {"short_description": "Tune the forms", "description": "They are long."},
    Touchpoint: {"subject": "Weekly review", "description": "Status of the roll-out"},
    SuccessTask: {"subject": "Prepare workshop", "description": "Room and agenda."},
}
"""The texts without which a record is not saved."""


def problems(call: Callable[..., Any], *args: Any, **kwargs: Any) -> list[tuple[str, str | None]]:
    """Code and field of each problem for which a call is refused."""
    with pytest.raises(Rejected) as refusal:
        call(*args, **kwargs)
    return [(one.code, one.field) for one in refusal.value.problems]


def owner(name: str) -> Account:
    """An account with a domain of its own and the onboarding case that opens with it."""
    found = session.scalars(select(Account).where(Account.name == name)).first()
    if found is None:
        setting = session.scalars(select(Property).where(Property.name == "csm_auto_account_domain_generation")).one()
        save(setting, {"value": "true"}, by=SYSTEM)
        found = create(Account, {"name": name}, by=SYSTEM)
    return found


def case_of(account: Account) -> OnboardingCase:
    """The first onboarding case of an account."""
    found = select(OnboardingCase).where(OnboardingCase.account == account.sys_id).order_by(OnboardingCase.sys_id)
    case = session.scalars(found).first()
    assert case is not None
    return case


class Shelf:
    """Makes success records as one actor would."""

    def __init__(self, by: Actor = SYSTEM) -> None:
        self.by = by

    def engagement(self, account: str = "Alderis", **given: Any) -> Engagement:
        own = owner(account)
        facts = {"account": own.sys_id, "initial_onboarding": case_of(own).sys_id}
        return self._make(Engagement, facts | given)

    def objective(self, engagement: Engagement, **given: Any) -> Objective:
        return self._make(Objective, {"engagement": engagement.sys_id} | given)

    def outcome(self, objective: Objective, **given: Any) -> Outcome:
        return self._make(Outcome, {"success_objective": objective.sys_id} | given)

    def initiative(self, outcome: Outcome, **given: Any) -> Initiative:
        return self._make(Initiative, {"success_outcome": outcome.sys_id} | given)

    def case(self, engagement: Engagement, **given: Any) -> SuccessCase:
        return self._make(SuccessCase, {"engagement": engagement.sys_id} | given)

    def touchpoint(self, engagement: Engagement, **given: Any) -> Touchpoint:
        return self._make(Touchpoint, {"engagement": engagement.sys_id} | given)

    def task(self, parent: Record, **given: Any) -> SuccessTask:
        return self._make(SuccessTask, {"parent": parent.sys_id} | given)

    def contract(self, account: str = "Alderis", **given: Any) -> Contract:
        facts = {"account": owner(account).sys_id, "short_description": "Subscription"}
        return create(Contract, facts | given, by=SYSTEM)

    def sold(self, account: str = "Alderis", **given: Any) -> SoldProduct:
        return create(SoldProduct, {"account": owner(account).sys_id, "name": "Suite"} | given, by=SYSTEM)

    def link(self, engagement: Engagement, contract: Contract) -> EngagementContract:
        return create(EngagementContract, {"engagement": engagement.sys_id, "contract": contract.sys_id}, by=self.by)

    def every_kind(self) -> dict[str, Any]:
        """One record of each kind that is closed, by the name of its type, below one engagement of Alderis."""
        engagement = self.engagement()
        objective = self.objective(engagement)
        outcome = self.outcome(objective)
        case = self.case(engagement)
        made = (engagement, objective, outcome, self.initiative(outcome), case, self.touchpoint(engagement),
                self.task(case))  # fmt: skip
        return {type(one).__name__: one for one in made}

    def _make(self, record_type: type[Any], given: dict[str, Any]) -> Any:
        return create(record_type, WORDS[record_type] | given, by=self.by)
