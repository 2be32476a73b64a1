"""The engagement and the contracts it covers: CSB-01 to CSB-07 but for its closure, CSB-57 to CSB-60, SUC-02."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from ale.domains.signals.records import RiskSignal
from ale.domains.success.records import Engagement, EngagementContract
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, save_many
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.record import values_of
from tests.success import SYSTEM, Shelf, case_of, owner, problems


@pytest.fixture
def csm(actor: Callable[[str], Actor]) -> Actor:
    return actor("csm")


@pytest.fixture
def shelf(csm: Actor) -> Shelf:
    return Shelf(csm)


def to_boxeo() -> dict[str, str]:
    account = owner("Boxeo")
    return {"account": account.sys_id, "initial_onboarding": case_of(account).sys_id}


def ending(days: int) -> dict[str, Any]:
    return {"ends": today() + timedelta(days=days)}


def figure(engagement: Engagement, name: str) -> Any:
    chosen = next(one for one in Engagement.__sheet__.calculated if one.name == name)
    return chosen.compute(values_of(engagement), today())


def test_CSB_01_E1_an_engagement_lies_in_the_domain_of_its_account(shelf: Shelf) -> None:
    assert shelf.engagement(sys_domain="TOP/Boxeo").sys_domain == "TOP/Alderis"


def test_CSB_01_E2_the_domain_follows_the_account_and_history_with_it(shelf: Shelf, csm: Actor) -> None:
    engagement = shelf.engagement()
    save(engagement, to_boxeo(), by=csm)
    assert engagement.sys_domain == "TOP/Boxeo"
    told = session.query(Audit.sys_domain).filter(Audit.record == engagement.sys_id).distinct().all()
    assert told == [("TOP/Boxeo",)]


def test_CSB_01_E2_also_when_many_are_changed(shelf: Shelf, csm: Actor) -> None:
    engagement = shelf.engagement()
    [draft] = save_many(Engagement, [(engagement.sys_id, to_boxeo())], by=csm)
    session.expire_all()
    assert (draft.problems, engagement.sys_domain) == ([], "TOP/Boxeo")


def test_CSB_02_E1_an_engagement_has_a_title(shelf: Shelf) -> None:
    assert problems(shelf.engagement, title="") == [("REQUIRED_FIELD", "title")]
    assert problems(shelf.engagement, initial_onboarding="") == [("REQUIRED_FIELD", "initial_onboarding")]


def test_CSB_02_E2_an_engagement_starts_new(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    assert (engagement.number[:5], len(engagement.number), engagement.state) == ("ENGMT", 12, "new")


def test_SUC_02_health_is_unknown_unless_said(shelf: Shelf) -> None:
    assert shelf.engagement().perceived_health == "unknown"
    assert shelf.engagement(perceived_health="").perceived_health == "unknown"
    assert shelf.engagement(perceived_health="yellow").perceived_health == "yellow"


@pytest.mark.parametrize("child", ["objective", "case"])
def test_CSB_05_E1_an_engagement_with_children_keeps_its_account(shelf: Shelf, csm: Actor, child: str) -> None:
    engagement = shelf.engagement()
    getattr(shelf, child)(engagement)
    assert problems(save, engagement, to_boxeo(), by=csm) == [("ACCOUNT_LOCKED", "account")]
    [draft] = save_many(Engagement, [(engagement.sys_id, to_boxeo())], by=csm)
    assert [one.code for one in draft.problems] == ["ACCOUNT_LOCKED"]
    assert engagement.account == owner("Alderis").sys_id


def test_CSB_05_a_signal_that_comes_from_an_engagement_keeps_its_account(shelf: Shelf, csm: Actor) -> None:
    engagement = shelf.engagement()
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    place = {"scope": "onboarding", "onboarding_case": case_of(owner("Alderis")).sys_id}
    words = {"short_description": "Late", "description": "By weeks", "probability": "high"}
    create(RiskSignal, source | place | words, by=SYSTEM)
    assert problems(save, engagement, to_boxeo(), by=csm) == [("ACCOUNT_LOCKED", "account")]


def test_CSB_05_E2_touchpoints_follow_with_their_tasks(shelf: Shelf, csm: Actor) -> None:
    engagement = shelf.engagement()
    touchpoint = shelf.touchpoint(engagement, related_to_product=True, product=shelf.sold().sys_id)
    task = shelf.task(touchpoint)
    save(engagement, to_boxeo(), by=csm)
    assert {(one.account, one.sys_domain) for one in (touchpoint, task)} == {(owner("Boxeo").sys_id, "TOP/Boxeo")}
    assert touchpoint.product is None


def test_CSB_05_a_contract_of_another_account_is_not_left_behind(shelf: Shelf, csm: Actor) -> None:
    engagement = shelf.engagement()
    shelf.link(engagement, shelf.contract())
    assert problems(save, engagement, to_boxeo(), by=csm) == [("CONTRACT_ACCOUNT_MISMATCH", "account")]


def test_CSB_06_E1_engagements_make_no_circle(shelf: Shelf, csm: Actor) -> None:
    a = shelf.engagement()
    b = shelf.engagement(parent=a.sys_id)
    c = shelf.engagement(parent=b.sys_id)
    assert problems(save, a, {"parent": c.sys_id}, by=csm) == [("PARENT_CYCLE", "parent")]
    drafts = save_many(Engagement, [(a.sys_id, {"parent": c.sys_id})], by=csm)
    assert [one.code for draft in drafts for one in draft.problems] == ["PARENT_CYCLE"]


def test_CSB_06_E2_an_engagement_is_not_its_own_parent(shelf: Shelf, csm: Actor) -> None:
    a = shelf.engagement()
    assert problems(save, a, {"parent": a.sys_id}, by=csm) == [("PARENT_CYCLE", "parent")]


def test_CSB_07_E1_the_go_live_is_that_of_the_case(shelf: Shelf) -> None:
    save(case_of(owner("Alderis")), {"go_live_date": "2024-10-31"}, by=SYSTEM)
    assert shelf.engagement().initial_go_live == date(2024, 10, 31)


def test_CSB_07_E2_the_case_is_of_the_account(shelf: Shelf, csm: Actor) -> None:
    foreign = {"initial_onboarding": case_of(owner("Boxeo")).sys_id}
    wanted = [("ONBOARDING_ACCOUNT_MISMATCH", "initial_onboarding")]
    assert problems(shelf.engagement, **foreign) == wanted
    engagement = shelf.engagement()
    assert problems(save, engagement, {"account": owner("Boxeo").sys_id}, by=csm) == wanted


def test_CSB_57_E1_a_contract_is_linked_once(shelf: Shelf, csm: Actor) -> None:
    engagement, contract = shelf.engagement(), shelf.contract()
    shelf.link(engagement, contract)
    assert problems(shelf.link, engagement, contract) == [("DUPLICATE_ENGAGEMENT_CONTRACT", "contract")]
    given = {"engagement": engagement.sys_id, "contract": contract.sys_id}
    [draft] = create_many(EngagementContract, [given], by=csm)
    assert [one.code for one in draft.problems] == ["DUPLICATE_ENGAGEMENT_CONTRACT"]


def test_CSB_57_E2_two_engagements_share_a_contract(shelf: Shelf) -> None:
    contract = shelf.contract()
    assert {shelf.link(shelf.engagement(), contract).contract for _ in range(2)} == {contract.sys_id}


def test_CSB_58_E1_a_contract_of_another_account_is_refused(shelf: Shelf, csm: Actor) -> None:
    engagement, foreign = shelf.engagement(), shelf.contract("Boxeo")
    assert problems(shelf.link, engagement, foreign) == [("CONTRACT_ACCOUNT_MISMATCH", "contract")]
    given = {"engagement": engagement.sys_id, "contract": foreign.sys_id}
    [draft] = create_many(EngagementContract, [given], by=csm)
    assert [one.code for one in draft.problems] == ["CONTRACT_ACCOUNT_MISMATCH"]


def test_CSB_58_E2_a_contract_of_the_account_is_linked(shelf: Shelf) -> None:
    link = shelf.link(shelf.engagement(), shelf.contract())
    assert link.sys_domain == "TOP/Alderis"


def test_CSB_59_E1_the_first_running_contract_says_the_renewal(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    for days in (-10, 170, 380):
        shelf.link(engagement, shelf.contract(**ending(days)))
    shelf.link(engagement, shelf.contract(state="canceled", **ending(5)))
    shelf.link(engagement, shelf.contract(state="expired", **ending(6)))
    shelf.link(engagement, shelf.contract())
    assert engagement.renewal_date == today() + timedelta(days=170)


def test_CSB_59_E2_without_a_running_contract_there_is_no_renewal(shelf: Shelf) -> None:
    engagement = shelf.engagement(renewal_date=today())
    shelf.link(engagement, shelf.contract(**ending(-1)))
    assert engagement.renewal_date is None


def test_CSB_59_E3_the_last_day_counts(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    shelf.link(engagement, shelf.contract(**ending(0)))
    assert engagement.renewal_date == today()


def test_CSB_59_both_engagements_of_a_link_that_moves(shelf: Shelf, csm: Actor) -> None:
    old, new = shelf.engagement(), shelf.engagement()
    link = shelf.link(old, shelf.contract(**ending(30)))
    save(link, {"engagement": new.sys_id}, by=csm)
    assert (old.renewal_date, new.renewal_date) == (None, today() + timedelta(days=30))


def test_CSB_60_E1_the_next_contract_says_the_renewal(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    first, _ = (shelf.link(engagement, shelf.contract(**ending(days))) for days in (170, 380))
    remove(first, by=SYSTEM)
    assert engagement.renewal_date == today() + timedelta(days=380)


def test_CSB_60_E2_the_last_link_takes_the_renewal_along(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    link = shelf.link(engagement, shelf.contract(**ending(30)))
    remove(link, by=SYSTEM)
    assert engagement.renewal_date is None


def test_the_contract_value_is_what_runs(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    for given in (
        {"value": 100},
        {"value": 20} | ending(0),
        {"value": 4} | ending(-1),
        {"value": 1, "state": "canceled"},
    ):
        shelf.link(engagement, shelf.contract(**given))
    assert figure(engagement, "contract_value") == 120


def test_the_health_score_is_that_of_the_account(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    save(owner("Alderis"), {"health_score": 62}, by=SYSTEM)
    assert figure(engagement, "health_score") == 62
