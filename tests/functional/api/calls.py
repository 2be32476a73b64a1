"""What the tests of the API send, and how they say it."""

import base64
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from ale.domains.accounts.records import Account, Contact
from ale.foundation.db import session

Call = Callable[..., TestResponse]
Rows = Callable[..., list[dict[str, Any]]]
CONTACTS = "/api/now/table/customer_contact"
CASES = "/api/now/table/sn_acct_lc_onb_case"


def basic(user: str, password: str = "demo") -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def contact(named: str = "Genixify", /, **values: Any) -> dict[str, Any]:
    """The body that makes a contact of the account `named`."""
    key = session.scalars(select(Account.sys_id).where(Account.name == named)).one()
    return {"first_name": "Zoé", "last_name": "Émery", "email": "zoe@x.example", "account": key} | values


def contact_of(account: str) -> str:
    """A contact of this account."""
    found = select(Contact.sys_id).join(Account, Account.sys_id == Contact.account).where(Account.name == account)
    return session.scalars(found).first() or ""
