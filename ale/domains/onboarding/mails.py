"""The mails of an onboarding, in the language of each recipient (ONB-11, ONB-12)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.onboarding.service import account_team, customer_team
from ale.domains.people.records import Responsibility, User
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.outbox import post


@dataclass(frozen=True)
class Recipient:
    name: str
    email: str
    language: str


SUBJECTS = {
    "customer_point_of_contact": Label(
        "Your point of contact for the onboarding of {account}: {people}",
        "Votre point de contact pour l’intégration de {account} : {people}",
    ),
    "customer_key_team": Label("The team for the onboarding of {account}", "L’équipe de l’intégration de {account}"),
    "account_team_added": Label(
        "You are on the onboarding team of {account}", "Vous faites partie de l’équipe d’intégration de {account}"
    ),
}
BODIES = {
    "customer_point_of_contact": Label(
        "Hello {name},\n\n{people} is the point of contact for the onboarding of {account} ({number}).\n"
        "Planned go-live: {go_live}.\n",
        "Bonjour {name},\n\n{people} est le point de contact pour l’intégration de {account} ({number}).\n"
        "Mise en service prévue : {go_live}.\n",
    ),
    "customer_key_team": Label(
        "Hello {name},\n\nThese people work on the onboarding of {account} ({number}):\n\n{people}\n",
        "Bonjour {name},\n\nCes personnes participent à l’intégration de {account} ({number}) :\n\n{people}\n",
    ),
    "account_team_added": Label(
        "Hello {name},\n\nYou are on the team for the onboarding of {account} ({number}):\n\n{people}\n",
        "Bonjour {name},\n\nVous faites partie de l’équipe d’intégration de {account} ({number}) :\n\n{people}\n",
    ),
}


def send(kind: str, case: OnboardingCase, occasion: str) -> int:
    """Put the mails of one kind into the outbox, once per occasion and person; how many were written."""
    recipients, people = _AUDIENCE[kind](case)
    account = session.get_one(Account, case.account)
    written = 0
    for one in recipients:
        facts = {
            "name": one.name, "account": account.name, "number": case.number, "people": people(one.language),
            "go_live": case.go_live_date or "—",
        }  # fmt: skip
        subject, body = (texts[kind].text(one.language).format(**facts) for texts in (SUBJECTS, BODIES))
        event = f"{kind}:{case.sys_id}:{occasion}"
        written += (
            post(
                kind,
                event,
                one.email,
                subject,
                body,
                domain=case.sys_domain,
                table="sn_acct_lc_onb_case",
                record=case.sys_id,
            )
            is not None
        )
    return written


People = Callable[[str], str]


def _customers(case: OnboardingCase, *, primary_only: bool) -> tuple[Sequence[Recipient], People]:
    team = [
        (session.get_one(Contact, row.contact), session.get(Responsibility, row.responsibility or ""))
        for row in customer_team(case)
    ]
    recipients = {
        contact.email: Recipient(contact.full_name, contact.email, contact.language.value) for contact, _ in team
    }

    def people(language: str) -> str:
        if primary_only:
            return ", ".join(contact.full_name for contact, one in team if one and one.is_primary_contact)
        return "\n".join(
            f"- {contact.full_name}: {one.label(language)}"
            for contact, one in team
            if one and not one.is_primary_contact
        )

    return list(recipients.values()), people


def _account_team(case: OnboardingCase) -> tuple[Sequence[Recipient], People]:
    rows = [
        (session.get_one(User, row.user), session.get_one(Responsibility, row.responsibility))
        for row in account_team(case)
    ]
    recipients = {user.email: Recipient(user.name, user.email, user.language.value) for user, _ in rows}
    return list(recipients.values()), lambda language: "\n".join(
        f"- {user.name}: {one.label(language)}" for user, one in rows
    )


_AUDIENCE: dict[str, Callable[[OnboardingCase], tuple[Sequence[Recipient], People]]] = {
    "customer_point_of_contact": lambda case: _customers(case, primary_only=True),
    "customer_key_team": lambda case: _customers(case, primary_only=False),
    "account_team_added": _account_team,
}
