"""Columns are asked from another domain while records stay at hand; records are never read so."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from ale.domains.accounts.records import Account, Contact
from ale.foundation.db import columns_from, enter_domain, session
from ale.foundation.history import Journal

pytestmark = pytest.mark.usefixtures("app")
OWN, OTHER, ABOVE = "TOP/Genixify", "TOP/Boxeo", "TOP"


def seen() -> set[str]:
    return set(session.scalars(select(Account.sys_domain)))


def test_what_was_read_before_stays_and_the_wall_is_back_where_it_was() -> None:
    enter_domain(OWN)
    kept = session.scalars(select(Account)).one()
    with columns_from(ABOVE):
        assert {OWN, OTHER} <= seen()
    assert seen() == {OWN}
    assert session.scalars(select(Account)).all() == [kept]


@pytest.mark.parametrize("path", [OTHER, OWN, f"{OWN}/Below"])
def test_no_more_is_seen_than_from_there(path: str) -> None:
    enter_domain(OWN)
    with columns_from(path):
        assert seen() == {path} - {f"{OWN}/Below"}


@pytest.mark.parametrize(
    "statement",
    [
        select(Account), select(aliased(Contact)), select(Account, Account.name),
        update(Contact).values(title="x"), delete(Journal),
    ],
)  # fmt: skip
def test_records_are_neither_read_nor_written_so(statement: Any) -> None:
    enter_domain(OWN)
    with columns_from(ABOVE), pytest.raises(TypeError):
        session.execute(statement)


def test_a_record_is_not_fetched_by_its_id_either() -> None:
    enter_domain(OWN)
    with columns_from(ABOVE):
        assert session.scalar(select(func.count()).select_from(Account))
        with pytest.raises(TypeError):
            session.get(Contact, "0" * 32)
