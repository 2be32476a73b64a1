"""State and stage of an onboarding case, told by the examples of the rules and by every combination there is."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from ale.domains.onboarding import rules
from ale.domains.onboarding.records import CaseStage, CaseState, OnboardingCase
from ale.foundation.problem import Problem

ALLOWED = {
    "new": ["not_started", "at_risk"],
    "unassigned": ["not_started", "at_risk"],
    "active": ["on_track", "at_risk"],
    "blocked": ["paused", "at_risk"],
    "closed": ["finished"],
    "canceled": ["finished"],
}
"""Written down here once more: the default stage of a state first."""

STANDS = [(state, stage) for state, stages in ALLOWED.items() for stage in stages]
DERIVED = [rule for rule in OnboardingCase.__sheet__.derive if rule.__module__ == rules.__name__]

Values = dict[str, Any]


def case(state: str, stage: str, **more: Any) -> Values:
    return {"sys_id": "1", "state": state, "stage": stage, "resolution_code": None, "account": "A"} | more


def saved(before: Values | None, **sent: Any) -> Values:
    """The values of a case after the rules of its sheet, in their order."""
    values = (before or case("new", "not_started")) | sent
    for rule in DERIVED:
        values |= rule(values, before)
    return values


def stands(values: Values) -> tuple[str, str]:
    return values["state"], values["stage"]


def refusals(values: Values, before: Values | None) -> list[str]:
    checks = [rule for rule in OnboardingCase.__sheet__.check if rule.__module__ == rules.__name__]
    found: list[Problem] = [problem for rule in checks for problem in rule(values, before)]
    return [problem.code for problem in found]


def test_the_table_of_stages_names_every_state_and_stage() -> None:
    assert {state: tuple(stages) for state, stages in ALLOWED.items()} == rules.STAGES
    assert set(rules.STAGES) == set(CaseState)
    assert {stage for stages in ALLOWED.values() for stage in stages} == set(CaseStage)


def test_ONB_04_E2_a_state_sent_with_a_new_case_brings_its_stage() -> None:
    assert stands(saved(None, state="active")) == ("active", "on_track")


def test_ONB_05_E1_active_is_on_track() -> None:
    assert stands(saved(case("new", "not_started"), state="active")) == ("active", "on_track")


def test_ONB_05_E2_blocked_is_paused() -> None:
    assert stands(saved(case("active", "on_track"), state="blocked")) == ("blocked", "paused")


def test_ONB_05_E3_an_allowed_stage_sent_along_is_kept() -> None:
    assert stands(saved(case("active", "on_track"), state="blocked", stage="at_risk")) == ("blocked", "at_risk")


def test_ONB_06_E1_an_allowed_stage_leaves_the_state() -> None:
    assert stands(saved(case("active", "on_track"), stage="at_risk")) == ("active", "at_risk")


def test_ONB_06_E2_on_track_makes_active() -> None:
    assert stands(saved(case("new", "not_started"), stage="on_track")) == ("active", "on_track")


def test_ONB_06_E3_paused_makes_blocked() -> None:
    assert stands(saved(case("active", "on_track"), stage="paused")) == ("blocked", "paused")


@pytest.mark.parametrize("before", STANDS, ids="/".join)
@pytest.mark.parametrize("state", ALLOWED)
def test_ONB_05_a_new_state_alone_brings_its_default_stage(before: tuple[str, str], state: str) -> None:
    expected = before if state == before[0] else (state, ALLOWED[state][0])
    after = saved(case(*before), state=state)
    assert stands(after) == expected
    assert refusals(after, case(*before)) == []


@pytest.mark.parametrize("before", STANDS, ids="/".join)
def test_ONB_05_a_state_and_a_stage_sent_together(before: tuple[str, str]) -> None:
    for state, stage in product(ALLOWED, CaseStage):
        if state == before[0] or stage == before[1]:
            continue
        expected = stage if stage in ALLOWED[state] else ALLOWED[state][0]
        assert stands(saved(case(*before), state=state, stage=stage)) == (state, expected)


@pytest.mark.parametrize("before", STANDS, ids="/".join)
@pytest.mark.parametrize("stage", CaseStage)
def test_ONB_06_a_stage_set_by_hand(before: tuple[str, str], stage: str) -> None:
    takes_along = {"on_track": "active", "paused": "blocked", "not_started": "new"}
    after = saved(case(*before), stage=stage)
    if stage in ALLOWED[before[0]]:
        assert stands(after) == (before[0], stage)
    elif stage in takes_along:
        assert stands(after) == (takes_along[stage], stage)
    else:
        assert after["state"] == before[0]
        assert refusals(after, case(*before)) == ["STAGE_NEEDS_CLOSURE"]
        return
    assert refusals(after, case(*before)) == []


@pytest.mark.parametrize(("state", "stage"), list(product(CaseState, CaseStage)))
def test_a_new_case_always_stands_where_it_may(state: str, stage: str) -> None:
    after = saved(None, state=state, stage=stage)
    assert after["state"] == state
    assert after["stage"] == (stage if stage in ALLOWED[state] else ALLOWED[state][0])
    assert refusals(after, None) == []


def test_ONB_02_E2_the_account_of_an_originating_case_stays() -> None:
    before = case("new", "not_started", origin_case="S")
    assert refusals(before | {"account": "B"}, before) == ["ACCOUNT_LOCKED_BY_ORIGIN"]
    assert refusals(before | {"state": "active", "stage": "on_track"}, before) == []


def test_a_case_of_its_own_may_change_its_account() -> None:
    before = case("new", "not_started", origin_case=None)
    assert refusals(before | {"account": "B"}, before) == []


def test_ONB_19_E1_open_tasks_keep_a_case_open() -> None:
    before = case("active", "on_track")
    after = saved(before, state="closed") | {"open_tasks": 1}
    assert refusals(after, before) == ["OPEN_TASKS"]


def test_ONB_19_E2_a_case_without_open_tasks_closes() -> None:
    before = case("active", "on_track")
    after = saved(before, state="closed") | {"open_tasks": 0}
    assert stands(after) == ("closed", "finished")
    assert refusals(after, before) == []


def test_ONB_19_canceling_asks_for_no_closed_tasks_and_voids_the_resolution() -> None:
    before = case("blocked", "paused", resolution_code="successful_no_issues")
    after = saved(before, state="canceled") | {"open_tasks": 3}
    assert after["resolution_code"] == "voided"
    assert refusals(after, before) == []


def test_ONB_19_a_canceled_case_that_is_saved_again_keeps_its_resolution() -> None:
    before = case("canceled", "finished", resolution_code="unsuccessful")
    assert saved(before)["resolution_code"] == "unsuccessful"


@pytest.mark.parametrize("state", CaseState)
def test_ONB_19_resolution_and_notes_are_asked_of_ended_cases_only(state: str) -> None:
    assert rules.is_over({"state": state}) is (state in ("closed", "canceled"))
    assert rules.is_open({"state": state}) is (state not in ("closed", "canceled"))


@pytest.mark.parametrize(
    ("today", "days"), [(date(2024, 10, 21), 10), (date(2024, 10, 31), 0), (date(2024, 11, 2), -2)]
)
def test_ONB_20_days_before_go_live(today: date, days: int) -> None:
    (calculated,) = OnboardingCase.__sheet__.calculated
    assert calculated.name == "days_remaining"
    assert calculated.compute({"go_live_date": date(2024, 10, 31)}, today) == days


def test_ONB_20_without_a_day_there_is_nothing_to_count() -> None:
    (calculated,) = OnboardingCase.__sheet__.calculated
    assert calculated.compute({"go_live_date": None}, date(2024, 10, 21)) is None


@pytest.mark.parametrize("state", ["closed", "canceled"])
def test_ONB_19_a_case_that_opens_again_is_not_resolved(state: str) -> None:
    before = case(state, "finished", resolution_code="successful_no_issues", close_notes="Done")
    after = saved(before, state="active", close_notes="keep me")
    assert (after["resolution_code"], after["close_notes"], after["stage"]) == (None, None, "on_track")
    assert saved(before, priority="1")["resolution_code"] == "successful_no_issues"
