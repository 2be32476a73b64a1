"""The pages every record type has, shown on contacts: form, conflict, access, related records, lookup, search."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Contract, Location
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.people.records import User
from ale.domains.people.service import grant, set_password
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session
from tests.conftest import Browser

LogOnAs = Callable[[str], Browser]
BY = Actor.system()


@pytest.fixture
def account(app: object) -> Account:
    return session.scalars(select(Account).where(Account.name == "Genixify")).one()


@pytest.fixture
def contact(account: Account) -> Contact:
    return session.scalars(select(Contact).where(Contact.account == account.sys_id).order_by(Contact.email)).first()  # type: ignore[return-value]


def person(account: Account, /, **more: Any) -> dict[str, Any]:
    return {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.org", "account": account.sys_id} | more


def test_a_record_is_made_and_shown(log_on: LogOnAs, account: Account) -> None:
    browser = log_on("agent")
    response = browser.send("/contacts/new", person(account, active="true", present="active"))
    assert response.status_code == 303
    made = session.scalars(select(Contact).where(Contact.email == "ada@example.org")).one()
    assert response.location == f"/contacts/{made.sys_id}"
    page = browser.get(response.location).text
    assert 'value="Byron"' in page
    assert "Created." in page
    assert "Created." not in browser.get(response.location).text


def test_all_problems_are_named_beside_their_fields_and_above(log_on: LogOnAs, account: Account) -> None:
    response = log_on("agent").send("/contacts/new", person(account, last_name="", email="nobody", title="x" * 61))
    assert response.status_code == 422
    assert "<title>Error:" in response.text
    assert "There are 3 problems" in response.text
    for name in ("last_name", "email", "title"):
        assert f'<a href="#f-{name}">' in response.text
        assert f'id="f-{name}-error"' in response.text
    assert 'value="nobody"' in response.text, "what was typed stays"


def test_an_unchecked_box_is_no(log_on: LogOnAs, contact: Contact) -> None:
    sent = {"version": contact.sys_mod_count, "present": "active", "title": "Chief"}
    assert log_on("agent").send(f"/contacts/{contact.sys_id}", sent).status_code == 303
    assert (contact.active, contact.title) == (False, "Chief")


def test_what_a_form_does_not_send_stays(log_on: LogOnAs, contact: Contact) -> None:
    before = contact.email
    log_on("agent").send(f"/contacts/{contact.sys_id}", {"title": "Chief"})
    assert (contact.active, contact.email, contact.title) == (True, before, "Chief")


@pytest.mark.parametrize(("typed", "status"), [("genixify", 303), ("Genix", 422), ("", 422)])
def test_a_reference_may_be_typed_by_name(log_on: LogOnAs, account: Account, typed: str, status: int) -> None:
    response = log_on("agent").send("/contacts/new", person(account, account="", account_text=typed))
    assert response.status_code == status
    assert status == 303 or 'id="f-account-error"' in response.text


def test_the_typed_name_wins_over_the_key_it_no_longer_fits(
    log_on: LogOnAs, account: Account, contact: Contact
) -> None:
    boxeo = session.scalars(select(Account).where(Account.name == "Boxeo")).one()
    sent = {"account": account.sys_id, "account_text": "Boxeo", "location": "", "location_text": ""}
    log_on("agent").send(f"/contacts/{contact.sys_id}", sent)
    assert contact.account == boxeo.sys_id


def test_a_stale_form_shows_both_values(log_on: LogOnAs, contact: Contact) -> None:
    version = contact.sys_mod_count
    save(contact, {"title": "Theirs", "phone": "0222"}, by=BY)
    browser = log_on("agent")
    sent = {"version": version, "title": "Mine", "phone": "", "present": ""}
    response = browser.send(f"/contacts/{contact.sys_id}", sent)
    assert response.status_code == 409
    kept = re.findall(r'name="(keep-\w+)" value="(\w+)" checked', response.text)
    assert kept == [("keep-title", "mine"), ("keep-phone", "theirs")], "what the sender had not touched is theirs"
    assert "Theirs" in response.text
    assert f'name="version" value="{version + 1}"' in response.text
    again = sent | {"version": version + 1} | dict(kept)
    assert browser.send(f"/contacts/{contact.sys_id}", again).status_code == 303
    assert (contact.title, contact.phone) == ("Mine", "0222")


def test_a_check_keeps_the_version_and_the_choices(log_on: LogOnAs, contact: Contact) -> None:
    version, browser, address = contact.sys_mod_count, log_on("agent"), f"/contacts/{contact.sys_id}"
    save(contact, {"title": "Theirs"}, by=BY)
    headers = {"HX-Request": "true", "HX-Target": "form"}
    page = browser.send(f"{address}/check", {"version": version, "title": "Mine"}, headers=headers).text
    assert f'name="version" value="{version}"' in page, "else what the other one saved would be lost without a word"
    assert "keep-title" not in page
    save(contact, {"phone": "0333"}, by=BY)
    sent = {"version": version + 1, "title": "Mine", "keep-title": "theirs"}
    page = browser.send(f"{address}/check", sent, headers=headers).text
    assert 'name="keep-title" value="theirs" checked' in page
    assert f'name="version" value="{version + 1}"' in page
    assert browser.send(address, {"version": version, "title": "Mine"}).status_code == 409


def test_boosted_forms_get_the_page_and_htmx_its_piece(log_on: LogOnAs, contact: Contact) -> None:
    browser, address = log_on("agent"), f"/contacts/{contact.sys_id}"
    asked = {"HX-Request": "true", "HX-Target": "stream"}
    assert browser.get(address, headers=asked).text.lstrip().startswith('<section class="card" id="stream"')
    assert "<html" in browser.get(address, headers=asked | {"HX-Boosted": "true"}).text
    assert "<html" in browser.get(address, headers=asked | {"HX-History-Restore-Request": "true"}).text
    assert "<html" in browser.get(address, headers=asked | {"HX-Target": "no-such-piece"}).text


@pytest.fixture
def local_agent(log_on: LogOnAs) -> Browser:
    """An agent who works for Genixify only."""
    values = {"user_name": "local", "name": "Loc Al", "email": "local@example.org"}
    user = create(User, values, by=Actor.system("TOP/Genixify"))
    set_password(user, "demo")
    grant(user, "sn_acct_lc.agent", BY)
    return log_on("local")


def test_another_accounts_record_answers_as_a_missing_one(local_agent: Browser) -> None:
    other = session.scalars(select(Contact).where(Contact.sys_domain == "TOP/Boxeo")).first()
    assert other is not None
    hidden, missing = (local_agent.get(f"/contacts/{key}") for key in (other.sys_id, "0" * 32))
    assert hidden.status_code == missing.status_code == 404
    assert _without_token(hidden.text) == _without_token(missing.text)
    assert "Boxeo" not in local_agent.get("/contacts").text
    assert local_agent.send(f"/contacts/{other.sys_id}", {"title": "x"}).status_code == 404


def _without_token(page: str) -> str:
    return re.sub(r'"X-CSRFToken": "[^"]+"', "", page)


def test_a_reference_to_another_accounts_record_is_refused(local_agent: Browser, account: Account) -> None:
    boxeo_place = session.scalars(select(Location).where(Location.sys_domain == "TOP/Boxeo")).first()
    assert boxeo_place is not None
    response = local_agent.send("/contacts/new", person(account, location=boxeo_place.sys_id))
    assert response.status_code == 422
    assert 'id="f-location-error"' in response.text


def test_forms_need_the_token(log_on: LogOnAs, account: Account, contact: Contact) -> None:
    browser = log_on("agent")
    for path in ("/contacts/new", f"/contacts/{contact.sys_id}", f"/contacts/{contact.sys_id}/remove"):
        assert browser.post(path, data=person(account)).status_code == 400, path
    assert not session.scalars(select(Contact).where(Contact.email == "ada@example.org")).all()


def test_who_only_reads_gets_facts_and_no_way_to_write(log_on: LogOnAs, contact: Contact, account: Account) -> None:
    browser = log_on("viewer")
    page = browser.get(f"/contacts/{contact.sys_id}")
    assert contact.email in page.text
    assert "record-form" not in page.text
    assert browser.get("/contacts/new").status_code == 403
    assert browser.send("/contacts/new", person(account)).status_code == 403
    assert browser.send(f"/contacts/{contact.sys_id}", {"title": "x"}).status_code == 403
    assert browser.send(f"/contacts/{contact.sys_id}/remove").status_code == 403


def test_a_type_nobody_lets_one_read_is_forbidden(log_on: LogOnAs) -> None:
    browser = log_on("viewer")
    assert browser.get("/settings").status_code == 403
    assert "/settings" not in browser.get("/contacts").text


def test_the_form_follows_its_rules_before_it_is_sent(log_on: LogOnAs) -> None:
    browser = log_on("csm")
    headers = {"HX-Request": "true", "HX-Target": "form"}
    case = session.scalars(select(OnboardingCase.sys_id).limit(1)).one()
    signal = {"scope": "onboarding", "onboarding_case": case}
    onboarding = browser.send("/signals/new/check", signal, headers=headers).text
    renewal = browser.send("/signals/new/check", signal | {"scope": "renewal"}, headers=headers).text
    required = re.compile(r'<label for="f-engagement">[^/]*required')
    assert required.search(renewal)
    assert not required.search(onboarding)
    assert onboarding.lstrip().startswith("<section")


def test_a_moment_that_nobody_touched_keeps_its_seconds(log_on: LogOnAs) -> None:
    task = session.scalars(select(CaseTask).where(CaseTask.state == "open").limit(1)).one()
    task.due_date = datetime(2026, 3, 1, 12, 0, 42)  # noqa: DTZ001 -- stored without zone
    browser, address = log_on("admin"), f"/tasks/{task.sys_id}"
    assert browser.send(address, {"due_date": "2026-03-01T12:00", "subject": "Seconds"}).status_code == 303
    assert (task.subject, task.due_date.second) == ("Seconds", 42)
    assert browser.send(address, {"due_date": "2026-03-01T12:01"}).status_code == 303
    assert task.due_date.second == 0


def test_deleting_asks_first_and_says_when_others_refer(log_on: LogOnAs, account: Account) -> None:
    browser = log_on("admin")
    address = f"/contacts/{create(Contact, person(account), by=BY).sys_id}"
    assert "history stays" in browser.get(f"{address}/remove").text
    assert browser.send(f"{address}/remove").location == "/contacts"
    assert browser.get(address).status_code == 404
    refused = browser.send(f"/accounts/{account.sys_id}/remove")
    assert refused.status_code == 422
    assert "Other records refer to this one" in refused.text


def test_related_records_stand_under_the_form(log_on: LogOnAs, account: Account) -> None:
    browser = log_on("agent")
    page = browser.get(f"/accounts/{account.sys_id}?related=customer_contact.account").text
    assert re.search(r'aria-current="page"[^>]*>Customer contacts', page)
    assert "lea.martin@genixify.example" in page
    assert f"/contacts/new?account={account.sys_id}" in page
    new = browser.get(f"/contacts/new?account={account.sys_id}").text
    assert re.search(r'name="account_text"[^>]*value="Genixify"', new)


def test_the_lookup_stays_within_the_account(log_on: LogOnAs, account: Account) -> None:
    browser = log_on("agent")
    everywhere = browser.get("/contacts/lookup/location?q=").text
    inside = browser.get(f"/contacts/lookup/location?q=&within={account.sys_id}").text
    foreign = session.scalars(select(Location.name).where(Location.sys_domain == "TOP/Boxeo")).first()
    assert foreign is not None
    assert foreign in everywhere
    assert foreign not in inside
    assert "Lyon" in inside
    assert browser.get("/contacts/lookup/email").status_code == 404


def test_the_documented_addresses_lead_to_the_pages(log_on: LogOnAs, contact: Contact) -> None:
    browser = log_on("agent")
    assert browser.get("/customer_contact.list?sysparm_query=active=true").location == "/contacts?query=active%3Dtrue"
    assert browser.get(f"/customer_contact.do?sys_id={contact.sys_id}").location == f"/contacts/{contact.sys_id}"
    assert browser.get("/customer_contact.do").location == "/contacts/new"
    assert browser.get("/no_such_table.list").status_code == 404


def test_a_number_in_the_search_leads_to_its_record(log_on: LogOnAs) -> None:
    browser, contract = log_on("agent"), session.scalars(select(Contract)).first()
    assert contract is not None
    assert browser.get(f"/search?q={contract.number.lower()}").location == f"/contracts/{contract.sys_id}"
    assert "lea.martin@genixify.example" in browser.get("/search?q=martin").text
    assert "Nothing found" in browser.get("/search?q=zzzz").text


def test_a_failure_has_a_number_and_no_trace(log_on: LogOnAs, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = log_on("agent")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("ale.web.lists.Listing.page", lambda _self: 1 / 0)
    response = browser.get("/contacts")
    assert response.status_code == 500
    assert re.search(r"<code>[0-9a-f]{12}</code>", response.text)
    assert "ZeroDivisionError" not in response.text
