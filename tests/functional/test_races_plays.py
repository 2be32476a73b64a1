"""Plays, signals and definitions with two people at work at once, on PostgreSQL."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.plays.launches import AleChoice, Definition, Launch, Subflow
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.plays.starting import start
from ale.domains.plays.starts import PlayRule, PlayStart
from ale.domains.signals.records import Occurrence, RiskSignal, Solution
from ale.domains.success.records import Engagement
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.problem import Conflict, Rejected
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


def test_C171_two_reports_of_one_cause_make_one_signal(shop: Flask) -> None:
    engagement = done(shop, lambda: make(Engagement).sys_id)

    def report(meet: Meet) -> str:
        meet()
        said = {"engagement": engagement, "probability": "high"}
        return create(RiskSignal, TEXTS | said, by=SYSTEM).sys_id

    outcomes = race(shop, report, report, report)
    assert (refusals(outcomes), len(set(outcomes))) == ([], 1)
    assert number_of(shop, RiskSignal, RiskSignal.engagement == engagement) == 1
    assert number_of(shop, Occurrence, Occurrence.risk_signal == outcomes[0]) == 2
    assert done(shop, lambda: session.get_one(RiskSignal, outcomes[0]).times_seen) == 3


def test_C171_a_cause_that_comes_again_while_its_signal_is_closed_is_not_lost(shop: Flask) -> None:
    said = TEXTS | {"engagement": done(shop, lambda: make(Engagement).sys_id), "probability": "high"}
    first = done(shop, lambda: create(RiskSignal, said, by=SYSTEM).sys_id)

    def close(meet: Meet) -> None:
        found = session.get_one(RiskSignal, first)
        meet()
        save(found, {"state": "closed", "closure_code": "achieved", "close_notes": "Done."}, by=SYSTEM)

    def report(meet: Meet) -> tuple[str, int]:
        meet()
        made = create(RiskSignal, said, by=SYSTEM)
        return made.sys_id, made.times_seen

    closed, told = race(shop, close, report)
    if told == (first, 2):  # told before it was closed, which then met another version
        assert isinstance(closed, Conflict)
    else:
        assert (closed, told[0] != first, told[1]) == (None, True, 1)


def test_a_play_starts_once_for_a_cause(shop: Flask) -> None:
    def prepared() -> tuple[str, str]:
        rule = session.scalars(select(PlayRule.sys_id).where(PlayRule.trigger == "risk")).one()
        return rule, make(RiskSignal, probability="high").sys_id

    rule, signal = done(shop, prepared)

    def begin(meet: Meet) -> bool:
        one, record = session.get_one(PlayRule, rule), session.get_one(RiskSignal, signal)
        meet()
        return start(one, record, "once", SYSTEM)

    assert sorted(race(shop, begin, begin, begin)) == [False, False, True]
    assert number_of(shop, PlayStart, PlayStart.source_record == signal, PlayStart.launch.is_not(None)) == 1
    assert number_of(shop, Launch, Launch.source_record == signal) == 1
    assert number_of(shop, Solution, Solution.risk_signal == signal) == 1
