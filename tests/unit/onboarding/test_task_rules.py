"""State and progress of a case task, and who may join a team."""

from itertools import product
from typing import Any

import pytest

from ale.domains.onboarding import rules
from ale.domains.onboarding.records import CaseStage, CaseTask, TaskState
from ale.domains.onboarding.teams import AccountTeamMember

ALLOWED = {
    "open": ["not_started"],
    "awaiting_customer": ["paused", "at_risk"],
    "awaiting_internal": ["paused", "at_risk"],
    "in_progress": ["on_track", "at_risk"],
    "review": ["on_track", "at_risk"],
    "closed": ["finished"],
    "canceled": ["finished"],
}
"""Written down here once more: the default progress of a state first."""

STANDS = [(state, progress) for state, values in ALLOWED.items() for progress in values]

Values = dict[str, Any]


def saved(before: tuple[str, str] | None, **sent: str) -> tuple[tuple[str, str], list[str]]:
    """Where a task stands after a save, and the codes of what is wrong with that."""
    old = {"state": before[0], "progress": before[1]} if before else None
    values = (old or {"state": "open", "progress": "not_started"}) | sent
    assert rules.progress_follows_state in CaseTask.__sheet__.derive
    assert rules.progress_fits_state in CaseTask.__sheet__.check
    values |= rules.progress_follows_state(values, old)
    return (values["state"], values["progress"]), [one.code for one in rules.progress_fits_state(values, old)]


def test_the_table_of_progress_names_every_state_and_progress() -> None:
    assert {state: tuple(values) for state, values in ALLOWED.items()} == rules.PROGRESS
    assert set(rules.PROGRESS) == set(TaskState)
    assert {progress for values in ALLOWED.values() for progress in values} == set(CaseStage)


def test_ONB_07_E1_awaiting_the_customer_is_paused() -> None:
    assert saved(("open", "not_started"), state="awaiting_customer") == (("awaiting_customer", "paused"), [])


def test_ONB_07_E2_in_progress_is_on_track() -> None:
    assert saved(("awaiting_internal", "paused"), state="in_progress") == (("in_progress", "on_track"), [])


def test_ONB_07_E3_review_is_on_track() -> None:
    assert saved(("in_progress", "on_track"), state="review") == (("review", "on_track"), [])


def test_ONB_08_E1_a_task_in_progress_may_be_at_risk() -> None:
    assert saved(("in_progress", "on_track"), progress="at_risk") == (("in_progress", "at_risk"), [])


def test_ONB_08_E2_an_open_task_may_not_be_at_risk() -> None:
    assert saved(("open", "not_started"), progress="at_risk")[1] == ["PROGRESS_NOT_ALLOWED"]


@pytest.mark.parametrize("before", STANDS, ids="/".join)
@pytest.mark.parametrize("state", ALLOWED)
def test_ONB_07_a_new_state_alone_brings_its_default_progress(before: tuple[str, str], state: str) -> None:
    expected = before if state == before[0] else (state, ALLOWED[state][0])
    assert saved(before, state=state) == (expected, [])


@pytest.mark.parametrize("before", STANDS, ids="/".join)
def test_ONB_07_a_state_and_a_progress_sent_together(before: tuple[str, str]) -> None:
    for state, progress in product(ALLOWED, CaseStage):
        if state == before[0] or progress == before[1]:
            continue
        refusal = [] if progress in ALLOWED[state] else ["PROGRESS_NOT_ALLOWED"]
        assert saved(before, state=state, progress=progress) == ((state, progress), refusal)


@pytest.mark.parametrize("before", STANDS, ids="/".join)
@pytest.mark.parametrize("progress", CaseStage)
def test_ONB_08_a_progress_set_by_hand(before: tuple[str, str], progress: str) -> None:
    stands, refused = saved(before, progress=progress)
    assert stands == (before[0], progress)
    assert refused == ([] if progress in ALLOWED[before[0]] else ["PROGRESS_NOT_ALLOWED"])


@pytest.mark.parametrize(("state", "progress"), list(product(TaskState, CaseStage)))
def test_ONB_08_a_new_task_stands_where_it_may(state: str, progress: str) -> None:
    begun = progress == "not_started"  # as every new task is, when nobody says otherwise
    expected = ALLOWED[state][0] if begun else progress
    refusal = [] if expected in ALLOWED[state] else ["PROGRESS_NOT_ALLOWED"]
    assert saved(None, state=state, progress=progress) == ((state, expected), refusal)


def test_ONB_08_the_refusal_names_the_state_in_the_reader_s_language() -> None:
    values = {"state": TaskState.AWAITING_CUSTOMER, "progress": "finished"}
    (problem,) = rules.progress_fits_state(values, values)
    assert problem.field == "progress"
    assert "Awaiting customer" in problem.text()
    assert "En attente du client" in problem.text(locale="fr")


def member(user: str, **more: Any) -> Values:
    return {"user": user, "responsibility": "manager", "eligible": ["paul", "jules"]} | more


def test_ONB_15_E1_holders_of_the_responsibility_are_accepted() -> None:
    assert rules.user_holds_responsibility in AccountTeamMember.__sheet__.check
    assert not rules.user_holds_responsibility(member("paul"), None)
    assert not rules.user_holds_responsibility(member("jules"), None)


def test_ONB_15_E2_anybody_else_is_refused() -> None:
    (problem,) = rules.user_holds_responsibility(member("ana"), None)
    assert (problem.code, problem.field) == ("USER_NOT_ELIGIBLE", "user")


def test_ONB_15_a_responsibility_lost_later_does_not_lock_the_row() -> None:
    assert not rules.user_holds_responsibility(member("ana"), member("ana"))
    assert rules.user_holds_responsibility(member("ana"), member("paul"))


def test_ONB_15_what_is_empty_is_said_by_the_mandatory_field() -> None:
    assert not rules.user_holds_responsibility(member(""), None)
    assert not rules.user_holds_responsibility(member("ana", responsibility=None), None)


def test_the_protected_company_is_the_account() -> None:
    assert rules.company_is_account({"account": "A", "company": "B"}, None) == {"company": "A"}
