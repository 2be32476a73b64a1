"""What follows in a playbook: the examples of the rules, and what holds for every playbook there can be."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ale.domains.playbooks import engine
from ale.domains.playbooks.engine import (
    CANCELED,
    COMPLETE,
    IN_PROGRESS,
    OVER,
    PENDING,
    SKIPPED,
    UNFINISHED,
    ActivityPlan,
    Command,
    Do,
    StagePlan,
)

Stages = list[StagePlan]


def stages(*activities: Sequence[str | tuple[str, str]]) -> Stages:
    """Stages of activities that have not begun; one that starts otherwise than after the one before says so."""
    made = []
    for number, names in enumerate(activities, 1):
        pairs = [(name, "after_previous") if isinstance(name, str) else name for name in names]
        plans = tuple(ActivityPlan(name, PENDING, when) for name, when in pairs)
        made.append(StagePlan(f"S{number}", PENDING, plans))
    return made


def put(plan: Iterable[StagePlan], **states: str) -> Stages:
    """The same plan with other states for some stages or activities."""
    return [
        replace(
            stage,
            state=states.get(stage.id, stage.state),
            activities=tuple(replace(one, state=states.get(one.id, one.state)) for one in stage.activities),
        )
        for stage in plan
    ]


EFFECTS = {
    Do.START_STAGE: IN_PROGRESS,
    Do.COMPLETE_STAGE: COMPLETE,
    Do.CANCEL_STAGE: CANCELED,
    Do.START: IN_PROGRESS,
    Do.HIDE: PENDING,
    Do.CANCEL: CANCELED,
}


def done(plan: Stages, commands: Iterable[Command]) -> Stages:
    return put(plan, **{one.id: EFFECTS[one.do] for one in commands if one.do in EFFECTS})


def settled(plan: Stages, most: int = 200) -> tuple[Stages, bool]:
    """The plan at rest, and whether the whole playbook is complete."""
    for _ in range(most):
        commands = engine.settle(plan)
        if commands == [Command(Do.COMPLETE_INSTANCE)]:
            return plan, True
        if not commands:
            return plan, False
        plan = done(plan, commands)
    raise AssertionError("does not come to rest")


def states(plan: Stages) -> dict[str, str]:
    return {one.id: one.state for stage in plan for one in (stage, *stage.activities)}


def test_PBK_01_E1_the_next_activity_starts_when_the_one_before_is_complete() -> None:
    plan, _ = settled(stages("abc"))
    assert states(plan) == {"S1": IN_PROGRESS, "a": IN_PROGRESS, "b": PENDING, "c": PENDING}
    plan, _ = settled(put(plan, a=COMPLETE))
    assert states(plan) == {"S1": IN_PROGRESS, "a": COMPLETE, "b": IN_PROGRESS, "c": PENDING}


def test_PBK_01_E2_the_last_activity_ends_the_stage_and_opens_the_next() -> None:
    plan = put(stages("abc", "de"), S1=IN_PROGRESS, a=COMPLETE, b=SKIPPED, c=COMPLETE)
    plan, complete = settled(plan)
    assert states(plan) | {"S1": COMPLETE, "S2": IN_PROGRESS, "d": IN_PROGRESS, "e": PENDING} == states(plan)
    assert not complete


def test_PBK_01_the_last_stage_ends_the_playbook() -> None:
    plan = put(stages("a", "b"), S1=COMPLETE, a=COMPLETE, S2=IN_PROGRESS, b=CANCELED)
    assert settled(plan) == (put(plan, S2=COMPLETE), True)


def test_PBK_03_E1_activities_with_previous_start_together() -> None:
    plan = stages(["a", *((name, "with_previous") for name in "bcdefgh"), "summary"])
    plan = done(plan, engine.settle(plan))
    assert engine.settle(plan) == [Command(Do.START, name) for name in "abcdefgh"]
    plan, _ = settled(plan)
    assert states(plan)["summary"] == PENDING


def test_PBK_03_E2_three_of_eight() -> None:
    plan, _ = settled(stages(["a", *((name, "with_previous") for name in "bcdefgh")]))
    plan, _ = settled(put(plan, a=COMPLETE, c=COMPLETE, h=COMPLETE))
    assert plan[0].state == IN_PROGRESS
    assert engine.progress(plan[0]) == (3, 8)


def test_an_activity_with_previous_waits_for_one_that_waits() -> None:
    plan, _ = settled(stages(["a", "b", ("c", "with_previous")]))
    assert states(plan) == {"S1": IN_PROGRESS, "a": IN_PROGRESS, "b": PENDING, "c": PENDING}
    plan, _ = settled(put(plan, a=COMPLETE))
    assert states(plan) == {"S1": IN_PROGRESS, "a": COMPLETE, "b": IN_PROGRESS, "c": IN_PROGRESS}


def test_an_activity_that_starts_immediately_waits_for_its_stage_only() -> None:
    plan, _ = settled(stages(["a", "b", ("c", "immediately")], [("d", "immediately")]))
    assert states(plan)["c"] == IN_PROGRESS
    assert states(plan)["d"] == PENDING


def test_ONB_10_E2_what_is_not_shown_does_not_count() -> None:
    shown, hidden = ActivityPlan("a", IN_PROGRESS), ActivityPlan("x", PENDING, "with_previous", counts=False)
    plan = [StagePlan("S1", IN_PROGRESS, (shown, hidden))]
    assert engine.settle(plan) == []
    assert engine.progress(plan[0]) == (0, 1)
    assert engine.settle(put(plan, a=COMPLETE)) == [Command(Do.COMPLETE_STAGE, "S1")]


def test_ONB_10_what_runs_and_is_hidden_steps_back_before_anything_else_happens() -> None:
    running = ActivityPlan("x", IN_PROGRESS, counts=False)
    plan = [StagePlan("S1", IN_PROGRESS, (ActivityPlan("a", COMPLETE), running))]
    assert engine.settle(plan) == [Command(Do.HIDE, "x")]
    assert engine.settle(put(plan, x=PENDING)) == [Command(Do.COMPLETE_STAGE, "S1")]


def test_a_stage_without_anything_to_do_passes_by() -> None:
    assert settled(stages("", "a"))[0][1].activities[0].state == IN_PROGRESS


def test_PBK_07_E1_canceling_leaves_what_is_finished() -> None:
    plan = put(stages("a", "bc", "d"), S1=COMPLETE, a=COMPLETE, S2=IN_PROGRESS, b=SKIPPED, c=IN_PROGRESS)
    commands = engine.cancel(plan)
    assert commands[-1] == Command(Do.CANCEL_INSTANCE)
    assert states(done(plan, commands)) == {
        "S1": COMPLETE, "a": COMPLETE, "S2": CANCELED, "b": SKIPPED, "c": CANCELED, "S3": CANCELED, "d": CANCELED,
    }  # fmt: skip


@pytest.mark.parametrize(("stage", "blocker"), [("S1", None), ("S2", None), ("S3", "S2"), ("S4", "S2"), ("?", "S2")])
def test_what_blocks_a_stage_is_the_first_one_before_it_that_is_not_over(stage: str, blocker: str | None) -> None:
    plan = put(stages("a", "b", "c", "d"), S1=COMPLETE, S2=IN_PROGRESS)
    assert engine.blocked_by(plan, stage) == blocker


# --- whatever the playbook ------------------------------------------------------------------------------------------

WHENS = st.sampled_from(["after_previous", "with_previous", "immediately"])
ANY_STATE = st.sampled_from([PENDING, IN_PROGRESS, COMPLETE, SKIPPED, CANCELED])


@st.composite
def playbooks(draw: st.DrawFn, states: st.SearchStrategy[str] = st.just(PENDING)) -> Stages:  # noqa: B008
    """Up to four stages of up to five activities; by default nothing has begun."""
    plan = []
    for number in range(draw(st.integers(1, 4))):
        drawn = draw(st.lists(st.tuples(states, WHENS, st.booleans()), max_size=5))
        activities = tuple(
            ActivityPlan(f"{number}.{place}", state, when, shown) for place, (state, when, shown) in enumerate(drawn)
        )
        plan.append(StagePlan(f"S{number}", draw(states), activities))
    return plan


@st.composite
def runs(draw: st.DrawFn) -> Stages:
    """A run somewhere between its start and its end, reached only by what people may do; at rest."""
    plan, complete = settled(draw(playbooks()))
    for _ in range(draw(st.integers(0, 12))):
        if complete:
            break
        plan, complete = settled(draw(st.sampled_from(events(plan))))
    return plan


def events(plan: Stages) -> list[Stages]:
    """Every state one deed away: an activity in progress ends somehow, a condition begins or ceases to hold."""
    running = [one for stage in plan for one in stage.activities if one.state == IN_PROGRESS]
    found = [put(plan, **{one.id: end}) for one in running for end in OVER]
    for stage in plan:
        for one in stage.activities:
            turned = tuple(replace(other, counts=one.counts ^ (other is one)) for other in stage.activities)
            found.append([replace(other, activities=turned) if other is stage else other for other in plan])
    return found or [plan]


@given(playbooks(states=ANY_STATE))
def test_any_mix_of_states_comes_to_rest(plan: Stages) -> None:
    most = 2 * len(plan) + 2 * sum(len(stage.activities) for stage in plan) + 2
    settled(plan, most)


@given(playbooks(states=ANY_STATE))
def test_whatever_happens_nothing_finished_is_touched(plan: Stages) -> None:
    before, after = states(plan), states(settled(plan)[0])
    assert {key: state for key, state in after.items() if before[key] in OVER} == {
        key: state for key, state in before.items() if state in OVER
    }


@given(runs())
def test_one_stage_is_at_work_and_only_its_activities_run(plan: Stages) -> None:
    found = [stage.state for stage in plan]
    at_work = found.count(IN_PROGRESS)
    assert found == [COMPLETE] * (len(found) - at_work - found.count(PENDING)) + [IN_PROGRESS] * at_work + [
        PENDING
    ] * found.count(PENDING)
    assert at_work <= 1
    for stage in plan:
        for one in stage.activities:
            assert one.state != IN_PROGRESS or (stage.state == IN_PROGRESS and one.counts)


@given(runs())
def test_no_activity_of_a_locked_stage_has_begun(plan: Stages) -> None:
    for stage in plan:
        if engine.blocked_by(plan, stage.id):
            assert {one.state for one in stage.activities} <= {PENDING}


@given(runs())
def test_with_previous_never_waits_alone(plan: Stages) -> None:
    for stage in plan:
        for before, one in pairwise(stage.counting):
            if one.when == "with_previous" and stage.state == IN_PROGRESS:
                assert one.state != PENDING or before.state == PENDING


@given(runs())
def test_with_previous_starts_in_the_same_round(plan: Stages) -> None:
    for next_plan in events(plan):
        commands = engine.settle(next_plan)
        starting = {one.id for one in commands if one.do is Do.START}
        for stage in next_plan:
            for before, one in pairwise(stage.counting):
                if before.id in starting and one.when == "with_previous" and one.state == PENDING:
                    assert one.id in starting


@given(runs())
def test_after_previous_starts_when_everything_before_is_over_and_never_earlier(plan: Stages) -> None:
    for next_plan in events(plan):
        starting = {one.id for one in engine.settle(next_plan) if one.do is Do.START}
        for stage in next_plan:
            for place, one in enumerate(stage.counting):
                before = stage.counting[:place]
                if one.id in starting and one.when == "after_previous":
                    assert all(other.state in OVER for other in before)


@given(runs())
def test_there_is_always_something_to_do_until_the_end(plan: Stages) -> None:
    assume(any(stage.state not in OVER for stage in plan))
    current = next(stage for stage in plan if stage.state not in OVER)
    assert any(one.state == IN_PROGRESS for one in current.counting)


@given(playbooks(states=ANY_STATE))
def test_a_canceled_run_has_nothing_unfinished_and_everything_finished_as_it_was(plan: Stages) -> None:
    before, after = states(plan), states(done(plan, engine.cancel(plan)))
    for key, state in before.items():
        assert after[key] == (CANCELED if state in UNFINISHED else state)


@given(runs())
def test_progress_counts_what_is_shown(plan: Stages) -> None:
    for stage in plan:
        over, total = engine.progress(stage)
        assert total == sum(one.counts for one in stage.activities)
        assert 0 <= over <= total


@given(runs())
def test_a_playbook_can_always_be_finished(plan: Stages) -> None:
    for _ in range(40):
        plan, complete = settled(plan)
        if complete:
            return
        running = {one.id: COMPLETE for stage in plan for one in stage.activities if one.state == IN_PROGRESS}
        plan = put(plan, **running)
    raise AssertionError("never ends")
