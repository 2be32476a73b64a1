"""Definition records: one title in a category, a sub category that fits, a subflow that comes first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.people.roles import closure
from ale.domains.plays.launches import AleChoice, Blueprint, Definition, Launch, Subflow
from ale.domains.plays.starts import PlayRule
from ale.domains.success.plan import Objective
from ale.domains.success.records import Engagement
from ale.domains.system.records import Property
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.bulk import create_many
from ale.foundation.changes import create, save
from ale.foundation.db import inside, session
from ale.foundation.reading import find, is_visible
from tests.factories import SYSTEM, account, make
from tests.stories import refused

ActorNamed = Callable[[str], Actor]


@pytest.fixture
def keeper(actor: ActorNamed) -> Actor:
    """Somebody who keeps success plays."""
    return replace(actor("csm"), roles=closure(["sn_acct_lc.success_play_admin"]))


@pytest.fixture
def play(app: object) -> dict[str, Any]:
    """A definition as it is entered."""
    return {"title": "Get to Green play", "category": make(AleChoice).sys_id, "flow": make(Subflow).sys_id}


def test_CSB_51_E1_titles_of_a_category_differ_in_more_than_case_and_blanks(
    keeper: Actor, play: dict[str, Any]
) -> None:
    create(Definition, play | {"state": "closed"}, by=keeper)
    for title in ("get to green play ", "GET TO GREEN PLAY"):
        problems = refused(create, Definition, play | {"title": title}, by=keeper)
        assert problems == [("DUPLICATE_DEFINITION", "title")]


def test_CSB_51_renaming_makes_no_twin_either(keeper: Actor, play: dict[str, Any]) -> None:
    create(Definition, play, by=keeper)
    other = create(Definition, play | {"title": "Executive review"}, by=keeper)
    assert refused(save, other, {"title": "get to Green play"}, by=keeper) == [("DUPLICATE_DEFINITION", "title")]
    assert save(other, {"title": "EXECUTIVE review"}, by=keeper).title == "EXECUTIVE review"


def test_CSB_51_rows_of_one_chunk_count_each_other(keeper: Actor, play: dict[str, Any]) -> None:
    drafts = create_many(Definition, [play, play | {"title": "get to green play"}], by=keeper)
    assert [one.code for draft in drafts for one in draft.problems] == ["DUPLICATE_DEFINITION"]


def test_CSB_51_E2_another_category_is_another_definition(keeper: Actor, play: dict[str, Any]) -> None:
    create(Definition, play, by=keeper)
    assert create(Definition, play | {"category": make(AleChoice).sys_id}, by=keeper).title == "Get to Green play"


def test_CSB_52_E1_what_is_made_globally_is_global_and_seen_in_every_domain(
    actor: ActorNamed, play: dict[str, Any]
) -> None:
    made, agent = create(Definition, play | {"sys_domain": "TOP/Boxeo"}, by=actor("admin")), actor("agent")
    assert made.sys_domain == ROOT_DOMAIN
    for domain in (f"{ROOT_DOMAIN}/Genixify", f"{ROOT_DOMAIN}/Boxeo"):
        with inside(domain):
            assert find(Definition, made.sys_id, replace(agent, domain=domain)).title == play["title"]


def test_CSB_52_E2_what_is_made_in_a_domain_stays_there(keeper: Actor, play: dict[str, Any]) -> None:
    paul = replace(keeper, domain=f"{ROOT_DOMAIN}/Boxeo")
    with inside(paul.domain):
        made = create(Definition, play | {"sys_domain": ROOT_DOMAIN}, by=paul)
    assert made.sys_domain == paul.domain
    with inside(f"{ROOT_DOMAIN}/Genixify"):
        assert not is_visible(Definition, made.sys_id, replace(paul, domain=f"{ROOT_DOMAIN}/Genixify"))


def test_CSB_53_E1_E2_active_is_what_is_published(keeper: Actor, play: dict[str, Any]) -> None:
    definition = create(Definition, play | {"flow": make(Subflow, published=True).sys_id, "active": True}, by=keeper)
    assert not definition.active
    for state, active in (("published", True), ("closed", False), ("published", True), ("canceled", False)):
        assert save(definition, {"state": state, "active": not active}, by=keeper).active is active


def test_SUC_05_E1_E2_a_sub_category_fits_its_category(keeper: Actor, play: dict[str, Any]) -> None:
    fits = make(AleChoice, dependent_category=play["category"]).sys_id
    assert create(Definition, play | {"sub_category": fits}, by=keeper).sub_category == fits
    wrong = play | {"title": "Other", "category": make(AleChoice).sys_id, "sub_category": fits}
    assert refused(create, Definition, wrong, by=keeper) == [("SUBCATEGORY_MISMATCH", "sub_category")]


def test_SUC_07_E1_a_draft_subflow_publishes_nothing(keeper: Actor, play: dict[str, Any]) -> None:
    definition = create(Definition, play, by=keeper)
    assert refused(save, definition, {"state": "published"}, by=keeper) == [("SUBFLOW_NOT_READY", "flow")]


@pytest.mark.parametrize("lacking", [{"steps": None}, {"steps": []}, {"kind": "action"}])
def test_SUC_07_a_subflow_that_makes_nothing_publishes_nothing(
    keeper: Actor, play: dict[str, Any], lacking: dict[str, Any]
) -> None:
    flow = make(Subflow, published=True, **lacking)
    definition = create(Definition, play | {"flow": flow.sys_id}, by=keeper)
    assert refused(save, definition, {"state": "published"}, by=keeper) == [("SUBFLOW_NOT_READY", "flow")]


def test_SUC_07_E2_a_definition_names_its_subflow(keeper: Actor, play: dict[str, Any]) -> None:
    assert refused(create, Definition, play | {"flow": ""}, by=keeper) == [("REQUIRED_FIELD", "flow")]
    assert refused(create, Definition, play | {"flow": "0" * 32}, by=keeper) == [("INVALID_REFERENCE", "flow")]


def test_DOM_03_a_launch_lies_where_it_was_launched(actor: ActorNamed) -> None:
    engagement = make(Engagement, account=account("Boxeo").sys_id)
    given = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    launch = create(Launch, given, by=SYSTEM)
    assert (launch.sys_domain, launch.state, launch.ended_at) == (engagement.sys_domain, "in_progress", None)
    assert save(launch, {"state": "error"}, by=SYSTEM).ended_at is not None


def test_a_blueprint_lists_objectives_of_its_engagement(app: object) -> None:
    blueprint, own, foreign = make(Blueprint), make(Objective), make(Objective)
    save(blueprint, {"engagement": own.engagement, "objectives": [own.sys_id]}, by=SYSTEM)
    problems = refused(save, blueprint, {"objectives": [own.sys_id, foreign.sys_id]}, by=SYSTEM)
    assert problems == [("OTHER_ACCOUNT", "objectives")]


@pytest.mark.usefixtures("app")
def test_SUC_17_the_most_days_of_a_new_rule_are_those_of_the_setting() -> None:
    play = session.scalars(select(PlayRule.definition).where(PlayRule.trigger == "renewal")).one()
    watched = session.scalars(select(Property).where(Property.name == "ale.renewal_watch_days")).one()
    assert watched.value == "120"
    save(watched, {"value": "150"}, by=SYSTEM)
    given = {"name": "Early", "trigger": "renewal", "definition": play}
    assert create(PlayRule, given, by=SYSTEM).to_days == 150
    assert create(PlayRule, given | {"to_days": 100}, by=SYSTEM).to_days == 100
