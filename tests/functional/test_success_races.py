"""Rules of success records that speak of several rows, with two people at work, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.estate.records import Contract
from ale.domains.success.actions import SuccessTask
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement, EngagementContract
from ale.foundation.changes import create, remove, save
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from tests.races import SYSTEM, Deed, Meet, done, number_of, race, refusals
from tests.success import WORDS, Shelf, case_of, owner

CHILDREN = [
    pytest.param("engagement", "account", Objective, "engagement", id="CSB_05"),
    pytest.param("objective", "engagement", Outcome, "success_objective", id="CSB_12"),
    pytest.param("outcome", "success_objective", Initiative, "success_outcome", id="CSB_18"),
    pytest.param("initiative", "success_outcome", SuccessTask, "parent", id="CSB_24"),
    pytest.param("case", "engagement", SuccessTask, "parent", id="CSB_29"),
    pytest.param("touchpoint", "engagement", SuccessTask, "parent", id="CSB_33"),
]
"""A kind of record, its field that stays while it has children, and the kind and the field of such a child."""


def lone(kind: str, account: str) -> Any:
    """A record of Alderis or Boxeo without children."""
    shelf = Shelf()
    engagement = shelf.engagement(account)
    if kind == "engagement":
        return engagement
    if kind in ("case", "touchpoint", "objective"):
        return getattr(shelf, kind)(engagement)
    objective = shelf.objective(engagement)
    return shelf.outcome(objective) if kind == "outcome" else shelf.initiative(shelf.outcome(objective))


@pytest.mark.parametrize(("kind", "name", "child", "via"), CHILDREN)
def test_nothing_moves_while_it_gets_a_child(shop: Flask, kind: str, name: str, child: type[Any], via: str) -> None:
    """Whoever comes first, record and child have one account in the end."""
    record_type, own, target = done(
        shop, lambda: (type(one := lone(kind, "Alderis")), one.sys_id, getattr(lone(kind, "Boxeo"), name))
    )

    def move(meet: Meet) -> None:
        values = {name: target}
        if kind == "engagement":
            values["initial_onboarding"] = case_of(owner("Boxeo")).sys_id
        record = session.get_one(record_type, own)
        meet()
        save(record, values, by=SYSTEM)

    def hang(meet: Meet) -> None:
        session.get_one(record_type, own)
        meet()
        create(child, WORDS[child] | {via: own}, by=SYSTEM)

    outcomes = race(shop, move, hang)
    assert {code for one in outcomes if isinstance(one, Rejected) for code in one.codes} <= {
        "PARENT_LOCKED", "ACCOUNT_LOCKED",
    }  # fmt: skip

    def places() -> set[tuple[str, str]]:
        made = session.scalars(select(child).where(getattr(child, via) == own)).all()
        return {(one.account, one.sys_domain) for one in (session.get_one(record_type, own), *made)}

    assert len(done(shop, places)) == 1


@pytest.mark.parametrize("length", [2, 3])
def test_CSB_06_engagements_make_no_circle(shop: Flask, length: int) -> None:
    ring = done(shop, lambda: [Shelf().engagement().sys_id for _ in range(length)])

    def below(own: str, parent: str) -> Deed:
        def deed(meet: Meet) -> None:
            record = session.get_one(Engagement, own)
            meet()
            save(record, {"parent": parent}, by=SYSTEM)

        return deed

    outcomes = race(shop, *(below(own, parent) for own, parent in zip(ring, ring[1:] + ring[:1], strict=True)))
    assert refusals(outcomes), "a circle, or two who waited for each other"
    assert {code for one in outcomes if isinstance(one, Rejected) for code in one.codes} <= {"PARENT_CYCLE"}
    parents = done(shop, lambda: dict(session.execute(select(Engagement.sys_id, Engagement.parent)).all()))
    assert None in [parents[one] for one in ring]


def linked(days: int) -> Callable[[], tuple[str, str]]:
    """An engagement and a contract that ends in so many days."""

    def made() -> tuple[str, str]:
        shelf = Shelf()
        return shelf.engagement().sys_id, shelf.contract(ends=today() + timedelta(days=days)).sys_id

    return made


def link(engagement: str, contract: str) -> Deed:
    def deed(meet: Meet) -> None:
        session.get_one(Engagement, engagement)
        meet()
        create(EngagementContract, {"engagement": engagement, "contract": contract}, by=SYSTEM)

    return deed


def test_CSB_57_a_contract_is_linked_once(shop: Flask) -> None:
    pair = done(shop, linked(30))
    [refusal] = [one for one in race(shop, link(*pair), link(*pair)) if one is not None]
    assert refusal.codes == ["DUPLICATE_ENGAGEMENT_CONTRACT"]
    assert number_of(shop, EngagementContract, EngagementContract.engagement == pair[0]) == 1


def test_CSB_58_an_engagement_does_not_leave_while_a_contract_comes(shop: Flask) -> None:
    engagement, contract = done(shop, linked(30))

    def move(meet: Meet) -> None:
        account = owner("Boxeo")
        record = session.get_one(Engagement, engagement)
        meet()
        save(record, {"account": account.sys_id, "initial_onboarding": case_of(account).sys_id}, by=SYSTEM)

    done(shop, lambda: owner("Boxeo").sys_id)
    outcomes = race(shop, move, link(engagement, contract))
    assert {code for one in outcomes if isinstance(one, Rejected) for code in one.codes} <= {
        "CONTRACT_ACCOUNT_MISMATCH"
    }

    def accounts() -> set[str]:
        links = session.scalars(select(EngagementContract).where(EngagementContract.engagement == engagement)).all()
        found = [session.get_one(Engagement, engagement).account]
        return {*found, *(session.get_one(Contract, one.contract).account for one in links)}

    assert len(done(shop, accounts)) == 1


def test_CSB_59_no_link_is_forgotten_by_the_renewal(shop: Flask) -> None:
    engagement, first = done(shop, linked(30))
    _, second = done(shop, linked(60))
    assert refusals(race(shop, link(engagement, first), link(engagement, second))) == []
    assert done(shop, lambda: session.get_one(Engagement, engagement).renewal_date) == today() + timedelta(days=30)


def test_CSB_60_no_link_that_goes_is_counted(shop: Flask) -> None:
    engagement, first = done(shop, linked(30))
    _, second = done(shop, linked(60))
    race(shop, link(engagement, first))
    key = done(shop, lambda: session.scalars(select(EngagementContract.sys_id)
                                             .where(EngagementContract.contract == first)).one())  # fmt: skip

    def unlink(meet: Meet) -> None:
        found = session.get_one(EngagementContract, key)
        meet()
        remove(found, by=SYSTEM)

    race(shop, unlink, link(engagement, second))
    assert done(shop, lambda: session.get_one(Engagement, engagement).renewal_date) == today() + timedelta(days=60)
