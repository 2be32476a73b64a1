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
from tests.races import SYSTEM, Meet, done, number_of, race, refusals, while_open

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


def test_CSB_42_a_play_moves_or_gets_a_task_and_never_both(shop: Flask) -> None:
    """A signal that comes from the play takes nothing over from it: it may always have come after the move."""

    def prepared() -> tuple[str, str]:
        return make(InternalPlay, engagement=make(Engagement).sys_id).sys_id, make(Engagement).sys_id

    play, other = done(shop, prepared)

    def move(meet: Meet) -> None:
        found = session.get_one(InternalPlay, play)
        meet()
        save(found, {"engagement": other}, by=SYSTEM)

    def add(meet: Meet) -> None:
        meet()
        create(InternalPlayTask, TEXTS | {"internal_play": play}, by=SYSTEM)

    outcomes = race(shop, move, add)
    stands = done(shop, lambda: session.get_one(InternalPlay, play).engagement)
    if codes(outcomes):
        assert (codes(outcomes), stands != other) == (["PARENT_LOCKED"], True)
    else:  # the task came after the move, and found it
        (engagement,) = done(shop, lambda: session.execute(_engagements(play)).scalars().all())
        assert engagement == stands == other


def _engagements(play: str) -> Any:
    return select(InternalPlayTask.engagement).where(InternalPlayTask.internal_play == play)


@pytest.mark.parametrize("first", ["signal", "change"])
def test_CSB_47_an_engagement_changes_its_account_or_gets_a_signal(shop: Flask, first: str) -> None:
    """Whichever comes first, the other waits for it: the account of a signal is that of its engagement."""

    def prepared() -> tuple[str, str, str]:
        account = make(Account).sys_id
        return make(Engagement).sys_id, account, valid(Engagement, account=account)["initial_onboarding"]

    engagement, account, case = done(shop, prepared)
    given = {"account": account, "initial_onboarding": case, "key_customer_contact": None}

    def change() -> None:
        save(session.get_one(Engagement, engagement), given, by=SYSTEM)

    def signal() -> None:
        create(RiskSignal, TEXTS | {"engagement": engagement, "probability": "high"}, by=SYSTEM)

    outcomes = while_open(shop, signal, change) if first == "signal" else while_open(shop, change, signal)
    assert codes(outcomes) == (["ACCOUNT_LOCKED"] if first == "signal" else [])
    stands = done(shop, lambda: session.get_one(Engagement, engagement).account)
    signals = done(shop, lambda: session.scalars(_accounts(engagement)).all())
    assert (stands == account, signals) == (first == "change", [stands])


def _accounts(engagement: str) -> Any:
    return select(RiskSignal.account).where(RiskSignal.engagement == engagement)


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
