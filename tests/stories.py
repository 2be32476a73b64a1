"""A story: one onboarding case and somebody who leads it through its playbook, by the services behind the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.onboarding import service as onboarding
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.playbooks import service
from ale.domains.playbooks.engine import COMPLETE, IN_PROGRESS
from ale.domains.playbooks.instances import Context
from ale.domains.playbooks.run import Run, RunActivity, RunStage, load
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.clock import one_moment, today
from ale.foundation.db import session
from ale.foundation.outbox import Email
from ale.foundation.problem import Problem, Rejected
from tests.factories import responsibility, user

CONTACT = "Customer onboarding point of contact"
KEY = "Key team member"
EXPERT = "Foundational data SME"
DEVELOPER = "ServiceNow Developer/Admin"
MANAGER = "Onboarding manager"
ANALYST = "Foundational data analyst"


def refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> list[tuple[str, str | None]]:
    """Code and field of each problem for which a call is refused."""
    with pytest.raises(Rejected) as refusal:
        call(*args, **kwargs)
    return [(one.code, one.field) for one in refusal.value.problems]


class Story:
    """What happens to a case, in the words of the playbook: activities are named by their keys.

    Each deed has one moment, as it has behind the doors of the program.
    """

    def __init__(self, case: OnboardingCase, by: Actor) -> None:
        self.case, self.by = case, by

    @classmethod
    def begin(cls, by: Actor, name: str = "Alderis", **values: Any) -> Story:
        """Make an account; its case and playbook begin by themselves."""
        account = create(Account, {"name": name} | values, by=Actor.system())
        case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == account.sys_id)).one()
        return cls(case, by)

    @classmethod
    def of(cls, name: str, by: Actor) -> Story:
        """Go on with the case of the demo that is called so."""
        case = session.scalars(select(OnboardingCase).where(OnboardingCase.short_description == name)).one()
        return cls(case, by)

    @property
    def run(self) -> Run:
        context = session.scalars(
            select(Context).where(Context.record == self.case.sys_id).order_by(Context.sys_id.desc())
        ).first()
        assert context is not None
        return load(context)

    def activity(self, key: str, run: Run | None = None) -> RunActivity:
        return next(one for one in (run or self.run).activities.values() if one.definition.key == key)

    def stage(self, number: int) -> RunStage:
        return self.run.stages[number - 1]

    def state(self, key: str) -> str:
        return self.activity(key).state

    @property
    def doing(self) -> list[str]:
        """The keys of the activities in progress, in order."""
        return [one.definition.key for one in self.run.activities.values() if one.state == IN_PROGRESS]

    def complete(self, key: str, **values: Any) -> None:
        run = self.run
        with one_moment():
            service.complete(run, self.activity(key, run), values, self.by)

    def keep(self, key: str, **values: Any) -> None:
        run = self.run
        with one_moment():
            service.keep(run, self.activity(key, run), values, self.by)

    def act(self, key: str, action: str, **values: Any) -> list[Problem]:
        run = self.run
        with one_moment():
            return service.act(run, self.activity(key, run), action, values, self.by)

    def add_contact(self, first: str, last: str, email: str | None = None) -> None:
        email = email or f"{first}.{last}@alderis.example".lower()
        self.act("add_customer_team", "add", first_name=first, last_name=last, email=email)

    def task(self, key: str) -> CaseTask:
        """The task that an activity made."""
        return session.get_one(CaseTask, self.activity(key).context.task)

    def mails(self, kind: str | None = None) -> list[Email]:
        """The mails of the case, oldest first."""
        found = session.scalars(select(Email).where(Email.record == self.case.sys_id).order_by(Email.sys_id))
        return [one for one in found if kind in (None, one.kind)]

    def inform(self, **values: Any) -> None:
        """Enter onboarding related info."""
        given = {
            "assigned_to": user("agent"), "service_exchange_integration": "not_required", "onboarding_type": "full",
            "go_live_date": today() + timedelta(days=30),
        }  # fmt: skip
        self.complete("enter_onboarding_info", **(given | values))

    def meet_the_customer(self, at: str = "alderis.example") -> None:
        """Add customer team: three people."""
        for first, last in (("Lea", "Martin"), ("Tom", "Roy"), ("Nina", "Sow")):
            self.add_contact(first, last, f"{first}.{last}@{at}".lower())
        self.complete("add_customer_team")

    def give(self, *duties: str) -> list[Problem]:
        """Give the people of the customer team responsibilities, in the order in which they joined."""
        contacts = [one.contact for one in onboarding.customer_team(self.case)]
        reminders = []
        for contact, duty in zip(contacts, duties, strict=False):
            reminders += self.act(
                "add_customer_responsibilities", "add", contact=contact, responsibility=responsibility(duty)
            )
        return reminders

    def add_member(self, user_name: str, duty: str) -> None:
        self.act("add_account_team", "add", user=user(user_name), responsibility=responsibility(duty))

    def set_up(self, **values: Any) -> None:
        """The whole first stage."""
        self.inform(**values)
        self.meet_the_customer()
        self.give(CONTACT, KEY, KEY)
        self.complete("add_customer_responsibilities")
        self.add_member("admin", DEVELOPER)
        self.add_member("agent", MANAGER)
        self.complete("add_account_team")
        self.complete("add_squad")

    def finish(self, number: int) -> None:
        """Everything that a later stage asks for."""
        run = self.run
        while (stage := run.stages[number - 1]).state == IN_PROGRESS:
            one = next(one for one in stage.listed if one.state == IN_PROGRESS)
            notes = {f"close_notes.{other.context.task}": "All in." for other in stage.activities if other.context.task}
            run = service.complete(run, one, notes, self.by)
        assert stage.state == COMPLETE
