"""Risk signals: what they hang on, where they come from, how they end, and what answers them."""

from collections.abc import Callable
from typing import Any

import pytest

from ale.domains.accounts.records import Account
from ale.domains.estate.records import SoldProduct
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.plays.launches import Definition
from ale.domains.plays.records import InternalPlay
from ale.domains.plays.starts import PlayStart
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.actions import Meeting, SuccessCase, SuccessTask
from ale.domains.success.plan import Objective, Outcome
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.record import table_name
from tests.factories import SYSTEM, account, make
from tests.stories import refused

ActorNamed = Callable[[str], Actor]
TEXTS = {"short_description": "Sponsor left", "description": "The sponsor has left.", "probability": "high"}


@pytest.fixture
def csm(actor: ActorNamed) -> Actor:
    return actor("csm")


@pytest.fixture
def boxeo(app: object) -> Account:
    return account("Boxeo")


@pytest.fixture
def engagement(boxeo: Account) -> Engagement:
    return make(Engagement, account=boxeo.sys_id)


@pytest.fixture
def signal(engagement: Engagement) -> RiskSignal:
    return make(RiskSignal, engagement=engagement.sys_id)


def test_CSB_47_E1_a_signal_lies_where_its_engagement_lies(csm: Actor, engagement: Engagement) -> None:
    given = TEXTS | {"engagement": engagement.sys_id, "account": account("Genixify").sys_id, "sys_domain": "TOP"}
    signal = create(RiskSignal, given, by=csm)
    assert (signal.sys_domain, signal.account) == (engagement.sys_domain, engagement.account)
    assert signal.number.startswith("RISKS")


def test_CSB_47_E2_without_engagement_the_case_says_where(actor: ActorNamed, boxeo: Account) -> None:
    case = make(OnboardingCase, account=boxeo.sys_id)
    given = TEXTS | {"onboarding_case": case.sys_id, "scope": "onboarding"}
    signal = create(RiskSignal, given, by=actor("agent"))
    assert (signal.sys_domain, signal.account) == (boxeo.sys_domain, boxeo.sys_id)


def test_CSB_47_a_signal_follows_another_engagement(csm: Actor, signal: RiskSignal) -> None:
    other = make(Engagement, account=account("Genixify").sys_id)
    save(signal, {"engagement": other.sys_id}, by=csm)
    assert (signal.sys_domain, signal.account) == (other.sys_domain, other.account)


def test_CSB_48_E1_a_signal_has_a_probability(csm: Actor, engagement: Engagement) -> None:
    given = TEXTS | {"engagement": engagement.sys_id, "probability": ""}
    assert refused(create, RiskSignal, given, by=csm) == [("REQUIRED_FIELD", "probability")]


@pytest.mark.parametrize("scope", ["adoption", "expansion", "renewal", "onboarding"])
def test_CSB_48_every_missing_field_is_named(csm: Actor, scope: str) -> None:
    missing = {("REQUIRED_FIELD", name) for name in ("engagement", "short_description", "description", "probability")}
    assert set(refused(create, RiskSignal, {"scope": scope}, by=csm)) == missing


def test_CSB_48_E2_a_signal_of_an_onboarding_needs_no_engagement(actor: ActorNamed, boxeo: Account) -> None:
    case = make(OnboardingCase, account=boxeo.sys_id)
    given = TEXTS | {"onboarding_case": case.sys_id}
    assert create(RiskSignal, given | {"scope": "onboarding"}, by=actor("agent")).engagement is None
    assert refused(create, RiskSignal, given, by=actor("agent")) == [("REQUIRED_FIELD", "engagement")]


def test_CSB_49_E1_who_closes_says_why(csm: Actor, signal: RiskSignal) -> None:
    save(signal, {"state": "active"}, by=csm)
    missing = {("CLOSURE_INFO_MISSING", name) for name in ("closure_code", "close_notes")}
    assert set(refused(save, signal, {"state": "closed"}, by=csm)) == missing
    assert (signal.state, signal.active) == ("active", True)


def test_CSB_49_E2_closing_is_signed(csm: Actor, signal: RiskSignal) -> None:
    save(signal, {"state": "closed", "closure_code": "achieved", "close_notes": "Delivered as agreed"}, by=csm)
    assert (signal.active, signal.closed_by) == (False, csm.id)
    assert signal.closed_at is not None


@pytest.mark.parametrize("sent", [{}, {"close_notes": "keep me"}])
def test_CSB_50_E1_E2_reopening_empties_the_closure(csm: Actor, signal: RiskSignal, sent: dict[str, str]) -> None:
    save(signal, {"state": "canceled", "close_notes": "Duplicate"}, by=csm)
    assert signal.closure_code == "canceled"
    save(signal, {"state": "active"} | sent, by=csm)
    assert (signal.active, signal.closure_code, signal.close_notes, signal.closed_at) == (True, None, None, None)


# --- where a signal comes from --------------------------------------------------------------------------------------


def test_SUC_15_E1_an_outcome_with_a_signal_keeps_its_objective(csm: Actor, engagement: Engagement) -> None:
    first, second = (make(Objective, engagement=engagement.sys_id) for _ in range(2))
    outcome = make(Outcome, success_objective=first.sys_id)
    source = {"source_table": "sn_acct_lc_success_outcome", "source_record": outcome.sys_id}
    create(RiskSignal, TEXTS | source | {"engagement": engagement.sys_id}, by=csm)
    problems = refused(save, outcome, {"success_objective": second.sys_id}, by=csm)
    assert problems == [("PARENT_LOCKED", "success_objective")]


@pytest.mark.parametrize("kind", [InternalPlay, Definition, SoldProduct, SuccessCase])
def test_SUC_15_what_a_signal_names_as_its_source_is_not_deleted(csm: Actor, engagement: Engagement, kind: Any) -> None:
    source = make(kind)
    named = {"source_table": table_name(kind), "source_record": source.sys_id}
    signal = create(RiskSignal, TEXTS | named | {"engagement": engagement.sys_id}, by=csm)
    assert refused(remove, source, by=SYSTEM) == [("IN_USE", None)]
    save(signal, {"source_table": None, "source_record": None}, by=csm)
    remove(source, by=SYSTEM)
    assert session.get(kind, source.sys_id) is None


def test_that_a_play_was_started_is_forgotten_with_the_signal(signal: RiskSignal) -> None:
    begun = make(PlayStart, source_table=table_name(RiskSignal), source_record=signal.sys_id)
    remove(signal, by=SYSTEM)
    assert session.get(PlayStart, begun.sys_id) is None


def test_what_a_task_or_a_meeting_hangs_on_is_not_deleted(engagement: Engagement) -> None:
    case = make(SuccessCase, engagement=engagement.sys_id)
    for kind, name in ((SuccessTask, "parent"), (Meeting, "parent_record")):
        hanging = make(kind, **{name: case.sys_id})
        assert refused(remove, case, by=SYSTEM) == [("IN_USE", None)]
        remove(hanging, by=SYSTEM)
    remove(case, by=SYSTEM)


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ({"source_table": "sn_acct_lc_success_outcome"}, "source_record"),
        ({"source_record": "0" * 32}, "source_table"),
        ({"source_table": "sn_acct_lc_success_outcome", "source_record": "0" * 32}, "source_record"),
        ({"source_table": "no_such_table", "source_record": "0" * 32}, "source_record"),
    ],
)
def test_SUC_15_E2_table_and_record_or_none(csm: Actor, signal: RiskSignal, named: Any, wrong: str) -> None:
    assert refused(save, signal, named, by=csm) == [("SOURCE_INCOMPLETE", wrong)]


def test_CSB_05_an_engagement_with_signals_or_plays_keeps_its_account(csm: Actor, boxeo: Account) -> None:
    for kind in (RiskSignal, InternalPlay):
        engagement = make(Engagement, account=boxeo.sys_id)
        make(kind, engagement=engagement.sys_id)
        other = make(Account)
        codes = refused(save, engagement, {"account": other.sys_id}, by=csm)
        assert ("ACCOUNT_LOCKED", "account") in codes


def test_SUC_21_E2_products_of_another_account_are_refused(csm: Actor, signal: RiskSignal) -> None:
    foreign = make(SoldProduct, account=account("Genixify").sys_id).sys_id
    problems = refused(save, signal, {"products_impacted": [foreign]}, by=csm)
    assert problems == [("OTHER_ACCOUNT", "products_impacted")]


# --- what answers a signal ------------------------------------------------------------------------------------------


def answer(signal: RiskSignal, record: Any, table: str = "sn_acct_lc_internal_play") -> dict[str, Any]:
    return {"risk_signal": signal.sys_id, "solution_table": table, "solution_record": record.sys_id}


def test_CSB_54_E1_E2_a_solution_answers_one_signal_once(csm: Actor, signal: RiskSignal) -> None:
    play = make(InternalPlay, engagement=signal.engagement)
    made = create(Solution, answer(signal, play), by=csm)
    assert (made.sys_domain, made.number[:5]) == (signal.sys_domain, "RSSOL")
    for other in (signal, make(RiskSignal, engagement=signal.engagement)):
        problems = refused(create, Solution, answer(other, play), by=csm)
        assert problems == [("DUPLICATE_SOLUTION", "solution_record")]


def test_SUC_14_E2_the_solution_is_of_the_chosen_table(csm: Actor, signal: RiskSignal) -> None:
    play, case = make(InternalPlay, engagement=signal.engagement), make(SuccessCase, engagement=signal.engagement)
    wrong = answer(signal, play, "sn_acct_lc_success_case")
    assert refused(create, Solution, wrong, by=csm) == [("SOLUTION_MISMATCH", "solution_record")]
    assert create(Solution, answer(signal, case, "sn_acct_lc_success_case"), by=csm).solution_record == case.sys_id


def test_SUC_14_the_solution_is_of_the_account_of_the_signal(csm: Actor, signal: RiskSignal) -> None:
    foreign = make(InternalPlay, account=account("Genixify").sys_id)
    assert refused(create, Solution, answer(signal, foreign), by=csm) == [("SOLUTION_MISMATCH", "solution_record")]


def test_SUC_14_the_table_is_an_internal_play_unless_said_otherwise(signal: RiskSignal) -> None:
    play = make(InternalPlay, engagement=signal.engagement)
    given = {"risk_signal": signal.sys_id, "solution_record": play.sys_id}
    assert create(Solution, given, by=SYSTEM).solution_table == "sn_acct_lc_internal_play"
