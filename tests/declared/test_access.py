"""Every persona opens the lists and new forms that the contract opens to it, and no others (access.yaml)."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from ale.domains.accounts.records import Account, Contact
from ale.domains.people.records import User
from ale.domains.people.roles import closure
from ale.domains.people.service import grant, set_password
from ale.foundation.actor import Actor
from ale.foundation.db import is_inside, session
from ale.foundation.field import fields_of
from ale.foundation.record import RECORDS, Record
from ale.web.addresses import list_href
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.functional.api.calls import basic

CONTRACT = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text("utf-8"))
PERSONAS: dict[str, dict[str, Any]] = CONTRACT["personas"]
ACCESS: dict[str, dict[str, Any]] = {table: one for one in CONTRACT["access"] for table in one["tables"]}
OWN = "TOP/Genixify"

ELSEWHERE = {
    ("sys_attachment", "create"): "made by sending the bytes, not as a row",
    ("sn_acct_lc_onb_case", "create"): "others than onboarding agents make cases through an account or a play",
    ("sys_import_set", "create"): "made by loading a file",
    ("sys_import_set", "write"): "tells what was loaded",
    ("sys_import_set", "delete"): "goes with its task",
    ("sys_plugin", "customers"): "plugins are switched on in the provider's domain",
    ("ale_ui_message", "read"): "shown to its user on every page",
}
"""Rights of the contract that are not used through the table itself."""

Who = pytest.mark.parametrize("persona", PERSONAS)
LogOnAs = Callable[[str], Browser]


@cache
def held(persona: str) -> frozenset[str]:
    return closure(PERSONAS[persona]["roles"])


def allowed(persona: str, table: str, operation: str) -> bool:
    """Whether the contract lets a persona do this with some rows of a table."""
    one = ACCESS[table]
    named = set(one.get(operation, one["read" if operation == "report_view" else "write"]))
    if PERSONAS[persona]["side"] == "customer":
        return bool(held(persona) & set(one.get("customers", {}).get(operation, ()))) or "*" in named
    return bool(named) and bool(held(persona) & (named | {"admin"}) or "*" in named)


def tables() -> Iterator[tuple[str, type[Record]]]:
    """The record types that the contract speaks of."""
    known = (table for table in sorted(RECORDS) if table in ACCESS and (table, "read") not in ELSEWHERE)
    yield from ((table, RECORDS[table]) for table in known)


def excused(persona: str, table: str, operation: str) -> bool:
    side = "customers" if PERSONAS[persona]["side"] == "customer" else operation
    return (table, side) in ELSEWHERE or (table, operation) in ELSEWHERE


@pytest.fixture
def user(app: Flask, persona: str) -> User:
    """Somebody of Genixify with the roles of the persona."""
    account = session.scalars(select(Account).where(Account.name == "Genixify")).one()
    given: dict[str, Any] = {"sys_domain": OWN}
    if PERSONAS[persona]["side"] == "customer":
        given |= {"account": account.sys_id, "contact": make(Contact, account=account.sys_id).sys_id}
    one = make(User, user_name=persona, **given)
    session.execute(update(User).where(User.sys_id == one.sys_id).values(sys_domain=OWN))
    session.expire(one)
    for role in PERSONAS[persona]["roles"]:
        grant(one, role, SYSTEM)
    set_password(one, "demo")
    return one


@Who
def test_lists_and_forms_open_as_the_contract_says(app: Flask, log_on: LogOnAs, user: User, persona: str) -> None:
    browser, customer = log_on(persona), PERSONAS[persona]["side"] == "customer"
    for table, record_type in tables():
        with app.test_request_context():
            address = str(list_href(record_type))
        for path, operation in ((address, "read"), (f"{address}/new", "create")):
            if customer:
                assert browser.get(path).location == "/portal", path
            elif not excused(persona, table, operation):
                expected = 200 if allowed(persona, table, operation) else 403
                assert browser.get(path).status_code in (expected, 302), (path, expected)


def own(record_type: type[Record]) -> Record:
    """A record of Genixify, inside its domain where it belongs to one."""
    item = fields_of(record_type).get("account")
    account = select(Account.sys_id).where(Account.name == "Genixify")
    given = {"account": session.scalars(account).one()} if item and not item.facts.read_only else {}
    return make(record_type, Actor.system(OWN), **given)


def verdict(answer: TestResponse) -> str:
    """What roles say of a request over the API; a rule that refuses it, or a missing field, says that roles do not."""
    if answer.status_code == 404:
        return "hidden"
    return "refused" if answer.status_code == 403 and "User Not Authorized" in answer.text else "open"


def expected(persona: str, table: str, operation: str, *, hides: bool) -> set[str]:
    """What the contract says of it; `hides`: whether the row may be out of sight for another reason than a role."""
    of_a_row = operation in ("write", "delete")
    if allowed(persona, table, operation):
        return {"open", "hidden"} if of_a_row and hides else {"open"}
    unread = of_a_row and (hides or not allowed(persona, table, "read"))
    return {"refused", "hidden"} if unread else {"refused"}


@Who
def test_the_api_lets_do_what_the_contract_says(client: Browser, user: User, persona: str) -> None:
    wrong = []
    for table, record_type in tables():
        record = own(record_type)
        hides = record_type.__sheet__.access.rows is not None or not is_inside(getattr(record, "sys_domain", OWN), OWN)
        for operation, method, path in ways(table, record.sys_id):
            body = {"json": {}} if method in ("POST", "PATCH") else {}
            said = verdict(client.open(path, method=method, headers=basic(persona), **body))
            if not excused(persona, table, operation) and said not in expected(persona, table, operation, hides=hides):
                wrong.append((operation, table, said))
    assert not wrong, wrong


def ways(table: str, key: str) -> Iterator[tuple[str, str, str]]:
    """Each operation with its request."""
    address = f"/api/now/table/{table}"
    yield "read", "GET", f"{address}?sysparm_limit=1"
    yield "create", "POST", address
    yield "write", "PATCH", f"{address}/{key}"
    yield "delete", "DELETE", f"{address}/{key}"


@Who
def test_figures_are_made_by_whom_the_contract_says(client: Browser, user: User, persona: str) -> None:
    wrong = []
    for table, _record_type in tables():
        said = verdict(client.get(f"/api/now/stats/{table}?sysparm_count=true", headers=basic(persona)))
        customer = PERSONAS[persona]["side"] == "customer"  # who has no reports, and counts what the API lets read
        may = allowed(persona, table, "read") and (customer or allowed(persona, table, "report_view"))
        if not excused(persona, table, "read") and said != ("open" if may else "refused"):
            wrong.append((table, said))
    assert not wrong, wrong


def test_what_is_used_elsewhere_is_a_right_of_the_contract() -> None:
    for table, operation in ELSEWHERE:
        assert table in RECORDS
        assert operation in ACCESS[table] or operation in ("create", "read", "customers")
