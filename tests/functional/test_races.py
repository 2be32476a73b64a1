"""Two people do the same at the same moment, on PostgreSQL with real connections: nothing happens twice."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask import Flask

from ale.domains.accounts.records import Contact
from ale.domains.onboarding import service as onboarding
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.teams import CustomerTeamMember, SquadMember
from ale.domains.people import service as people
from ale.domains.playbooks import service as playbooks
from ale.foundation.changes import create, move, save
from ale.foundation.db import session
from ale.foundation.problem import Conflict, Rejected
from tests.factories import responsibility, user
from tests.races import SYSTEM, Deed, Meet, done, number_of, race, refusals
from tests.stories import CONTACT, DEVELOPER, KEY, Story

_number = count(1)


@pytest.fixture
def begun(shop: Flask) -> str:
    """The id of a case whose first stage stands at the customer team."""

    def begin() -> str:
        agent = people.actor_for(user("agent"))
        assert agent is not None
        story = Story.begin(agent, f"Alderis {next(_number)}")
        story.inform()
        return story.case.sys_id

    return str(done(shop, begin))


def story(case: str) -> Story:
    agent = people.actor_for(user("agent"))
    assert agent is not None
    return Story(session.get_one(OnboardingCase, case), agent)


def contact_of(case: str, name: str = "lea") -> Any:
    return Contact.email == f"{name}.{case}@alderis.example"


def add(case: str, name: str = "lea") -> None:
    story(case).add_contact(name, "Martin", f"{name}.{case}@alderis.example")


def last_imports(case: str, amount: int) -> list[str]:
    """Lead a case on until only so many imports are open; the ids of their tasks."""
    led = story(case)
    led.meet_the_customer(f"{case}.example")
    led.give(CONTACT, KEY, KEY)
    led.complete("add_customer_responsibilities")
    led.add_member("admin", DEVELOPER)
    led.complete("add_account_team")
    led.complete("add_squad")
    for key in led.doing[amount:]:
        led.complete(key)
    return [led.task(key).sys_id for key in led.doing]


def test_one_activity_is_completed_once(shop: Flask, begun: str) -> None:
    def lead() -> None:
        led = story(begun)
        led.meet_the_customer(f"{begun}.example")
        led.give(CONTACT, KEY, KEY)

    def complete(meet: Meet) -> None:
        led = story(begun)
        run = led.run
        activity = led.activity("add_customer_responsibilities", run)
        meet()
        playbooks.complete(run, activity, {}, led.by)

    done(shop, lead)
    outcomes = race(shop, complete, complete, complete)
    assert len(refusals(outcomes)) == 2
    assert done(shop, lambda: story(begun).doing) == ["add_account_team"]
    assert len(done(shop, lambda: story(begun).mails())) == 6


def test_a_task_closed_twice_moves_on_once(shop: Flask, begun: str) -> None:
    (task,) = done(shop, lambda: last_imports(begun, 1))

    def close(meet: Meet) -> None:
        found = session.get_one(CaseTask, task)
        meet()
        save(found, {"state": "closed"}, by=SYSTEM)

    outcomes = race(shop, close, close)
    assert refusals(outcomes) == [Conflict]
    assert done(shop, lambda: story(begun).doing) == ["data_import_summary"]


def test_two_last_tasks_closed_at_once_end_the_step_together(shop: Flask, begun: str) -> None:
    tasks = done(shop, lambda: last_imports(begun, 2))

    def close(task: str) -> Deed:
        def deed(meet: Meet) -> None:
            found = session.get_one(CaseTask, task)
            meet()
            save(found, {"state": "closed"}, by=SYSTEM)

        return deed

    outcomes = race(shop, *(close(task) for task in tasks))
    assert refusals(outcomes) == []
    assert done(shop, lambda: story(begun).doing) == ["data_import_summary"]


def test_a_person_joins_the_customer_team_once(shop: Flask, begun: str) -> None:
    def join(meet: Meet) -> None:
        session.get_one(OnboardingCase, begun)
        meet()
        add(begun)

    outcomes = race(shop, join, join, join)
    assert refusals(outcomes) == [], "whoever comes second finds the person there"
    assert number_of(shop, Contact, contact_of(begun)) == 1
    assert number_of(shop, CustomerTeamMember, CustomerTeamMember.onboarding_case == begun) == 1


def test_a_known_person_joins_the_customer_team_once(shop: Flask, begun: str) -> None:
    def known() -> None:
        given = {"first_name": "Lea", "last_name": "Martin", "email": f"lea.{begun}@alderis.example"}
        create(Contact, given | {"account": session.get_one(OnboardingCase, begun).account}, by=SYSTEM)

    def join(meet: Meet) -> None:
        session.get_one(OnboardingCase, begun)
        meet()
        add(begun)

    done(shop, known)
    assert refusals(race(shop, join, join)) == []
    assert number_of(shop, CustomerTeamMember, CustomerTeamMember.onboarding_case == begun) == 1


def test_one_responsibility_is_given_once(shop: Flask, begun: str) -> None:
    def lead() -> None:
        add(begun)
        story(begun).complete("add_customer_team")

    def give(meet: Meet) -> None:
        led = story(begun)
        meet()
        led.give(CONTACT)

    done(shop, lead)
    outcomes = race(shop, give, give)
    assert set(refusals(outcomes)) <= {Conflict}
    team = done(shop, lambda: onboarding.customer_team(session.get_one(OnboardingCase, begun)))
    assert [one.responsibility for one in team] == [done(shop, lambda: responsibility(CONTACT))]


def test_a_user_joins_the_account_team_once(shop: Flask, begun: str) -> None:
    def join(meet: Meet) -> None:
        case = session.get_one(OnboardingCase, begun)
        meet()
        onboarding.add_account_member(case, user("admin"), responsibility(DEVELOPER), SYSTEM)

    outcomes = race(shop, join, join)
    assert refusals(outcomes) == [Rejected]
    assert len(done(shop, lambda: onboarding.account_team(session.get_one(OnboardingCase, begun)))) == 1


def test_two_choices_of_a_squad_do_not_overwrite_each_other(shop: Flask, begun: str) -> None:
    def member(name: str) -> str:
        return create(
            SquadMember, {"user": user(name), "responsibility": responsibility("Account manager")}, by=SYSTEM
        ).sys_id

    chosen = [done(shop, lambda name=name: member(name)) for name in ("csm", "agent")]

    def choose(squad: str) -> Deed:
        def deed(meet: Meet) -> None:
            case = session.get_one(OnboardingCase, begun)
            meet()
            save(case, {"squad": [squad]}, by=SYSTEM)

        return deed

    outcomes = race(shop, *(choose(squad) for squad in chosen))
    assert refusals(outcomes) == [Conflict]


def test_a_case_is_closed_once(shop: Flask, begun: str) -> None:
    def close(meet: Meet) -> None:
        case = session.get_one(OnboardingCase, begun)
        meet()
        closure = {"resolution_code": "successful_no_issues", "close_notes": "Live."}
        move(case, "close", closure, by=SYSTEM)

    outcomes = race(shop, close, close)
    assert refusals(outcomes) == [Conflict]
    assert done(shop, lambda: story(begun).run.context.state) == "canceled"


def test_closing_and_canceling_at_once_does_one_of_them(shop: Flask, begun: str) -> None:
    def end(step: str) -> Deed:
        def deed(meet: Meet) -> None:
            case = session.get_one(OnboardingCase, begun)
            meet()
            move(case, step, {"resolution_code": "unsuccessful", "close_notes": "Over."}, by=SYSTEM)

        return deed

    outcomes = race(shop, end("close"), end("cancel"))
    assert refusals(outcomes) == [Conflict]
    case = done(shop, lambda: session.get_one(OnboardingCase, begun))
    assert (case.state, case.resolution_code) in (("closed", "unsuccessful"), ("canceled", "voided"))
