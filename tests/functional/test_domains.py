"""A domain for each account, and words that reach those they are meant for: DOM-01, DOM-04, SUC-11."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ale.domains.accounts.records import Account, Domain
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.people.records import User
from ale.domains.people.service import grant
from ale.domains.success.actions import Touchpoint
from ale.domains.system.records import Property
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.history import Audit, Journal
from tests.conftest import Browser
from tests.functional.api.calls import basic
from tests.pages import Page
from tests.success import SYSTEM, Shelf

ActorNamed = Callable[[str], Actor]
FOLLOWS = "sn_acct_lc.ale_success_customer"


def generates(value: str) -> None:
    """Set whether a new account gets a domain of its own."""
    found = select(Property).where(Property.name == "csm_auto_account_domain_generation")
    save(session.scalars(found).one(), {"value": value}, by=SYSTEM)


def domains() -> dict[str, str | None]:
    """The account that owns each domain."""
    return dict(session.execute(select(Domain.name, Domain.account)).all())


def test_DOM_01_E1_a_new_account_gets_a_domain_of_its_own(actor: ActorNamed) -> None:
    generates("true")
    made = create(Account, {"name": "Alderis"}, by=actor("admin"))
    assert made.sys_domain == "TOP/Alderis"
    assert domains()["TOP/Alderis"] == made.sys_id


def test_DOM_01_E2_without_the_property_an_account_lies_where_its_creator_is(actor: ActorNamed) -> None:
    generates("false")
    before = domains()
    made = create(Account, {"name": "Boxeo Nord"}, by=actor("admin"))
    assert made.sys_domain == "TOP"
    assert domains() == before


def test_DOM_01_E2_a_creator_further_down_keeps_it_there(app: object) -> None:
    generates("false")
    before = domains()
    assert create(Account, {"name": "Boxeo Nord"}, by=Actor.system("TOP/Boxeo")).sys_domain == "TOP/Boxeo"
    assert domains() == before


def test_DOM_01_a_child_lies_below_its_parent_and_a_namesake_beside_it(actor: ActorNamed) -> None:
    generates("true")
    parent = create(Account, {"name": "Alderis"}, by=actor("admin"))
    child = create(Account, {"name": "Alderis Sud", "parent": parent.sys_id}, by=actor("admin"))
    other = create(Account, {"name": "Al-deris"}, by=actor("admin"))
    assert (child.sys_domain, other.sys_domain) == ("TOP/Alderis/AlderisSud", "TOP/Alderis2")
    listed = session.scalars(select(Domain).where(Domain.name == child.sys_domain)).one()
    assert session.get_one(Domain, listed.parent).name == "TOP/Alderis"


def test_DOM_01_accounts_that_are_made_together_do_not_share_a_domain(app: object) -> None:
    generates("true")
    create_many(Account, [{"name": "Al deris"}, {"name": "Al-deris"}, {"name": "Alderis"}], by=SYSTEM)
    made = dict(session.execute(select(Account.sys_id, Account.sys_domain).where(Account.name.like("Al%deris"))).all())
    assert sorted(made.values()) == ["TOP/Alderis", "TOP/Alderis2", "TOP/Alderis3"]
    assert made.items() <= {(owner, path) for path, owner in domains().items()}
    told = session.execute(select(Audit.record, Audit.sys_domain).where(Audit.record.in_(made))).all()
    assert {(key, path) for key, path in told} == set(made.items())
    cases = select(OnboardingCase.account, OnboardingCase.sys_domain).where(OnboardingCase.account.in_(made))
    assert set(session.execute(cases).all()) == set(made.items())


def test_DOM_01_a_domain_that_is_sent_is_ignored(actor: ActorNamed) -> None:
    generates("true")
    assert (
        create(Account, {"name": "Alderis", "sys_domain": "TOP/Boxeo"}, by=actor("admin")).sys_domain == "TOP/Alderis"
    )


def test_DOM_01_over_the_api(client: FlaskClient) -> None:
    generates("true")
    answer = client.post("/api/now/table/customer_account", json={"name": "Alderis"}, headers=basic("admin"))
    assert (answer.status_code, answer.json["result"]["sys_domain"]) == (201, "TOP/Alderis")


# --- what is said -------------------------------------------------------------------------------------------------


@pytest.fixture
def talk(actor: ActorNamed) -> Touchpoint:
    """A touchpoint of Genixify with two work notes and a comment, all by people of the provider."""
    for name in ("genixify.admin", "boxeo.admin"):
        grant(session.scalars(select(User).where(User.user_name == name)).one(), FOLLOWS, SYSTEM)
    shelf = Shelf()
    made = shelf.touchpoint(shelf.engagement("Genixify"))
    csm = actor("csm")
    assert csm.domain == "TOP"
    for said in ({"work_notes": "canary-one"}, {"work_notes": "canary-two"}, {"comments": "On Monday."}):
        save(made, said, by=csm)
    return made


@pytest.fixture
def entries(client: FlaskClient) -> Callable[..., list[dict[str, Any]]]:
    """What the API gives of the journal to somebody."""

    def read(user: str, about: Touchpoint | None = None) -> list[dict[str, Any]]:
        query = {"sysparm_query": f"record={about.sys_id}"} if about else {"sysparm_limit": "1000"}
        answer = client.get("/api/now/table/sys_journal_field", query_string=query, headers=basic(user))
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["result"]
        return found

    return read


def test_SUC_11_E1_a_contact_reads_the_comment_alone(
    talk: Touchpoint, entries: Any, log_on: Callable[[str], Browser]
) -> None:
    assert [(one["element"], one["text"]) for one in entries("genixify.admin", talk)] == [("comments", "On Monday.")]
    page = log_on("genixify.admin").get(f"/portal/success/touchpoints/{talk.sys_id}").text
    assert "On Monday." in page
    assert "canary" not in page


def test_SUC_11_E2_a_success_agent_reads_all_and_which_are_notes(
    talk: Touchpoint, entries: Any, log_on: Callable[[str], Browser]
) -> None:
    assert sorted(one["element"] for one in entries("csm", talk)) == ["comments", "work_notes", "work_notes"]
    page = Page(log_on("csm").get(f"/touchpoints/{talk.sys_id}", follow_redirects=True).text)
    assert page.text.count("Work note") >= 2
    assert all(text in page.text for text in ("canary-one", "canary-two", "On Monday."))


def test_DOM_04_E1_the_provider_s_answer_lies_in_the_domain_of_the_record(talk: Touchpoint, entries: Any) -> None:
    lies = set(session.scalars(select(Journal.sys_domain).where(Journal.record == talk.sys_id)))
    assert lies == {talk.sys_domain} == {"TOP/Genixify"}
    assert [one["text"] for one in entries("genixify.admin", talk)] == ["On Monday."]


def test_DOM_04_E2_another_customer_reads_nothing_of_it(talk: Touchpoint, entries: Any) -> None:
    assert entries("boxeo.admin", talk) == []
    assert "On Monday." not in {one["text"] for one in entries("boxeo.admin")}


def test_DOM_04_a_comment_over_the_api_reaches_the_contact_too(
    talk: Touchpoint, entries: Any, client: FlaskClient
) -> None:
    address = f"/api/now/table/sn_acct_lc_touchpoint/{talk.sys_id}"
    assert client.patch(address, json={"comments": "Or Friday."}, headers=basic("csm")).status_code == 200
    assert sorted(one["text"] for one in entries("genixify.admin", talk)) == ["On Monday.", "Or Friday."]


@pytest.mark.parametrize("user", ["genixify.manager", "genixify.sme"])
def test_SUC_11_who_may_not_read_the_record_reads_none_of_its_comments(
    talk: Touchpoint, entries: Any, user: str
) -> None:
    assert entries(user, talk) == []
