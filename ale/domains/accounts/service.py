"""What follows when accounts are made."""

from sqlalchemy import select

from ale.domains.accounts.records import DOMAIN_EACH, Account, Domain, free_path
from ale.domains.system.service import setting_is_on
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.history import carry


@after(Account, "create")
def register_the_domain(account: Account, _before: Values | None, by: Actor) -> None:
    """DOM-01: the domain that an account got of its own is listed for administrators.

    The names of accounts that are made together may come to the same path: then the next one is taken.
    """
    if setting_is_on(DOMAIN_EACH):
        path = free_path(account.sys_domain)
        if path != account.sys_domain:
            account.sys_domain = path
            session.flush()
            carry(Account, [account.sys_id], path)
        above = session.scalar(select(Domain.sys_id).where(Domain.name == account.sys_domain.rpartition("/")[0]))
        given = {"name": account.sys_domain, "parent": above, "account": account.sys_id}
        create(Domain, given, by=by.for_system())
