"""What follows when accounts are made, and the log-ons of their contacts."""

from collections.abc import Callable

from sqlalchemy import select

from ale.domains.accounts.records import CUSTOMER, DOMAIN_EACH, Account, Contact, Domain, free_path
from ale.domains.people.invitations import invite
from ale.domains.people.records import Language, User, UserType
from ale.domains.people.service import grant
from ale.domains.system.service import setting_is_on
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create, save
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.history import carry
from ale.foundation.problem import Problem, Rejected


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


def invite_contact(contact: Contact, link: Callable[[str], str], by: Actor) -> None:
    """C131: a contact gets a portal user, once, and by mail the link at which its password is chosen (see `invite`).

    The user holds no more than the role of every customer; further ones are granted by administrators (ONB-14).
    """
    if not contact.active:
        raise Rejected([Problem("CONTACT_INACTIVE", "This contact is not active; change that first.", "active")])
    user = session.get(User, contact.user) if contact.user else None
    if user is None:
        user = _portal_user(contact, by)
    invite(user, link, by)


def _portal_user(contact: Contact, by: Actor) -> User:
    given = {"user_name": contact.email, "name": contact.full_name, "email": contact.email}
    given |= {"language": Language.read(contact.language) or Language.EN, "user_type": UserType.EXTERNAL}
    user = create(User, given | {"account": contact.account, "contact": contact.sys_id}, by=by)
    grant(user, CUSTOMER[0], by)
    save(contact, {"user": user.sys_id}, by=by)
    return user
