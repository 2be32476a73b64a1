"""Customer contacts get their log-on by an invitation (C131): a link by mail, at which they choose a password, once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.domains.people.invitations import Invitation
from ale.domains.people.records import User, UserType
from ale.domains.people.service import held_roles
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.outbox import INVITATION, Email
from tests.conftest import Browser
from tests.factories import make
from tests.functional.api.calls import basic

LogOnAs = Callable[[str], Browser]
PASSWORD = "une phrase à moi"


@pytest.fixture
def contact() -> Contact:
    """A contact of Genixify who reads French and has no log-on yet."""
    account = session.scalars(select(Contact.account).where(Contact.email == "lea.martin@genixify.example")).one()
    return make(Contact, account=account, email="zoe.petit@genixify.example", first_name="Zoe", language="fr")


def invited(browser: Browser, contact: Contact) -> str:
    """The path of the link that the mail to the contact holds."""
    assert browser.send(f"/contacts/{contact.sys_id}/invite").status_code == 303
    mails = session.scalars(select(Email).where(Email.recipient == contact.email).order_by(Email.sys_id)).all()
    found = re.search(r"https?://[^/]+(/invitation/[0-9a-f]{64})", mails[-1].body)
    assert found, mails[-1].body
    return found[1]


def chosen(client: Browser, link: str, password: str = PASSWORD, again: str = PASSWORD) -> int:
    return client.send(link, {"password": password, "again": again}).status_code


def test_an_invited_contact_chooses_a_password_and_is_in_the_portal(
    log_on: LogOnAs, client: Browser, contact: Contact
) -> None:
    link = invited(log_on("admin"), contact)
    page = client.get(link).text
    assert "Choisissez votre mot de passe" in page
    assert contact.email in page
    answer = client.send(link, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").location == "/portal"
    user = session.scalars(select(User).where(User.user_name == contact.email)).one()
    assert (user.user_type, user.account, user.contact) == (UserType.EXTERNAL, contact.account, contact.sys_id)
    assert user.sys_domain == "TOP/Genixify"
    assert held_roles(user.sys_id) == {"sn_customerservice.customer"}
    assert session.get_one(Contact, contact.sys_id).user == user.sys_id


def test_a_link_serves_once_and_a_later_one_takes_its_place(log_on: LogOnAs, client: Browser, contact: Contact) -> None:
    admin = log_on("admin")
    first, second = invited(admin, contact), invited(admin, contact)
    assert client.get(first).location == "/login"
    assert chosen(client, second) == 303
    client.send("/logout")
    assert client.get(second).location == "/login"
    assert client.send(second, {"password": PASSWORD, "again": PASSWORD}).location == "/login"
    answer = client.send("/login", {"username": contact.email.upper(), "password": PASSWORD})
    assert answer.status_code == 303


def test_a_link_ends_by_time_and_with_its_user(log_on: LogOnAs, client: Browser, contact: Contact) -> None:
    link = invited(log_on("admin"), contact)
    row = session.scalars(select(Invitation)).one()
    row.expires_at = now() - timedelta(seconds=1)
    assert client.get(link).location == "/login"
    session.scalars(select(Invitation)).one().expires_at = now() + timedelta(days=1)
    session.get_one(User, row.user).locked_out = True
    assert client.get(link).location == "/login"


@pytest.mark.parametrize(
    ("password", "again", "field"), [("short", "short", "password"), ("x" * 129, "x" * 129, "password"),
                                     (PASSWORD, "something else", "again")],
)  # fmt: skip
def test_a_password_that_will_not_do_is_told_and_the_link_stays(
    log_on: LogOnAs, client: Browser, contact: Contact, password: str, again: str, field: str
) -> None:
    link = invited(log_on("admin"), contact)
    answer = client.send(link, {"password": password, "again": again})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert chosen(client, link) == 303


def test_the_secret_stands_in_the_mail_alone(log_on: LogOnAs, client: Browser, contact: Contact) -> None:
    secret = invited(log_on("admin"), contact).rpartition("/")[2]
    (row,) = session.scalars(select(Invitation))
    assert secret not in (row.user, row.token_hash)
    for query, bodies in (("kind=invitation", ["********"]), (f"bodyLIKE{secret}", [])):
        answer = client.get(f"/api/now/table/sys_email?sysparm_query={query}", headers=basic("admin"))
        assert [one["body"] for one in answer.json["result"]] == bodies


def test_a_forgotten_password_is_chosen_anew_by_an_invitation(log_on: LogOnAs, client: Browser) -> None:
    agent = session.scalars(select(User).where(User.user_name == "agent")).one()
    assert log_on("admin").send(f"/users/{agent.sys_id}/invite").status_code == 303
    mail = session.scalars(select(Email).where(Email.recipient == agent.email, Email.kind == INVITATION)).one()
    link = mail.body[mail.body.index("/invitation/") :].split()[0]
    assert client.send("/login", {"username": "agent", "password": "demo"}).status_code == 303
    assert chosen(client, link) == 303
    client.send("/logout")
    assert client.send("/login", {"username": "agent", "password": "demo"}).status_code == 422
    assert client.send("/login", {"username": "agent", "password": PASSWORD}).status_code == 303


def test_administrators_invite_and_nobody_else(log_on: LogOnAs, contact: Contact) -> None:
    agent = log_on("agent")
    assert "Invite to the portal" not in agent.get(f"/contacts/{contact.sys_id}").text
    assert agent.send(f"/contacts/{contact.sys_id}/invite").status_code == 403
    assert "Invite to the portal" in log_on("admin").get(f"/contacts/{contact.sys_id}").text
    assert session.scalars(select(Invitation)).all() == []


def test_who_could_not_log_on_anyway_is_not_invited(log_on: LogOnAs, contact: Contact) -> None:
    admin = log_on("admin")
    invited(admin, contact)
    user = session.scalars(select(User).where(User.user_name == contact.email)).one()
    user.active = False
    assert admin.send(f"/contacts/{contact.sys_id}/invite").status_code == 422
    user = session.get_one(User, user.sys_id)
    user.active = True
    session.get_one(Contact, contact.sys_id).active = False
    assert admin.send(f"/contacts/{contact.sys_id}/invite").status_code == 422
