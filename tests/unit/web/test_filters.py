"""Filters of lists: what a query says is written as the text that says it."""

import pytest

from ale.foundation.encoded import Query, parse
from ale.web.filters import encode

RELATED = "RLQUERYcustomer_contact.account,>0^active=true^ENDRLQUERY"
JOINED = "JOINcustomer_account.name=cmn_location.city!active=true"


@pytest.mark.parametrize(
    "text",
    [
        "state=open^ORpriority=1^account.nameLIKEa^^b^ORDERBYDESCnumber",
        f"{RELATED}^name=Boxeo",
        f"name=Boxeo^{JOINED}",
        f"{RELATED}^{JOINED}",
        "name=Boxeo^NQname=Genixify",
    ],
)
def test_a_query_written_is_the_query_read(text: str) -> None:
    assert parse(encode(parse(text))) == parse(text)


def test_what_goes_on_to_the_end_is_written_last() -> None:
    joined, named = parse(JOINED).groups[0][0], parse("name=Boxeo").groups[0][0]
    assert parse(encode(Query(((joined, named),)))).groups == ((named, joined),)
