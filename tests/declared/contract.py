"""Roles and rights of the domain contract as data (access.yaml), and what they let a persona do."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, update

from ale.domains.accounts.records import Account, Contact
from ale.domains.people.records import User
from ale.domains.people.roles import closure
from ale.domains.people.service import grant, set_password
from ale.foundation.db import session
from tests.factories import SYSTEM, make


def declared(name: str) -> dict[str, Any]:
    """What one of the files beside this one says."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / name).read_text("utf-8"))
    return found


CONTRACT = declared("access.yaml")
PERSONAS: dict[str, dict[str, Any]] = CONTRACT["personas"]
ACCESS: dict[str, dict[str, Any]] = {table: one for one in CONTRACT["access"] for table in one["tables"]}
OWN = "TOP/Genixify"


@cache
def held(persona: str) -> frozenset[str]:
    """The roles of a persona, with those that they contain."""
    return closure(PERSONAS[persona]["roles"])


def is_customer(persona: str) -> bool:
    return bool(PERSONAS[persona]["side"] == "customer")


def allowed(persona: str, table: str, operation: str) -> bool:
    """Whether the contract lets a persona do this with some rows of a table."""
    one = ACCESS[table]
    named = set(one.get(operation, one["read" if operation == "report_view" else "write"]))
    if is_customer(persona):
        return bool(held(persona) & set(one.get("customers", {}).get(operation, ()))) or "*" in named
    return bool(named) and bool(held(persona) & (named | {"admin"}) or "*" in named)


def somebody(persona: str) -> User:
    """Somebody of Genixify with the roles of the persona, whose name is that of the persona."""
    account = session.scalars(select(Account).where(Account.name == "Genixify")).one()
    given: dict[str, Any] = {}
    if is_customer(persona):
        given = {"account": account.sys_id, "contact": make(Contact, account=account.sys_id).sys_id}
    one = make(User, user_name=persona, **given)
    session.execute(update(User).where(User.sys_id == one.sys_id).values(sys_domain=OWN))
    session.expire(one)
    for role in PERSONAS[persona]["roles"]:
        grant(one, role, SYSTEM)
    set_password(one, "demo")
    return one
