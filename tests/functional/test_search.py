"""Full-text search: found are words of every record one may read, kept up to date by every way to change."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding.records import OnboardingCase
from ale.foundation import fulltext
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, save_many
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from tests.conftest import Browser

LogOnAs = Callable[[str], Browser]
BY = Actor.system()


@pytest.fixture
def account(app: object) -> str:
    """The account of Boxeo."""
    return session.scalars(select(Account.sys_id).where(Account.name == "Boxeo")).one()


def person(account: str, last_name: str, email: str) -> dict[str, str]:
    return {"first_name": "Zoé", "last_name": last_name, "email": email, "account": account}


def keys(text: str, by: Actor = BY) -> list[str]:
    """The e-mail addresses of the contacts found."""
    return sorted(session.scalars(select(Contact.email).where(fulltext.found(Contact, text, by))))


def test_words_are_found_by_their_beginning_in_any_order_whatever_case_and_accents(account: str) -> None:
    create(Contact, person(account, "Quélennec-Österby", "zq@example.org"), by=BY)
    for text in ("quelennec", "QUÉL", "osterby zoe", "zq@example.org", "Zoé quel oster"):
        assert keys(text) == ["zq@example.org"], text
    for text in ("uelennec", "quelennec nobody", "%", "' OR 1", '" OR zzzine*'):
        assert keys(text) == [], text


def test_a_change_is_found_at_once_and_what_it_replaced_no_more(account: str) -> None:
    contact = create(Contact, person(account, "Vorher", "v@example.org"), by=BY)
    save(contact, {"last_name": "Nachher"}, by=BY)
    assert (keys("vorher"), keys("nachher")) == ([], ["v@example.org"])
    remove(contact, by=BY)
    assert session.execute(select(fulltext._TEXTS.c.record).where(fulltext._matches("nachher", BY))).all() == []


def test_bulk_changes_are_found_too(account: str) -> None:
    rows = [person(account, f"Bulkine{n}", f"bulk{n}@example.org") for n in range(3)]
    drafts = create_many(Contact, rows, by=BY)
    assert len(keys("bulkine")) == 3
    save_many(Contact, [(drafts[0].sys_id, {"last_name": "Otherine"})], by=BY)
    assert (len(keys("bulkine")), keys("otherine")) == (2, ["bulk0@example.org"])


def test_a_refused_change_leaves_no_words(account: str) -> None:
    with pytest.raises(Rejected):
        create(Contact, person(account, "Refusedine", "no address"), by=BY)
    create_many(Contact, [person(account, "Refusedine", "no address")], by=BY)
    assert fulltext.tables_with("refusedine", BY) == set()


def test_customers_search_only_what_is_theirs(account: str, actor: Callable[[str], Actor]) -> None:
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == account)).first()
    assert case is not None
    save(case, {"close_notes": "internalword", "description": "sharedword"}, by=BY)
    for name, text, expected in (
        ("agent", "internalword", 1),
        ("agent", "sharedword", 1),
        ("boxeo.admin", "sharedword", 1),
        ("boxeo.admin", "internalword", 0),
        ("genixify.admin", "sharedword", 0),
    ):
        by = actor(name)
        from ale.foundation.db import inside
        from ale.foundation.reading import visible

        with inside(by.domain):
            rows = session.scalars(visible(OnboardingCase, by).where(fulltext.found(OnboardingCase, text, by))).all()
        assert len(rows) == expected, (name, text)


def test_a_rebuild_finds_the_same(account: str) -> None:
    create(Contact, person(account, "Rebuiltine", "r@example.org"), by=BY)
    before = session.execute(select(fulltext._TEXTS.c.table_name, fulltext._TEXTS.c.record)).all()
    fulltext._write([("customer_contact", "lost", "rebuiltine", "")], replace=False)
    dict(fulltext.rebuild())
    after = session.execute(select(fulltext._TEXTS.c.table_name, fulltext._TEXTS.c.record)).all()
    assert set(before) <= set(after)
    assert ("customer_contact", "lost") not in set(after)
    assert keys("rebuiltine") == ["r@example.org"]


def test_a_number_is_found_without_letters_and_zeros(account: str) -> None:
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == account)).first()
    assert case is not None
    digits = case.number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").lstrip("0")
    assert (
        case.sys_id
        in session.scalars(select(OnboardingCase.sys_id).where(fulltext.found(OnboardingCase, digits, BY))).all()
    )


def test_the_search_of_the_top_bar_finds_words_inside_long_texts(log_on: LogOnAs, account: str) -> None:
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == account)).first()
    assert case is not None
    save(case, {"description": "Bring the walrusine along"}, by=BY)
    page = log_on("agent").get("/search?q=walrusine").text
    assert case.number in page
    assert case.number not in log_on("agent").get("/search?q=walrusineses").text
