"""PostgreSQL keeps the rows of a domain from every other one, also from statements that forgot the first wall."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import InternalError, ProgrammingError

from ale.domains.accounts.records import Contact
from ale.domains.plays.launches import Definition
from ale.foundation.actor import Actor
from ale.foundation.db import Base, db, enter_domain, inside, leave_domain, session
from ale.foundation.second_wall import SETTING, raise_up
from tests.factories import make

OWN, OTHER, ABOVE = "TOP/Genixify", "TOP/Boxeo", "TOP"
SEEN = text("SELECT DISTINCT sys_domain FROM customer_contact")
SHARED = text("SELECT DISTINCT sys_domain FROM sn_acct_lc_definition_record")
COUNT = text("SELECT count(*) FROM customer_contact")

pytestmark = pytest.mark.usefixtures("walled")


@pytest.fixture
def walled(app: object) -> None:
    """PostgreSQL only; the suite runs there as a role that row-level security holds."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("Row-level security is PostgreSQL's: SQLite has the first wall alone")


def raw() -> Connection:
    """The connection of the session, for statements that no part of ours has seen."""
    return session.connection()


def tell(path: str) -> None:
    """Say the domain as only an application would, to a connection that nobody else tells anything."""
    driver = raw().connection.cursor()
    driver.execute("SELECT set_config(%s, %s, true)", (SETTING, path))


def seen() -> set[str]:
    """The domains of the rows that a statement without any condition returns."""
    driver = raw().connection.cursor()
    driver.execute(str(SEEN))
    return {row[0] for row in driver.fetchall()}


def test_the_tests_stand_below_the_wall() -> None:
    """A superuser would pass it, and every test below would mean nothing."""
    [one] = raw().execute(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")).all()
    assert one == (False,)


def test_every_table_with_a_domain_is_behind_it_for_its_owner_too() -> None:
    walls = "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class JOIN pg_policy ON polrelid = oid"
    walls = walls.replace("oid", "pg_class.oid") + " WHERE relnamespace = current_schema()::regnamespace"
    separated = {table.name: True for table in Base.metadata.sorted_tables if "sys_domain" in table.c}
    assert len(separated) > 20
    assert {row[0]: row[1] for row in raw().execute(text(walls))} == separated


def test_where_nobody_said_a_domain_nothing_is_seen() -> None:
    tell("")
    assert seen() == set()


def test_a_new_transaction_begins_without_a_domain() -> None:
    with db.engine.engine.connect() as connection:
        assert connection.scalar(COUNT) == 0


@pytest.mark.parametrize(
    ("path", "domains"),
    [(ABOVE, {ABOVE, OWN, OTHER}), (OWN, {OWN}), (OTHER, {OTHER}), ("TOP/Genixif", set()), ("TOP/", set()),
     ("top/genixify", set()), ("TOP/Genix_fy", set()), ("%", set()), ("TOP/Genixify/Below", set())],
)  # fmt: skip
def test_raw_statements_see_the_domain_and_what_is_below(path: str, domains: set[str]) -> None:
    make(Contact, sys_domain=ABOVE)
    session.flush()
    tell(path)
    assert seen() == domains


def test_the_session_tells_its_domain_with_every_change_of_it() -> None:
    enter_domain(OWN)
    assert set(raw().scalars(SEEN)) == {OWN}
    with inside(OTHER):
        assert set(raw().scalars(SEEN)) == {OTHER}
    assert set(raw().scalars(SEEN)) == {OWN}
    leave_domain()
    assert set(raw().scalars(SEEN)) == set()


def test_what_a_savepoint_takes_back_is_told_again() -> None:
    enter_domain(OWN)
    assert raw().scalar(COUNT)
    point = session.begin_nested()
    enter_domain(OTHER)
    assert set(raw().scalars(SEEN)) == {OTHER}
    point.rollback()
    assert set(raw().scalars(SEEN)) == {OTHER}


def test_a_failed_statement_inside_another_domain_leaves_a_usable_transaction() -> None:
    enter_domain(OWN)
    with pytest.raises(ProgrammingError), session.begin_nested(), inside(OTHER):
        raw().execute(text("SELECT nonsense"))
    assert set(raw().scalars(SEEN)) == {OWN}


@pytest.mark.parametrize(
    "statement",
    [f"UPDATE customer_contact SET sys_domain = '{OTHER}'",
     f"UPDATE customer_contact SET sys_domain = '{ABOVE}'",
     f"INSERT INTO sys_journal_field (sys_id, sys_domain) VALUES ('1', '{OTHER}')"],
)  # fmt: skip
def test_rows_are_not_written_outside(statement: str) -> None:
    enter_domain(OWN)
    with pytest.raises((ProgrammingError, InternalError), match="row-level security"), session.begin_nested():
        raw().execute(text(statement))


def test_rows_outside_are_neither_changed_nor_deleted() -> None:
    enter_domain(OWN)
    own = raw().scalar(COUNT)
    assert raw().execute(text("UPDATE customer_contact SET title = 'reached'")).rowcount == own
    assert raw().execute(text("DELETE FROM sys_journal_field WHERE sys_domain <> 'TOP/Genixify'")).rowcount == 0
    enter_domain(OTHER)
    assert raw().scalar(text("SELECT count(*) FROM customer_contact WHERE title = 'reached'")) == 0


def test_DOM_02_what_is_shared_is_read_below_the_global_domain_and_changed_there_only() -> None:
    for domain in (ABOVE, OWN, OTHER):
        make(Definition, Actor.system(domain), title=f"Play of {domain}")
    session.flush()
    enter_domain(OWN)
    assert set(raw().scalars(SHARED)) == {ABOVE, OWN}
    for change in ("UPDATE {0} SET title = 'reached'", "UPDATE {0} SET sys_domain = '{1}'", "DELETE FROM {0}"):
        statement = text(change.format("sn_acct_lc_definition_record", OWN) + f" WHERE sys_domain <> '{OWN}'")
        assert raw().execute(statement).rowcount == 0
    leave_domain()
    assert set(raw().scalars(SHARED)) == set()


def test_it_can_be_raised_again() -> None:
    raise_up(raw())
    enter_domain(OWN)
    assert set(raw().scalars(SEEN)) == {OWN}
