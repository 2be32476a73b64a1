"""The wall between domains: every shape of statement sees the own domain and those below it, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, delete, exists, func, insert, select, union, union_all, update
from sqlalchemy.orm import aliased

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Product, SoldProduct
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.plays.launches import Definition
from ale.foundation.actor import Actor
from ale.foundation.changes import remove, save
from ale.foundation.db import Base, NoDomain, Separated, enter_domain, inside, leave_domain, session
from ale.foundation.history import Audit, Journal, say
from ale.foundation.objections import steps_now
from ale.foundation.problem import Forbidden, NotVisible
from ale.foundation.query import apply
from ale.foundation.reading import find, names_of, visible
from tests.factories import make

pytestmark = pytest.mark.usefixtures("app")
OWN, OTHER, ABOVE = "TOP/Genixify", "TOP/Boxeo", "TOP"

other = aliased(Contact)
recent = select(Contact).cte("recent")
part = select(Contact).subquery()


def _both() -> Select[Any]:
    """A union stands in a subquery."""
    arms = union_all(select(Contact.sys_domain), select(Account.sys_domain)).subquery()
    return select(arms.c.sys_domain)


def _recursive() -> Select[Any]:
    tree = select(Account.sys_id, Account.sys_domain).where(Account.parent.is_(None)).cte("tree", recursive=True)
    below = select(Account.sys_id, Account.sys_domain).join(tree, Account.parent == tree.c.sys_id)
    return select(tree.union_all(below).c.sys_domain)


SHAPES: dict[str, Callable[[], Select[Any]]] = {
    "entity": lambda: select(Contact),
    "columns": lambda: select(Contact.sys_domain),
    "function": lambda: select(func.max(Contact.sys_domain)).group_by(Contact.sys_id),
    "alias": lambda: select(other),
    "alias column": lambda: select(other.sys_domain).where(other.email.is_not(None)),
    "join": lambda: select(Contact.sys_domain).join(Account, Contact.account == Account.sys_id),
    "joined column": lambda: select(Account.sys_domain).join(Contact, Contact.account == Account.sys_id),
    "from a table for all": lambda: (
        select(SoldProduct.sys_domain).select_from(Product).join(SoldProduct, SoldProduct.product == Product.sys_id)
    ),
    "self join": lambda: select(other.sys_domain).select_from(Contact).join(other, other.account == Contact.account),
    "cross": lambda: select(Contact.sys_domain).join(Account, Account.sys_id.is_not(None)),
    "group": lambda: select(Contact.sys_domain).group_by(Contact.sys_domain),
    "distinct": lambda: select(Contact.sys_domain).distinct(),
    "subquery": lambda: select(part.c.sys_domain),
    "aliased subquery": lambda: select(aliased(Contact, part)),
    "scalar subquery": lambda: select(
        select(Account.sys_domain).where(Account.name == "Boxeo").scalar_subquery().label("sys_domain")
    ),
    "cte": lambda: select(recent.c.sys_domain),
    "recursive cte": _recursive,
    "union in a subquery": _both,
    "in": lambda: select(Contact.sys_domain).where(Contact.account.in_(select(Account.sys_id))),
    "from statement of columns": lambda: select(Contact.sys_domain, Contact.email).order_by(Contact.email).limit(50),
    "window": lambda: select(Contact.sys_domain, func.row_number().over(order_by=Contact.email)),
    "history": lambda: select(Audit.sys_domain),
    "journal": lambda: select(Journal.sys_domain),
    "family of types": lambda: select(OnboardingCase.sys_domain),
}


def domains(statement: Select[Any]) -> set[str | None]:
    """The domains of the rows that a statement gives."""
    rows = session.execute(statement).all()
    return {getattr(row[0], "sys_domain", row[0]) for row in rows}


@pytest.fixture(autouse=True)
def _rows_on_both_sides(actor: Callable[[str], Actor]) -> None:
    """Something of every kind stands in both domains."""
    for domain, case in session.execute(select(OnboardingCase.sys_domain, OnboardingCase)).all():
        say(case, "comments", f"canary of {domain}", Actor.system())
    session.flush()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_read_stays_inside(shape: str) -> None:
    everywhere = domains(SHAPES[shape]())
    assert OTHER in everywhere
    enter_domain(OWN)
    assert OTHER not in domains(SHAPES[shape]())
    assert domains(SHAPES[shape]()) - {None} <= {OWN}
    if shape != "scalar subquery":
        assert domains(SHAPES[shape]()) == {OWN}


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_domain_nothing_is_read(shape: str) -> None:
    leave_domain()
    with pytest.raises(NoDomain):
        session.execute(SHAPES[shape]())


def test_tables_for_all_are_read_without_a_domain() -> None:
    leave_domain()
    assert session.scalar(select(func.count()).select_from(Product)) is not None


def test_counts_and_sums_stay_inside() -> None:
    whole = session.scalar(select(func.count()).select_from(Contact))
    own = session.scalar(select(func.count()).select_from(Contact).where(Contact.sys_domain == OWN))
    enter_domain(OWN)
    assert own != whole
    assert session.scalar(select(func.count()).select_from(Contact)) == own
    assert session.scalar(select(func.count(Contact.sys_id))) == own
    assert session.scalar(select(func.count()).select_from(select(Contact).subquery())) == own
    assert session.scalar(select(Contact).with_only_columns(func.count(), maintain_column_froms=True)) == own


def test_exists_sees_only_inside() -> None:
    hidden = exists(select(Account.sys_id).where(Account.name == "Boxeo"))
    assert session.scalar(select(hidden))
    enter_domain(OWN)
    assert not session.scalar(select(hidden))
    assert not session.scalar(select(select(Account).where(Account.name == "Boxeo").exists()))
    assert domains(select(Contact.sys_domain).where(hidden)) == set()


def test_an_outer_join_keeps_the_row_and_hides_what_is_beyond() -> None:
    """A row that points beyond the wall (which the product never stores) shows nothing of its target."""
    contact = session.scalars(select(Contact).where(Contact.sys_domain == OWN)).first()
    boxeo = session.scalars(select(Account).where(Account.name == "Boxeo")).one()
    assert contact is not None
    session.execute(update(Contact).where(Contact.sys_id == contact.sys_id).values(account=boxeo.sys_id))
    enter_domain(OWN)
    target = aliased(Account)
    joined = select(Contact.email, target.name).outerjoin(target, target.sys_id == Contact.account)
    assert (contact.email, None) in session.execute(joined).all()
    by = Actor("x", "X", OWN, frozenset({"sn_acct_lc.agent"}))
    assert session.scalars(apply(visible(Contact, by), Contact, "account.name=Boxeo", by)).all() == []
    missing = session.scalars(apply(visible(Contact, by), Contact, "account.nameISEMPTY", by)).all()
    assert [row.email for row in missing] == [contact.email]
    assert names_of("customer_account", [boxeo.sys_id]) == {}


def test_a_union_alone_is_refused() -> None:
    with pytest.raises(TypeError, match="wrap the union"):
        session.execute(union(select(Contact.sys_id), select(Account.sys_id)))


def test_get_and_find_answer_as_for_a_missing_record(actor: Callable[[str], Actor]) -> None:
    boxeo = session.scalars(select(Account).where(Account.name == "Boxeo")).one().sys_id
    enter_domain(OWN)
    assert session.get(Account, boxeo) is None
    for key in (boxeo, "0" * 32):
        with pytest.raises(NotVisible):
            find(Account, key, Actor("x", "X", OWN, frozenset({"sn_acct_lc.agent"})))


def test_what_was_loaded_before_is_forgotten_at_the_wall() -> None:
    boxeo = session.scalars(select(Account).where(Account.name == "Boxeo")).one()
    with inside(OWN):
        assert boxeo not in session
        assert session.get(Account, boxeo.sys_id) is None
    assert session.get(Account, boxeo.sys_id) is not None


def test_expired_columns_of_a_record_inside_are_loaded_again() -> None:
    enter_domain(OWN)
    account = session.scalars(select(Account)).one()
    session.expire(account)
    assert account.name == "Genixify"


def test_DOM_02_E1_E2_a_domain_lists_and_counts_the_own_cases_and_the_provider_all() -> None:
    everywhere = session.scalar(select(func.count()).select_from(OnboardingCase))
    assert {OWN, OTHER} <= domains(select(OnboardingCase))
    enter_domain(OWN)
    assert domains(select(OnboardingCase)) == {OWN}
    assert (session.scalar(select(func.count()).select_from(OnboardingCase)) or 0) < (everywhere or 0)


def test_DOM_02_what_is_shared_is_read_from_below_where_it_is_global() -> None:
    """Definitions of the global domain are there for all; those of another customer's domain are not."""
    for domain in (ABOVE, OWN, OTHER):
        make(Definition, Actor.system(domain), title=f"Play of {domain}")
    enter_domain(OWN)
    counted = select(func.count(), Definition.sys_domain).group_by(Definition.sys_domain).subquery()
    for statement in (select(Definition), select(aliased(Definition)), select(counted.c.sys_domain)):
        assert domains(statement) == {ABOVE, OWN}
    assert domains(select(Account)) == {OWN}, "what is not shared stays where it is"


def test_DOM_02_what_is_shared_is_changed_from_its_own_domain_only() -> None:
    made = make(Definition, title="Of all").sys_id
    boss = Actor("x", "X", OWN, frozenset({"admin"}))
    enter_domain(OWN)
    session.execute(update(Definition).values(title="reached"))
    session.execute(delete(Definition))
    seen = find(Definition, made, boss)
    assert seen.title == "Of all"
    for deed in (lambda: save(seen, {"title": "X"}, by=boss), lambda: remove(seen, by=boss)):
        with pytest.raises(Forbidden):
            deed()
    assert steps_now(seen, boss) == []
    enter_domain(ABOVE)
    assert save(find(Definition, made, Actor.system()), {"title": "X"}, by=Actor.system()).title == "X"


def test_updates_and_deletes_reach_only_inside() -> None:
    enter_domain(OWN)
    session.execute(update(Contact).values(title="touched"))
    session.execute(update(Contact).where(Contact.sys_domain == OTHER).values(title="reached"))
    session.execute(delete(Journal))
    enter_domain(ABOVE)
    assert domains(select(Contact.sys_domain).where(Contact.title == "touched")) == {OWN}
    assert domains(select(Contact.sys_domain).where(Contact.title == "reached")) == set()
    assert OTHER in domains(select(Journal.sys_domain))
    assert OWN not in domains(select(Journal.sys_domain))


@pytest.mark.parametrize("statement", [update(Contact).values(title="x"), delete(Journal)])
def test_without_a_domain_nothing_is_written(statement: Any) -> None:
    leave_domain()
    with pytest.raises(NoDomain):
        session.execute(statement)


@pytest.mark.parametrize("domain", [OTHER, ABOVE, "TOP/GenixifyX", "", "top/genixify"])
def test_a_record_outside_is_not_inserted(domain: str) -> None:
    enter_domain(OWN)
    session.add(
        Journal(
            sys_domain=domain, table_name="t", record="r", element="comments", text="x", author="a", author_name="A"
        )
    )
    with pytest.raises(NoDomain):
        session.flush()
    session.expunge_all()


def _said(domain: str) -> dict[str, str]:
    return {
        "sys_domain": domain,
        "table_name": "t",
        "record": "r",
        "element": "comments",
        "text": "x",
        "author": "a",
        "author_name": "A",
    }


def test_rows_outside_are_not_inserted_by_a_statement() -> None:
    enter_domain(OWN)
    for rows in ([_said(OWN), _said(OTHER)], _said(OTHER)):
        with pytest.raises(NoDomain):
            session.execute(insert(Journal), rows)
    with pytest.raises(NoDomain):
        session.execute(insert(Journal).values(**_said(OWN)))
    session.execute(insert(Journal), [_said(OWN)])
    assert session.scalar(select(func.count()).select_from(Journal).where(Journal.table_name == "t")) == 1


def test_a_record_is_not_moved_out() -> None:
    enter_domain(OWN)
    account = session.scalars(select(Account)).one()
    account.sys_domain = OTHER
    with pytest.raises(NoDomain):
        session.flush()
    session.expunge_all()


def test_what_is_written_in_a_domain_stays_when_one_leaves_it() -> None:
    with inside(OWN):
        session.add(Journal(**_said(OWN)))
    found = select(func.count()).select_from(Journal).where(Journal.table_name == "t")
    assert session.scalar(found) == 1


@pytest.mark.parametrize("path", ["TOP/GenixifyX", "TOP/Genixif", "TOP/Genix_fy", "TOP/%", "top/genixify", "TOP/"])
def test_a_domain_that_only_looks_alike_is_another_one(path: str) -> None:
    session.execute(insert(Journal), [_said(OWN), _said(f"{OWN}/Sub")])
    below = select(Journal.sys_domain).where(Journal.table_name == "t")
    with inside(OWN):
        assert domains(below) == {OWN, f"{OWN}/Sub"}
    with inside(path):
        assert domains(below) == set()


def test_every_table_with_a_domain_is_behind_the_wall() -> None:
    """A table with the column that is no `Separated` would be read by everybody."""
    for mapper in Base.registry.mappers:
        if "sys_domain" in mapper.local_table.c:
            assert issubclass(mapper.class_, Separated), mapper.class_.__name__
            assert not mapper.local_table.c.sys_domain.nullable, mapper.class_.__name__
