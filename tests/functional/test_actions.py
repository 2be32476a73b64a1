"""Recommended actions as records: what a card needs, whose question a tree begins with, which consumers register."""

from collections.abc import Callable
from typing import Any

import pytest

from ale.domains.accounts.records import Account, Contact
from ale.domains.actions.records import FieldRecommendation, Node, Recommendation, Tree
from ale.domains.actions.trail import ActionLog, Registration
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import create, save
from tests.conftest import Browser
from tests.factories import SYSTEM, account, make, valid
from tests.stories import refused

ActorNamed = Callable[[str], Actor]


@pytest.mark.parametrize("kind", ["guidance", "decision_tree", "field_recommendation"])
def test_a_card_has_what_its_type_shows(app: object, kind: str) -> None:
    given = valid(Recommendation) | {"type": kind, "guidance": None}
    assert refused(create, Recommendation, given, by=SYSTEM) == [("REQUIRED_FIELD", kind)]


def test_a_tree_begins_with_a_question_of_its_own(app: object) -> None:
    tree, stranger = make(Tree), make(Node)
    assert refused(save, tree, {"root_node": stranger.sys_id}, by=SYSTEM) == [("OTHER_TREE", "root_node")]
    own = make(Node, tree=tree.sys_id)
    assert save(tree, {"root_node": own.sys_id}, by=SYSTEM).root_node == own.sys_id


def test_RA_02_a_recommendation_names_a_field_of_its_table(app: object) -> None:
    given = {"name": "Priority", "table_name": "sn_ti_core_task", "field_name": "nothing", "value_source": {"value": 2}}
    assert refused(create, FieldRecommendation, given, by=SYSTEM) == [("UNKNOWN_FIELD", "field_name")]
    assert create(FieldRecommendation, given | {"field_name": "priority"}, by=SYSTEM).mode_existing == "message"


def test_a_log_entry_lies_in_the_domain_of_its_record(actor: ActorNamed) -> None:
    case = make(OnboardingCase, account=account("Boxeo").sys_id)
    given = {"record_table": "sn_acct_lc_onb_case", "record": case.sys_id, "outcome": "applied"}
    assert create(ActionLog, given, by=actor("agent")).sys_domain == f"{ROOT_DOMAIN}/Boxeo"


# --- registering a consumer -----------------------------------------------------------------------------------------


@pytest.fixture
def alderis(app: object) -> dict[str, Any]:
    own = make(Account, name="Alderis").sys_id
    task = make(CaseTask, parent=make(OnboardingCase, account=own).sys_id, account=own)
    return {"account": own, "contact": make(Contact, account=own).sys_id, "task": task.sys_id}


def test_RA_04_E1_a_registration_is_initiated_and_linked_to_its_task(
    actor: ActorNamed, alderis: dict[str, Any]
) -> None:
    made = create(Registration, alderis | {"instance_url": "https://alderis.example"}, by=actor("agent"))
    assert made.number.startswith("SXREG")
    assert (made.state, made.task) == ("initiated", alderis["task"])


@pytest.mark.parametrize("url", ["alderis", "http://alderis.example", "https://", "ftp://alderis.example"])
def test_RA_04_E2_an_instance_has_an_https_address(actor: ActorNamed, alderis: dict[str, Any], url: str) -> None:
    problems = refused(create, Registration, alderis | {"instance_url": url}, by=actor("agent"))
    assert problems == [("INVALID_URL", "instance_url")]


def test_RA_04_account_contact_and_address_are_required(actor: ActorNamed) -> None:
    problems = refused(create, Registration, {}, by=actor("agent"))
    assert set(problems) == {("REQUIRED_FIELD", name) for name in ("account", "contact", "instance_url")}


def test_RA_04_the_same_through_the_table_api(log_on: Callable[[str], Browser], alderis: dict[str, Any]) -> None:
    browser = log_on("agent")
    page = browser.get("/consumer-registrations/new").text
    assert "Consumer instance URL" in page
    response = browser.send("/consumer-registrations/new", alderis | {"instance_url": "http://alderis.example"})
    assert response.status_code == 422
    assert "Enter the https address of the consumer instance." in response.text
