"""Onboarding as use cases: opening cases, teams, their mails, what follows when a case ends."""

from typing import Any

from sqlalchemy import select

from ale.domains.accounts import service as _accounts  # noqa: F401 -- an account has its domain before its case
from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import CaseState, CaseTask, OnboardingCase, TaskState
from ale.domains.onboarding.rules import TASK_OVER
from ale.domains.onboarding.teams import AccountTeamMember, CustomerTeamMember
from ale.domains.people.records import Responsibility, Role, RoleGrant
from ale.domains.people.roles import closure
from ale.domains.system.service import setting_is_on
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create, remove, save
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.record import RECORDS

FLOW = "ale.flow.account_onboarding_case"
FLOW_NAME = "Creation of account onboarding case"
DEFAULT_HOLDER = "ServiceNow Developer/Admin"


@after(Account, "create")
def open_a_case_for(account: Account, _before: Values | None, by: Actor) -> None:
    """ONB-01: a new customer account starts one onboarding, unless the flow is switched off."""
    if account.customer and setting_is_on(FLOW, default=True) and not _flow_is_off():
        create(OnboardingCase, {"account": account.sys_id}, by=by.for_system())


def _flow_is_off() -> bool:
    """Whether an administrator switched the flow off where flows are listed (C020)."""
    flow: Any = RECORDS["sys_hub_flow"]
    return session.scalar(select(flow.sys_id).where(flow.name == FLOW_NAME, flow.active.is_(False))) is not None


@after(OnboardingCase, "save")
def cancel_open_tasks(case: OnboardingCase, before: Values | None, by: Actor) -> None:
    """ONB-19: a canceled case takes its open tasks along."""
    if case.state != CaseState.CANCELED or (before is not None and before["state"] == CaseState.CANCELED):
        return
    for task in open_tasks(case):
        save(task, {"state": TaskState.CANCELED}, by=by.for_system())


@after(OnboardingCase, "save")
def take_tasks_along(case: OnboardingCase, before: Values | None, by: Actor) -> None:
    """The tasks of a case that goes to another account go with it, out of sight of the first one (DOM-03)."""
    if before is None or case.account == before["account"]:
        return
    for task in session.scalars(select(CaseTask).where(CaseTask.parent == case.sys_id)):
        save(task, {"contact": None}, by=by.for_system())


def open_tasks(case: OnboardingCase) -> list[CaseTask]:
    """The tasks of a case that are not over, oldest first."""
    found = select(CaseTask).where(CaseTask.parent == case.sys_id, CaseTask.state.not_in(TASK_OVER))
    return list(session.scalars(found.order_by(CaseTask.sys_id)))


def add_contact(case: OnboardingCase, values: Values, by: Actor) -> CustomerTeamMember:
    """ONB-18: put a person on the customer team; a contact of the account with that address is reused."""
    email = str(values.get("email") or "").strip().lower()
    contact = session.scalars(select(Contact).where(Contact.email == email)).first() if email else None
    if contact is None:
        given = {name: values.get(name) for name in ("first_name", "last_name", "email")}
        contact = create(Contact, given | {"account": case.account}, by=by)
    elif contact.account != case.account:
        raise Rejected(
            [Problem("CONTACT_OTHER_ACCOUNT", "This email belongs to a contact of another account.", "email")]
        )
    member = next((one for one in customer_team(case) if one.contact == contact.sys_id), None)
    return member or create(CustomerTeamMember, {"onboarding_case": case.sys_id, "contact": contact.sys_id}, by=by)


def give_responsibility(
    case: OnboardingCase, contact: str | None, responsibility: str | None, by: Actor
) -> list[Problem]:
    """Give a member of the customer team a responsibility; the reminders to show (ONB-14: roles are never granted)."""
    rows = [one for one in customer_team(case) if one.contact == contact]
    problems = [] if rows else [_required("contact", "Contact")]
    chosen = session.get(Responsibility, responsibility) if responsibility else None
    if chosen is None:
        problems.append(_required("responsibility", "Responsibility"))
    if problems or chosen is None:
        raise Rejected(problems)
    free = next((row for row in rows if row.responsibility is None), None)
    if free is not None:
        save(free, {"responsibility": chosen.sys_id}, by=by)
    elif all(row.responsibility != chosen.sys_id for row in rows):
        given = {"onboarding_case": case.sys_id, "contact": contact, "responsibility": chosen.sys_id}
        create(CustomerTeamMember, given, by=by)
    return role_reminder(session.get_one(Contact, str(contact)), chosen)


def _required(name: str, label: str) -> Problem:
    return Problem("REQUIRED_FIELD", "{label} is required.", name, label=label)


def role_reminder(contact: Contact, responsibility: Responsibility) -> list[Problem]:
    """The reminder that an administrator must grant the role a responsibility needs, when the user lacks it."""
    if not responsibility.required_role:
        return []
    needed = session.get_one(Role, responsibility.required_role).name
    held = (
        select(Role.name).join(RoleGrant, RoleGrant.role == Role.sys_id).where(RoleGrant.user == (contact.user or ""))
    )
    if needed in closure(session.scalars(held)):
        return []
    message = sentence("{contact} needs the role {role}; ask an administrator to grant it.")
    return [Problem("ROLE_REMINDER", message, "responsibility", contact=contact.full_name, role=needed)]


def remove_member(case: OnboardingCase, member: str | None, by: Actor) -> None:
    """Take a person off a team of the case."""
    for kind in (CustomerTeamMember, AccountTeamMember):
        found = select(kind).where(kind.sys_id == (member or ""), kind.onboarding_case == case.sys_id)
        for row in session.scalars(found):
            remove(row, by=by)


def add_account_member(
    case: OnboardingCase, user: str | None, responsibility: str | None, by: Actor
) -> AccountTeamMember:
    """Put a user on the account team of the case with a responsibility that the user holds (ONB-15)."""
    values = {"account": case.account, "onboarding_case": case.sys_id, "user": user, "responsibility": responsibility}
    return create(AccountTeamMember, values, by=by)


def customer_team(case: OnboardingCase) -> list[CustomerTeamMember]:
    """The customer team of a case, in the order of joining."""
    found = select(CustomerTeamMember).where(CustomerTeamMember.onboarding_case == case.sys_id)
    return list(session.scalars(found.order_by(CustomerTeamMember.sys_id)))


def account_team(case: OnboardingCase) -> list[AccountTeamMember]:
    """The account team of a case, in the order of joining."""
    found = select(AccountTeamMember).where(AccountTeamMember.onboarding_case == case.sys_id)
    return list(session.scalars(found.order_by(AccountTeamMember.sys_id)))


def default_assignee(case: OnboardingCase, responsibility: str | None) -> str | None:
    """ONB-13: who holds the responsibility on the account team, else the developer, else the owner of the case."""
    holders = {one.responsibility: one.user for one in reversed(account_team(case))}
    if responsibility and responsibility in holders:
        return holders[responsibility]
    developer = session.scalar(select(Responsibility.sys_id).where(Responsibility.name == DEFAULT_HOLDER))
    return holders.get(developer or "") or case.assigned_to
