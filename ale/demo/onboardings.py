"""Onboardings of the demo at different points."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ale.demo.people import user_named
from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import Responsibility
from ale.domains.people.service import actor_for
from ale.domains.playbooks import service as playbooks
from ale.domains.playbooks.engine import IN_PROGRESS
from ale.domains.playbooks.run import Run, run_on
from ale.domains.signals.records import RiskSignal
from ale.foundation.actor import Actor
from ale.foundation.changes import create, move, save
from ale.foundation.clock import now, today
from ale.foundation.db import session


def make_onboardings(accounts: dict[str, Account]) -> None:
    """Four onboardings: just begun, in data capture, in development, and finished."""
    agent = _actor("agent")
    genixify, boxeo = accounts["Genixify"], accounts["Boxeo"]
    _open(genixify, agent, "Onboarding for Genixify — Analytics", owner="analyst", go_live=75)
    capture = _open(genixify, agent, "Onboarding for Genixify — PRO-PLUS", owner="agent", go_live=18)
    _set_up(capture, agent)
    _talk(capture, agent)
    build = _open(boxeo, agent, "Onboarding for Boxeo — Field Service", owner="agent", go_live=40)
    _set_up(build, agent)
    _finish_stage(build, agent)
    done = _open(boxeo, agent, "Onboarding for Boxeo — pilot", owner="analyst", go_live=-30)
    _set_up(done, agent)
    for _ in range(4):
        _finish_stage(done, agent)
    _close(done, agent)
    _risks(capture, build, agent)
    _past(capture, build)


def _actor(user_name: str) -> Actor:
    found = actor_for(user_named(user_name).sys_id)
    if found is None:
        raise LookupError(user_name)
    return found


def _open(account: Account, by: Actor, name: str, *, owner: str, go_live: int) -> OnboardingCase:
    given = {
        "account": account.sys_id, "short_description": name, "contact": account.primary_contact,
        "go_live_date": today() + timedelta(days=go_live), "assigned_to": user_named(owner).sys_id,
    }  # fmt: skip
    return create(OnboardingCase, given, by=by)


def _run(case: OnboardingCase) -> Run:
    run = run_on(case)
    if run is None:
        raise LookupError(case.number)
    return run


def _set_up(case: OnboardingCase, by: Actor) -> None:
    """Lead a case through Initial setup as an onboarding manager would."""
    _complete(case, by, {"service_exchange_integration": "not_required", "onboarding_type": "full", "state": "active"})
    contacts = session.scalars(
        select(Contact).where(Contact.account == case.account, Contact.user.is_not(None)).order_by(Contact.sys_id)
    ).all()
    for contact in contacts:
        names = {"first_name": contact.first_name, "last_name": contact.last_name, "email": contact.email}
        _act(case, by, names)
    _complete(case, by)
    duties = ("Customer onboarding point of contact", "Foundational data SME", "Key team member")
    for contact, duty in zip(contacts, duties, strict=False):
        _act(case, by, {"contact": contact.sys_id, "responsibility": _duty(duty)})
    _complete(case, by)
    for user_name, duty in (("agent", "Onboarding manager"), ("analyst", "Foundational data analyst"),
                            ("admin", "ServiceNow Developer/Admin")):  # fmt: skip
        _act(case, by, {"user": user_named(user_name).sys_id, "responsibility": _duty(duty)})
    _complete(case, by)
    _complete(case, by, {"squad": [_squad("csm", "Customer success manager", by)]})


def _duty(name: str) -> str:
    return session.scalars(select(Responsibility.sys_id).where(Responsibility.name == name)).one()


def _squad(user_name: str, duty: str, by: Actor) -> str:
    user, responsibility = user_named(user_name).sys_id, _duty(duty)
    found = select(SquadMember.sys_id).where(SquadMember.user == user, SquadMember.responsibility == responsibility)
    given = {"user": user, "responsibility": responsibility}
    return session.scalar(found) or create(SquadMember, given, by=by).sys_id


def _act(case: OnboardingCase, by: Actor, values: dict[str, Any]) -> None:
    run = _run(case)
    activity = run.first_to_do()
    if activity is not None:
        playbooks.act(run, activity, "add", values, by)


def _complete(case: OnboardingCase, by: Actor, values: dict[str, Any] | None = None) -> None:
    run = _run(case)
    activity = run.first_to_do()
    if activity is not None:
        playbooks.complete(run, activity, values or {}, by)


def _finish_stage(case: OnboardingCase, by: Actor) -> None:
    """Complete whatever the stage at work still asks for."""
    stage = _run(case).current.id
    while (run := _run(case)).current.id == stage and (activity := run.first_to_do()) is not None:
        notes = {f"close_notes.{one.context.task}": "All rows published." for one in run.current.activities}
        playbooks.complete(run, activity, notes | {"close_notes": "Done."}, by)
        if run.current.state != IN_PROGRESS:
            break


def _close(case: OnboardingCase, by: Actor) -> None:
    closure = {"resolution_code": "successful_no_issues", "close_notes": "Live since the planned day."}
    move(case, "close", closure, by=by)


def _talk(case: OnboardingCase, by: Actor) -> None:
    save(case, {"comments": "Here is the plan we agreed on. Please send the contacts of all three sites."}, by=by)
    save(case, {"work_notes": "Lea will send the missing Graz contacts on Thursday."}, by=by)


def _risks(capture: OnboardingCase, build: OnboardingCase, by: Actor) -> None:
    risks = ((capture, "Location data comes late", "high"), (build, "Key developer on leave", "moderate"))
    for case, text, likely in risks:
        own = {"account": case.account, "onboarding_case": case.sys_id, "scope": "onboarding", "state": "active"}
        said = {"short_description": text, "description": f"{text}.", "probability": likely}
        create(RiskSignal, own | said, by=by)


def _past(capture: OnboardingCase, build: OnboardingCase) -> None:
    """Some tasks are late and one case has not moved for days, so that the cards have something to say."""
    build.sys_updated_on = now() - timedelta(days=5)
    open_tasks = select(CaseTask).where(CaseTask.parent.in_([capture.sys_id, build.sys_id]), CaseTask.active.is_(True))
    for offset, task in enumerate(session.scalars(open_tasks.order_by(CaseTask.sys_id))):
        task.due_date = now() + timedelta(days=offset - 2)
    session.flush()
