"""What activities about people do: the customer team, the account team, the squad."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ale.domains.onboarding import service as onboarding
from ale.domains.people.records import Responsibility
from ale.domains.playbooks.run import Run, RunActivity
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import session
from ale.foundation.problem import Problem, sentence


def customer_team(run: Run) -> list[Any]:
    """The customer team of the record, in the order of joining."""
    return list(onboarding.customer_team(run.case))


def account_team(run: Run) -> list[Any]:
    """The account team of the record, in the order of joining."""
    return list(onboarding.account_team(run.case))


def people(run: Run, activity: RunActivity) -> list[list[str | None]]:
    """Who is on the team of an activity: pairs of person and responsibility."""
    match activity.definition.record_table:
        case "sn_acct_lc_customer_team_member":
            return [[row.contact, row.responsibility] for row in customer_team(run)]
        case "sn_customerservice_team_member":
            return [[row.user, row.responsibility] for row in account_team(run)]
        case "sn_acct_lc_squad_member":
            return [[key, None] for key in run.case.squad]
    return []


def add_contact(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """Put a person on the customer team (ONB-18)."""
    onboarding.add_contact(run.case, dict(values), by.through("playbook"))
    return []


def remove_member(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """Take a person off a team."""
    onboarding.remove_member(run.case, values.get("member"), by.through("playbook"))
    return []


def give_responsibility(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """Say what a person of the customer team answers for; the reminders to show (ONB-14)."""
    return onboarding.give_responsibility(
        run.case, values.get("contact"), values.get("responsibility"), by.through("playbook")
    )


def add_account_member(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> list[Problem]:
    """Put a user on the account team (ONB-15)."""
    onboarding.add_account_member(run.case, values.get("user"), values.get("responsibility"), by.through("playbook"))
    return []


def needs_a_contact(run: Run, activity: RunActivity) -> list[Problem]:
    """A customer team is not empty."""
    return [] if customer_team(run) else [Problem("CONTACT_MISSING", "Add at least one contact first.", "email")]


def needs_point_of_contact(run: Run, activity: RunActivity) -> list[Problem]:
    """ONB-11: everybody has a responsibility and one of them is the point of contact."""
    team = customer_team(run)
    given = {row.responsibility for row in team}
    if None in given:
        return [Problem("RESPONSIBILITY_MISSING", "Give every contact a responsibility first.", "contact")]
    primary = select(Responsibility.sys_id).where(
        Responsibility.sys_id.in_(given), Responsibility.is_primary_contact.is_(True)
    )
    if not session.scalars(primary).first():
        message = sentence("Give one contact the point of contact responsibility first.")
        return [Problem("POINT_OF_CONTACT_MISSING", message, "responsibility")]
    return []


def needs_a_developer(run: Run, activity: RunActivity) -> list[Problem]:
    """Somebody must be there to whom tasks go (ONB-13)."""
    holder = select(Responsibility.sys_id).where(Responsibility.name == onboarding.DEFAULT_HOLDER)
    if session.scalar(holder) in {row.responsibility for row in account_team(run)}:
        return []
    message = sentence("Add a user who holds {name} first; tasks go to that person by default.")
    return [Problem("DEVELOPER_MISSING", message, "responsibility", name=onboarding.DEFAULT_HOLDER)]


def keep_squad(run: Run, activity: RunActivity, values: Mapping[str, Any], by: Actor) -> None:
    """Store who is on the squad."""
    if "squad" in values:
        save(run.record, {"squad": values["squad"]}, by=by.through("playbook"))
