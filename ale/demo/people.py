"""The people of the demo: staff of the provider, and customers with their portal users."""

from functools import cache

from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.people import service as people
from ale.domains.people.records import Responsibility, User, UserType
from ale.domains.people.service import grant
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session

PASSWORD = "demo"  # noqa: S105 -- printed at start; production refuses the demo data

STAFF = (
    ("admin", "Ada Winter", ("admin",)),
    ("agent", "Olive Marchand", ("sn_acct_lc.agent", "playbook.author")),
    ("analyst", "Nina Sow", ("sn_acct_lc.agent",)),
    ("csm", "Jules Hamel", ("sn_acct_lc.ale_success_agent",)),
    ("viewer", "Rose Berg", ("sn_acct_lc.ale_success_viewer",)),
)
"""User name, name and roles of the provider's people."""

OWN_IDS = {"admin": {"sys_id": "6816f79cc0a8016401c5a33be04be441"}}
"""The id that the first administrator has in every instance of ServiceNow."""

CUSTOMERS = (
    ("genixify.admin", "Genixify", "Lea", "Martin", "Head of operations", "sn_customerservice.customer_admin"),
    ("genixify.manager", "Genixify", "Tom", "Roy", "Project manager", "sn_customerservice.customer_case_manager"),
    ("genixify.sme", "Genixify", "Ines", "Okoye", "Data steward", "sn_customerservice.customer"),
    ("boxeo.admin", "Boxeo", "Marc", "Vidal", "IT director", "sn_customerservice.customer_admin"),
    ("boxeo.sme", "Boxeo", "Sofia", "Lindqvist", "Data steward", "sn_customerservice.customer"),
)
"""User name, account, first and last name, title and role of the customers' people."""

HOLDERS = {
    "Onboarding manager": ("agent",),
    "Foundational data analyst": ("analyst",),
    "ServiceNow Developer/Admin": ("admin", "analyst"),
    "Customer success manager": ("csm",),
    "Account manager": ("csm", "agent"),
    "Technical lead": ("analyst",),
}


@cache
def _hash() -> str:
    """One hash for all of them: making ten takes seconds."""
    return people.hasher.hash(PASSWORD)


def user_named(user_name: str) -> User:
    """A demo user by log-on name."""
    return session.scalars(select(User).where(User.user_name == user_name)).one()


def make_staff(by: Actor) -> None:
    """Make the provider's users, their roles, and who holds which responsibility."""
    for user_name, name, roles in STAFF:
        if not session.scalar(select(User.sys_id).where(User.user_name == user_name)):
            given = {"user_name": user_name, "name": name, "email": f"{user_name}@provider.example"}
            user = create(User, given | OWN_IDS.get(user_name, {}), by=by)
            user.password_hash = _hash()
            for role in roles:
                grant(user, role, by)
    for responsibility in session.scalars(select(Responsibility)):
        held = [user_named(one).sys_id for one in HOLDERS.get(responsibility.name, ())]
        if held and not responsibility.eligible_users:
            save(responsibility, {"eligible_users": held}, by=by)


def make_customers(accounts: dict[str, Account], by: Actor) -> None:
    """Make a contact and a portal user for each of the customers' people."""
    for user_name, account_name, first, last, title, role in CUSTOMERS:
        account = accounts[account_name]
        email = f"{first}.{last}@{account_name}.example".lower()
        own = {"email": email, "account": account.sys_id}
        contact = create(Contact, own | {"first_name": first, "last_name": last, "title": title}, by=by)
        named = {"user_name": user_name, "name": f"{first} {last}", "contact": contact.sys_id}
        user = create(User, own | named | {"user_type": UserType.EXTERNAL}, by=by)
        user.password_hash = _hash()
        grant(user, role, by)
        save(contact, {"user": user.sys_id}, by=by)
        if role.endswith("customer_admin"):
            save(account, {"primary_contact": contact.sys_id}, by=by)
