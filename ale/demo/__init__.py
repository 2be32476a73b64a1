"""The demo data of a development installation: two customers, their people, and onboardings at different points."""

from sqlalchemy import select

from ale.demo.accounts import make_accounts
from ale.demo.figures import make_figures
from ale.demo.health import make_health
from ale.demo.onboardings import make_onboardings
from ale.demo.people import make_customers, make_staff
from ale.demo.plays import make_plays
from ale.demo.success import make_success
from ale.domains.accounts.records import Account
from ale.foundation.actor import Actor
from ale.foundation.db import session


def load_demo() -> None:
    """Make the demo data in the running transaction; what is there already is left as it is."""
    by = Actor.system()
    make_staff(by)
    if session.scalar(select(Account.sys_id).where(Account.name == "Genixify")):
        return
    accounts = make_accounts(by)
    make_customers(accounts, by)
    make_onboardings(accounts)
    make_success(accounts, by)
    make_plays(accounts, by)
    make_health(accounts, by)
    make_figures()
