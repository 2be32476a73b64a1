"""Plays, signals and definitions with two people at work at once, on PostgreSQL."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.plays.launches import AleChoice, Definition, Subflow
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from tests.factories import make, valid
from tests.races import SYSTEM, Meet, done, number_of, race, refusals

_number = count(1)
TEXTS = {"short_description": "Renewal", "description": "Before the renewal."}


def codes(outcomes: list[Any]) -> list[str]:
    return [code for one in outcomes if isinstance(one, Rejected) for code in one.codes]


def test_CSB_54_a_solution_is_linked_once(shop: Flask) -> None:
    def signals() -> tuple[str, str, str]:
        first = make(RiskSignal)
        second = make(RiskSignal, engagement=first.engagement)
        return first.sys_id, second.sys_id, make(InternalPlay, engagement=first.engagement).sys_id

    *both, play = done(shop, signals)

    def link(signal: str) -> Any:
        def deed(meet: Meet) -> None:
            meet()
            create(Solution, {"risk_signal": signal, "solution_record": play}, by=SYSTEM)

        return deed

    assert codes(race(shop, *map(link, both))) == ["DUPLICATE_SOLUTION"]
    assert number_of(shop, Solution, Solution.solution_record == play) == 1


def test_CSB_51_a_title_is_given_once_in_a_category(shop: Flask) -> None:
    title = f"Race {next(_number)}"
    category, flow = done(shop, lambda: (make(AleChoice).sys_id, make(Subflow).sys_id))

    def define(text: str) -> Any:
        def deed(meet: Meet) -> None:
            meet()
            create(Definition, {"title": text, "category": category, "flow": flow}, by=SYSTEM)

        return deed

    assert codes(race(shop, define(title), define(title.upper()))) == ["DUPLICATE_DEFINITION"]
    assert number_of(shop, Definition, Definition.category == category) == 1


@pytest.mark.parametrize("kind", [InternalPlayTask, RiskSignal])
def test_CSB_42_a_play_moves_or_gets_a_child_and_never_both(shop: Flask, kind: Any) -> None:
    def prepared() -> tuple[str, str, dict[str, Any]]:
        play, other = make(InternalPlay, engagement=make(Engagement).sys_id), make(Engagement)
        if kind is InternalPlayTask:
            return play.sys_id, other.sys_id, TEXTS | {"internal_play": play.sys_id}
        source = {"source_table": "sn_acct_lc_internal_play", "source_record": play.sys_id}
        return play.sys_id, other.sys_id, valid(RiskSignal, engagement=play.engagement) | source

    play, other, child = done(shop, prepared)

    def move(meet: Meet) -> None:
        found = session.get_one(InternalPlay, play)
        meet()
        save(found, {"engagement": other}, by=SYSTEM)

    def add(meet: Meet) -> None:
        meet()
        create(kind, child, by=SYSTEM)

    outcomes = race(shop, move, add)
    stands = done(shop, lambda: session.get_one(InternalPlay, play).engagement)
    if codes(outcomes):
        assert (codes(outcomes), stands != other) == (["PARENT_LOCKED"], True)
    elif kind is InternalPlayTask:  # the task came after the move, and found it
        (engagement,) = done(shop, lambda: session.execute(_engagements(play)).scalars().all())
        assert engagement == stands == other


def _engagements(play: str) -> Any:
    return select(InternalPlayTask.engagement).where(InternalPlayTask.internal_play == play)


def test_CSB_47_an_engagement_changes_its_account_or_gets_a_signal(shop: Flask) -> None:
    def prepared() -> tuple[str, str]:
        return make(Engagement).sys_id, make(Account).sys_id

    engagement, account = done(shop, prepared)

    def change(meet: Meet) -> None:
        found = session.get_one(Engagement, engagement)
        meet()
        case = valid(Engagement, account=account)["initial_onboarding"]
        save(found, {"account": account, "initial_onboarding": case, "key_customer_contact": None}, by=SYSTEM)

    def signal(meet: Meet) -> None:
        meet()
        create(RiskSignal, TEXTS | {"engagement": engagement, "probability": "high"}, by=SYSTEM)

    outcomes = race(shop, change, signal)
    assert set(codes(outcomes)) <= {"ACCOUNT_LOCKED"}
    assert len(refusals(outcomes)) <= 1
    stands = done(shop, lambda: session.get_one(Engagement, engagement).account)
    assert number_of(shop, RiskSignal, RiskSignal.engagement == engagement, RiskSignal.account != stands) == 0
