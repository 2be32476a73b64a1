"""Objectives, outcomes and initiatives below an engagement: CSB-08 to CSB-24 but for their closure; SUC-01, SUC-21."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.playbooks.instances import ActivityContext, Context, StageContext
from ale.domains.playbooks.records import Activity, ActivityDefinition, Playbook, Stage
from ale.domains.success.measures import Indicator
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, save_many
from ale.foundation.changes import create, save
from ale.foundation.clock import today
from ale.foundation.db import session
from tests.factories import make
from tests.success import SYSTEM, Shelf, owner, problems


@pytest.fixture
def csm(actor: Callable[[str], Actor]) -> Actor:
    return actor("csm")


@pytest.fixture
def shelf(csm: Actor) -> Shelf:
    return Shelf(csm)


def place(record: Any) -> tuple[str, str]:
    """The account and the domain of a record."""
    return record.account, record.sys_domain


def test_CSB_08_E1_an_objective_lies_in_the_domain_of_its_account(shelf: Shelf) -> None:
    objective = shelf.objective(shelf.engagement())
    assert place(objective) == (owner("Alderis").sys_id, "TOP/Alderis")


def test_CSB_08_E2_an_objective_follows_its_engagement(shelf: Shelf, csm: Actor) -> None:
    objective = shelf.objective(shelf.engagement())
    save(objective, {"engagement": shelf.engagement("Boxeo").sys_id}, by=csm)
    assert place(objective) == (owner("Boxeo").sys_id, "TOP/Boxeo")


def test_CSB_08_E2_objectives_follow_also_when_many_are_changed(shelf: Shelf, csm: Actor) -> None:
    objective = shelf.objective(shelf.engagement())
    [draft] = save_many(Objective, [(objective.sys_id, {"engagement": shelf.engagement("Boxeo").sys_id})], by=csm)
    assert (draft.problems, draft.after["sys_domain"]) == ([], "TOP/Boxeo")


def test_CSB_09_E1_an_objective_has_a_description(shelf: Shelf, csm: Actor) -> None:
    given = {"engagement": shelf.engagement().sys_id, "title": "Cut handling time"}
    assert problems(create, Objective, given, by=csm) == [("REQUIRED_FIELD", "description")]


def test_CSB_09_E2_an_objective_starts_new(shelf: Shelf) -> None:
    objective = shelf.objective(shelf.engagement())
    assert (objective.state, objective.progress, objective.number[:4]) == ("new", "not_started", "SOBJ")


def test_CSB_12_E1_an_objective_with_outcomes_stays(shelf: Shelf, csm: Actor) -> None:
    objective, other = shelf.objective(shelf.engagement()), shelf.engagement()
    shelf.outcome(objective)
    assert problems(save, objective, {"engagement": other.sys_id}, by=csm) == [("PARENT_LOCKED", "engagement")]
    [draft] = save_many(Objective, [(objective.sys_id, {"engagement": other.sys_id})], by=csm)
    assert [one.code for one in draft.problems] == ["PARENT_LOCKED"]


def test_CSB_09_an_objective_with_outcomes_has_an_engagement(shelf: Shelf, csm: Actor) -> None:
    objective = shelf.objective(shelf.engagement())
    shelf.outcome(objective)
    assert problems(save, objective, {"engagement": ""}, by=csm) == [("REQUIRED_FIELD", "engagement")]


def test_CSB_13_E1_plans_end_after_they_begin(shelf: Shelf) -> None:
    engagement = shelf.engagement()
    late = {"planned_start": "2025-03-01", "planned_stop": "2025-02-28"}
    assert problems(shelf.objective, engagement, **late) == [("PLANNED_DATES", "planned_stop")]


def test_CSB_13_E2_plans_may_end_on_the_same_day(shelf: Shelf) -> None:
    day = {"planned_start": "2025-03-01", "planned_stop": "2025-03-01"}
    assert shelf.objective(shelf.engagement(), **day).sys_id


def test_CSB_14_E1_an_outcome_lies_in_the_domain_of_its_account(shelf: Shelf) -> None:
    outcome = shelf.outcome(shelf.objective(shelf.engagement()))
    assert place(outcome) == (owner("Alderis").sys_id, "TOP/Alderis")


def test_CSB_14_E2_an_outcome_follows_its_objective(shelf: Shelf, csm: Actor) -> None:
    outcome = shelf.outcome(shelf.objective(shelf.engagement()))
    save(outcome, {"success_objective": shelf.objective(shelf.engagement("Boxeo")).sys_id}, by=csm)
    assert place(outcome) == (owner("Boxeo").sys_id, "TOP/Boxeo")


def test_CSB_15_E1_blanks_are_no_title(shelf: Shelf) -> None:
    objective = shelf.objective(shelf.engagement())
    assert problems(shelf.outcome, objective, title="   ") == [("REQUIRED_FIELD", "title")]
    assert problems(shelf.outcome, objective, description=" \n ") == [("REQUIRED_FIELD", "description")]


def test_CSB_15_E2_an_outcome_is_tracked_by_hand_at_first(shelf: Shelf) -> None:
    outcome = shelf.outcome(shelf.objective(shelf.engagement()))
    assert (outcome.state, outcome.tracking_method, outcome.priority) == ("new", "manual", "4")


def test_CSB_18_E1_an_outcome_with_initiatives_stays(shelf: Shelf, csm: Actor) -> None:
    objective = shelf.objective(shelf.engagement())
    outcome, other = shelf.outcome(objective), shelf.objective(shelf.engagement())
    shelf.initiative(outcome)
    moved = {"success_objective": other.sys_id}
    assert problems(save, outcome, moved, by=csm) == [("PARENT_LOCKED", "success_objective")]


def test_CSB_18_E2_an_outcome_without_initiatives_moves(shelf: Shelf, csm: Actor) -> None:
    outcome, other = shelf.outcome(shelf.objective(shelf.engagement())), shelf.objective(shelf.engagement("Boxeo"))
    assert save(outcome, {"success_objective": other.sys_id}, by=csm).account == other.account


def test_CSB_19_E1_outcomes_end_after_they_begin(shelf: Shelf) -> None:
    objective = shelf.objective(shelf.engagement())
    late = {"planned_start": "2025-03-01", "planned_stop": "2025-02-28"}
    assert problems(shelf.outcome, objective, **late) == [("PLANNED_DATES", "planned_stop")]


def test_CSB_19_E2_outcomes_may_end_on_the_same_day(shelf: Shelf) -> None:
    day = {"planned_start": "2025-03-01", "planned_stop": "2025-03-01"}
    assert shelf.outcome(shelf.objective(shelf.engagement()), **day).planned_stop.isoformat() == "2025-03-01"


def test_CSB_20_E1_a_survey_is_named(shelf: Shelf) -> None:
    objective = shelf.objective(shelf.engagement())
    assert problems(shelf.outcome, objective, tracking_method="survey") == [("TRACKING_REFERENCE", "survey")]


def test_CSB_20_E2_an_indicator_is_named(shelf: Shelf) -> None:
    objective, indicator = shelf.objective(shelf.engagement()), make(Indicator, name="Open cases a month")
    tracked = {"tracking_method": "indicator_kpi", "kpi_indicator": indicator.sys_id}
    assert shelf.outcome(objective, **tracked).kpi_indicator == indicator.sys_id
    assert problems(shelf.outcome, objective, tracking_method="indicator_kpi") == [
        ("TRACKING_REFERENCE", "kpi_indicator")
    ]


def test_CSB_20_E3_an_indicator_is_no_report(shelf: Shelf) -> None:
    tracked = {"tracking_method": "report", "kpi_indicator": make(Indicator).sys_id}
    objective = shelf.objective(shelf.engagement())
    assert problems(shelf.outcome, objective, **tracked) == [("TRACKING_REFERENCE", "report")]


def test_CSB_21_an_initiative_has_its_texts(shelf: Shelf, csm: Actor) -> None:
    outcome = shelf.outcome(shelf.objective(shelf.engagement()))
    assert set(problems(create, Initiative, {"success_outcome": outcome.sys_id}, by=csm)) == {
        ("REQUIRED_FIELD", "subject"), ("REQUIRED_FIELD", "description"),
    }  # fmt: skip
    assert ("REQUIRED_FIELD", "success_outcome") in problems(create, Initiative, {"subject": "Portal"}, by=csm)
    assert shelf.initiative(outcome).number.startswith("SINIT")


def test_CSB_24_E1_an_initiative_with_tasks_stays(shelf: Shelf, csm: Actor) -> None:
    objective = shelf.objective(shelf.engagement())
    initiative, other = shelf.initiative(shelf.outcome(objective)), shelf.outcome(objective)
    shelf.task(initiative)
    assert problems(save, initiative, {"success_outcome": other.sys_id}, by=csm) == [
        ("PARENT_LOCKED", "success_outcome")
    ]


def test_CSB_24_E2_an_initiative_without_tasks_moves(shelf: Shelf, csm: Actor) -> None:
    initiative = shelf.initiative(shelf.outcome(shelf.objective(shelf.engagement())))
    other = shelf.outcome(shelf.objective(shelf.engagement("Boxeo")))
    save(initiative, {"success_outcome": other.sys_id}, by=csm)
    assert place(initiative) == (owner("Boxeo").sys_id, "TOP/Boxeo")


def test_SUC_01_E2_the_account_is_that_of_the_parent_also_for_many(shelf: Shelf, csm: Actor) -> None:
    objective = shelf.objective(shelf.engagement())
    given = {"success_objective": objective.sys_id, "title": "T", "description": "D", "account": owner("Boxeo").sys_id}
    [draft] = create_many(Outcome, [given], by=csm)
    assert (draft.after["account"], draft.after["sys_domain"]) == (owner("Alderis").sys_id, "TOP/Alderis")


def test_SUC_21_E2_products_are_those_of_the_account(shelf: Shelf, csm: Actor) -> None:
    engagement, sold = shelf.engagement(), shelf.sold("Boxeo")
    assert problems(shelf.objective, engagement, products=[sold.sys_id]) == [("OTHER_ACCOUNT", "products")]
    case = shelf.case(engagement, product=shelf.sold().sys_id)
    moved = {"engagement": shelf.engagement("Boxeo").sys_id}
    assert problems(save, case, moved, by=csm) == [("OTHER_ACCOUNT", "product")]


def test_an_objective_counts_the_days_to_its_stop(shelf: Shelf) -> None:
    objective = shelf.objective(shelf.engagement(), planned_stop=today())
    figure = Objective.__sheet__.calculated[0]
    assert figure.compute({"planned_stop": objective.planned_stop}, today()) == 0


def playbook_on(initiative: Initiative) -> Context:
    """A playbook of one stage at work on an initiative: one activity is complete, one in progress, two are pending."""
    book = make(Playbook, table_name="sn_acct_lc_success_initiative")
    stage, definition = make(Stage, playbook=book.sys_id), make(ActivityDefinition)
    context = make(Context, playbook=book.sys_id, record_table=book.table_name, record=initiative.sys_id)
    make(StageContext, instance=context.sys_id, stage=stage.sys_id, state="in_progress")
    for place, state in enumerate(("complete", "in_progress", "pending", "pending")):
        activity = make(Activity, stage=stage.sys_id, definition=definition.sys_id, order=place)
        make(ActivityContext, instance=context.sys_id, activity=activity.sys_id, state=state)
    return context


def states_of(context: Context) -> list[str]:
    own = select(ActivityContext).where(ActivityContext.instance == context.sys_id).order_by(ActivityContext.sys_id)
    return [one.state for one in session.scalars(own)]


@pytest.mark.parametrize("state", ["canceled", "closed"])
def test_CSB_25_E1_an_initiative_that_ends_ends_its_playbook(shelf: Shelf, csm: Actor, state: str) -> None:
    initiative = shelf.initiative(shelf.outcome(shelf.objective(shelf.engagement())))
    context = playbook_on(initiative)
    save(initiative, {"state": state, "closure_code": "missed", "close_notes": "Over."}, by=csm)
    assert (context.state, states_of(context)) == ("canceled", ["complete", *["canceled"] * 3])


def test_CSB_25_E2_a_complete_playbook_stays_complete(shelf: Shelf, csm: Actor) -> None:
    initiative = shelf.initiative(shelf.outcome(shelf.objective(shelf.engagement())))
    context = playbook_on(initiative)
    save(context, {"state": "complete"}, by=SYSTEM)
    save(initiative, {"state": "closed", "closure_code": "achieved", "close_notes": "Done."}, by=csm)
    assert context.state == "complete"
