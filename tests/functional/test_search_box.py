"""The box at the top: a few letters lead to pages, actions, tables by name, records, and what was opened last."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Contact
from ale.foundation.db import session
from tests.conftest import Browser

LogOnAs = Callable[[str], Browser]
PIECE = {"HX-Request": "true", "HX-Target": "palette"}


def offered(browser: Browser, text: str) -> dict[str, str]:
    """What the box offers while one types: address by text."""
    piece = browser.get("/go", query_string={"q": text}, headers=PIECE).text
    return {name: href for href, name in re.findall(r'data-value="([^"]+)">([^<]+)', piece)}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("customer_contact.list", "/customer_contact.list"),
        ("Customer_Contact.do ", "/customer_contact.do"),
    ],
)
def test_a_table_and_dot_list_or_do_leads_there(log_on: LogOnAs, typed: str, address: str) -> None:
    assert log_on("agent").get("/go", query_string={"q": typed}).location == address


def test_a_table_nobody_may_read_is_not_told_from_one_that_is_missing(log_on: LogOnAs) -> None:
    for name in ("sys_properties.list", "no_such_table.list"):
        answer = log_on("viewer").get("/go", query_string={"q": name})
        assert answer.status_code == 200, name
        assert "Nothing found" in answer.text


def test_pages_actions_and_records_are_offered_while_one_types(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    assert offered(browser, "contac")["New customer contact"] == "/contacts/new"
    assert "/contacts" in offered(browser, "contac").values()
    assert offered(browser, "customer_contact.l")
    contact = session.scalars(select(Contact).where(Contact.email == "lea.martin@genixify.example")).one()
    assert f"/contacts/{contact.sys_id}" in offered(browser, "lea mart").values()


def test_who_may_make_nothing_is_offered_no_new(log_on: LogOnAs) -> None:
    assert "New customer contact" in offered(log_on("agent"), "new cust")
    assert "New customer contact" not in offered(log_on("viewer"), "new cust")


def test_without_a_text_it_offers_what_was_opened_last(log_on: LogOnAs) -> None:
    browser = log_on("agent")
    first, second = session.scalars(select(Contact).order_by(Contact.email).limit(2)).all()
    for contact in (first, second, first):
        browser.get(f"/contacts/{contact.sys_id}")
    hrefs = [href for href in offered(browser, "").values() if href.startswith("/contacts/")]
    assert hrefs == [f"/contacts/{first.sys_id}", f"/contacts/{second.sys_id}"]
    other = log_on("agent")
    other.set_cookie("ale_recent", f"sys_properties:{first.sys_id}|customer_contact:nobody|x:y|{'z' * 40}")
    assert not [href for href in offered(other, "").values() if href.startswith("/contacts/")]


def test_it_works_as_a_page_without_scripts(log_on: LogOnAs) -> None:
    page = log_on("agent").get("/go?q=contacts").text
    assert '<a href="/contacts">' in page
    assert "Nothing found" in log_on("agent").get("/go?q=zzzzzz").text
