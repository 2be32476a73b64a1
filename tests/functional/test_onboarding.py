"""An account is onboarded: cases that begin by themselves, the people on both sides, their mails, and the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ale.domains.accounts.records import Account, Contact
from ale.domains.onboarding import service as onboarding
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.service import FLOW
from ale.domains.people.roles import closure
from ale.domains.playbooks import service as playbooks
from ale.domains.playbooks.instances import Context
from ale.domains.playbooks.run import run_on
from ale.domains.plays.launches import Subflow
from ale.domains.system.records import Property
from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many
from ale.foundation.changes import create, move, save
from ale.foundation.clock import now
from ale.foundation.db import session, transaction
from ale.foundation.problem import Rejected
from tests.factories import SYSTEM, account, make, user
from tests.stories import Story, refused
from tests.success import Shelf

ActorNamed = Callable[[str], Actor]


@pytest.fixture
def flow_off(app: object) -> None:
    save(session.scalars(select(Property).where(Property.name == FLOW)).one(), {"value": "false"}, by=SYSTEM)


def customer_service(somebody: Actor) -> Actor:
    """The same person as an agent of customer service."""
    return replace(somebody, roles=closure(["sn_customerservice_agent"]))


def cases_of(account: Account) -> list[OnboardingCase]:
    return list(session.scalars(select(OnboardingCase).where(OnboardingCase.account == account.sys_id)))


# --- cases begin ----------------------------------------------------------------------------------------------------


def test_ONB_01_E1_a_new_account_begins_one_onboarding(actor: ActorNamed) -> None:
    account = create(Account, {"name": "Alderis"}, by=customer_service(actor("csm")))
    (case,) = cases_of(account)
    assert case.number.startswith("ALEONB")
    assert (case.state, case.stage) == ("new", "not_started")
    run = run_on(case)
    assert run is not None
    first, second, *others = run.stages[0].activities
    assert (first.definition.key, first.state) == ("select_account", "complete")
    assert (second.definition.key, second.state) == ("enter_onboarding_info", "in_progress")
    assert {one.state for one in others} == {"pending"}
    assert [stage.state for stage in run.stages] == ["in_progress", "pending", "pending", "pending", "pending"]


def test_ONB_01_E2_the_flow_can_be_switched_off(flow_off: None) -> None:
    assert cases_of(make(Account, name="Boxeo two")) == []


def test_C020_the_flow_can_be_switched_off_in_its_list(app: object) -> None:
    flow = session.scalars(select(Subflow).where(Subflow.name == "Creation of account onboarding case")).one()
    save(flow, {"active": False}, by=SYSTEM)
    assert cases_of(make(Account, name="Boxeo two")) == []
    save(flow, {"active": True}, by=SYSTEM)
    assert len(cases_of(make(Account, name="Boxeo three"))) == 1


def test_ONB_01_a_prospect_is_not_onboarded(app: object) -> None:
    assert cases_of(make(Account, customer=False)) == []


def test_ONB_01_account_case_and_playbook_stand_or_fall_together(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("no more room")

    monkeypatch.setitem(changes._reactions, (OnboardingCase, "create"), [fails])
    with pytest.raises(OSError, match="room"), transaction():
        make(Account, name="Alderis")
    assert session.scalar(select(func.count()).where(Account.name == "Alderis")) == 0


def test_ONB_01_accounts_made_in_bulk_begin_exactly_one_each(app: object) -> None:
    drafts = create_many(Account, [{"name": f"Alderis {number}"} for number in range(50)], by=SYSTEM)
    accounts = [one.sys_id for one in drafts]
    found = session.execute(
        select(OnboardingCase.account, func.count(Context.sys_id))
        .join(Context, Context.record == OnboardingCase.sys_id)
        .where(OnboardingCase.account.in_(accounts))
        .group_by(OnboardingCase.account)
    )
    assert {row[0]: row[1] for row in found} == dict.fromkeys(accounts, 1)
    assert session.scalar(select(func.count()).where(OnboardingCase.account.in_(accounts))) == 50


def test_ONB_03_E1_an_account_may_have_several_cases(story: Story, agent: Actor) -> None:
    save(story.case, {"state": "canceled", "close_notes": "Bought elsewhere."}, by=agent)
    second = Story(create(OnboardingCase, {"account": story.case.account}, by=agent), agent)
    assert second.doing == ["enter_onboarding_info"]
    assert second.case.number != story.case.number


def test_ONB_04_E1_what_a_new_case_begins_with(flow_off: None, agent: Actor) -> None:
    case = create(OnboardingCase, {"account": make(Account, name="Alderis").sys_id}, by=agent)
    assert (case.state, case.stage, case.priority) == ("new", "not_started", "3")
    assert case.short_description == "Onboarding for Alderis"
    assert case.opened_by == agent.id


def test_ONB_04_E2_a_state_sent_along_brings_its_stage(flow_off: None, agent: Actor) -> None:
    case = create(OnboardingCase, {"account": make(Account).sys_id, "state": "active"}, by=agent)
    assert (case.state.value, case.stage.value) == ("active", "on_track")


@pytest.mark.parametrize(("stage", "state"), [("on_track", "active"), ("paused", "blocked")])
def test_ONB_06_a_stage_set_by_hand_takes_the_state_along(story: Story, stage: str, state: str) -> None:
    save(story.case, {"stage": stage}, by=story.by)
    assert (story.case.state.value, story.case.stage.value) == (state, stage)


def test_ONB_02_E1_a_case_from_another_one_has_its_account(agent: Actor) -> None:
    origin = Shelf().case(Shelf().engagement("Alderis"))
    given = {"origin_case": origin.sys_id, "account": make(Account).sys_id}
    case = create(OnboardingCase, given, by=agent)
    assert (case.account, case.sys_domain) == (origin.account, origin.sys_domain)
    save(case, {"origin_case": make(OnboardingCase).sys_id}, by=agent)
    assert case.origin_case == origin.sys_id


def test_ONB_02_a_case_comes_from_a_case_that_is_there(flow_off: None, agent: Actor) -> None:
    given = {"origin_case": make(Account).sys_id, "account": make(Account).sys_id}
    assert ("INVALID_REFERENCE", "origin_case") in refused(create, OnboardingCase, given, by=agent)


def test_DOM_03_tasks_have_the_account_of_their_case_wherever_it_goes(agent: Actor) -> None:
    case, genixify = make(OnboardingCase, account=account("Boxeo").sys_id), account("Genixify")
    given = {"parent": case.sys_id, "subject": "Call", "account": genixify.sys_id}
    task = create(CaseTask, given, by=agent)
    assert (task.account, task.company, task.sys_domain) == (case.account, case.account, "TOP/Boxeo")
    save(case, {"account": genixify.sys_id}, by=agent)
    assert (task.account, task.sys_domain) == (genixify.sys_id, "TOP/Genixify")


def test_ONB_02_E2_the_account_of_an_originating_case_stays(flow_off: None, agent: Actor) -> None:
    case = make(OnboardingCase, origin_case=make(OnboardingCase).sys_id)
    other = make(Account)
    assert refused(save, case, {"account": other.sys_id}, by=agent) == [("ACCOUNT_LOCKED_BY_ORIGIN", "account")]


# --- onboarding related info ----------------------------------------------------------------------------------------


def test_ONB_09_E1_every_empty_mandatory_field_is_named(story: Story) -> None:
    given = {"assigned_to": user("csm"), "service_exchange_integration": "not_required", "onboarding_type": "full"}
    problems = refused(story.complete, "enter_onboarding_info", **given)
    assert problems == [("REQUIRED_FIELD", "go_live_date")]
    assert story.state("enter_onboarding_info") == "in_progress"


def test_ONB_09_all_problems_are_told_at_once(story: Story) -> None:
    problems = refused(story.complete, "enter_onboarding_info", onboarding_type="")
    names = ["assigned_to", "service_exchange_integration", "onboarding_type", "go_live_date"]
    assert problems == [("REQUIRED_FIELD", name) for name in names]


def test_ONB_09_E2_the_next_activity_opens(story: Story) -> None:
    story.inform(go_live_date="2025-06-30")
    assert story.state("enter_onboarding_info") == "complete"
    assert story.doing == ["add_customer_team"]
    assert story.case.go_live_date == date(2025, 6, 30)


EXCHANGE = ("sx_install", "sx_register", "sx_remote_catalog", "sx_remote_task", "sx_foundation_sync")


def test_ONB_10_E1_the_activities_of_the_chosen_feature_are_listed(capture: Story) -> None:
    save(capture.case, {"service_exchange_integration": "remote_catalog"}, by=capture.by)
    capture.finish(2)
    listed = [one.definition.key for one in capture.stage(3).listed if one.definition.key in EXCHANGE]
    assert listed == ["sx_install", "sx_register", "sx_remote_catalog"]
    assert set(listed) < set(capture.doing)


def test_ONB_10_E2_without_it_none_is_listed_and_the_stage_ends(build: Story) -> None:
    assert not set(EXCHANGE) & {one.definition.key for one in build.stage(3).listed}
    build.finish(3)
    assert {build.state(key) for key in EXCHANGE} == {"pending"}
    assert build.stage(4).state == "in_progress"


def test_ONB_10_activities_appear_and_vanish_with_the_choice(build: Story) -> None:
    def choose(feature: str) -> None:
        save(build.case, {"service_exchange_integration": feature}, by=build.by)

    choose("remote_catalog")
    catalog, install = build.task("sx_remote_catalog"), build.task("sx_install")
    choose("remote_task")
    assert (build.state("sx_remote_catalog"), build.state("sx_remote_task")) == ("pending", "in_progress")
    assert (catalog.state, install.state) == ("canceled", "open")
    choose("not_required")
    assert install.state == "canceled"
    assert {build.state(key) for key in EXCHANGE} == {"pending"}
    choose("remote_catalog")
    assert build.task("sx_remote_catalog").sys_id != catalog.sys_id
    assert build.task("sx_remote_catalog").state == "open"


def test_ONB_10_what_vanishes_last_ends_the_stage(build: Story) -> None:
    save(build.case, {"service_exchange_integration": "remote_task"}, by=build.by)
    for key in build.doing:
        if key not in EXCHANGE:
            build.complete(key)
    assert set(build.doing) == {"sx_install", "sx_register", "sx_remote_task"}
    save(build.case, {"service_exchange_integration": "not_required"}, by=build.by)
    assert build.doing == ["related_work"]
    build.complete("related_work")
    assert build.stage(4).state == "in_progress"


# --- the squad, the data, the end -----------------------------------------------------------------------------------


def test_ONB_19_E1_a_case_with_an_open_task_is_not_closed(capture: Story) -> None:
    save(capture.task("import_location"), {"state": "review"}, by=capture.by)
    closure = {"resolution_code": "successful_no_issues", "close_notes": "Live."}
    assert ("OPEN_TASKS", "state") in refused(move, capture.case, "close", closure, by=capture.by)
    assert capture.case.active


def test_ONB_19_closing_asks_for_resolution_and_notes(story: Story) -> None:
    problems = refused(move, story.case, "close", {}, by=story.by)
    assert problems == [("REQUIRED_FIELD", "resolution_code"), ("REQUIRED_FIELD", "close_notes")]


def test_ONB_19_canceling_takes_tasks_and_playbook_along(capture: Story) -> None:
    capture.complete("import_contract", close_notes="Two contracts.")
    move(capture.case, "cancel", {"close_notes": "The customer left."}, by=capture.by)
    case = capture.case
    assert (case.state, case.stage, case.active) == ("canceled", "finished", False)
    assert (case.resolution_code, case.closed_by) == ("voided", capture.by.id)
    tasks = session.scalars(select(CaseTask).where(CaseTask.parent == case.sys_id)).all()
    assert sorted(task.state for task in tasks) == ["canceled"] * 7 + ["closed"]
    assert capture.run.context.state == "canceled"
    assert [stage.state for stage in capture.run.stages] == ["complete", *["canceled"] * 4]
    assert capture.state("import_contract") == "complete"
    assert capture.state("select_account") == "complete"


def test_from_a_new_account_to_a_closed_case(story: Story, agent: Actor) -> None:
    save(story.case, {"state": "active"}, by=agent)
    story.set_up(go_live_date=now().date() + timedelta(days=30))
    assert len([key for key in story.doing if key.startswith("import_")]) == 8
    for number in (2, 3, 4, 5):
        story.finish(number)
    run = story.run
    assert run.context.state == "complete"
    assert {one.state for one in run.activities.values() if one.counts} == {"complete"}
    assert onboarding.open_tasks(story.case) == []
    assert (story.case.state, story.case.active) == ("active", True), "the agent closes the case, nobody else"
    move(story.case, "close", {"resolution_code": "successful_no_issues", "close_notes": "Live."}, by=agent)
    assert (story.case.state, story.case.stage, story.case.active) == ("closed", "finished", False)
    assert story.case.closed_at is not None
    assert story.case.closed_by == agent.id
    assert story.run.context.state == "complete", "a finished playbook stays finished"


def test_a_case_without_playbook_lives_on(flow_off: None, monkeypatch: pytest.MonkeyPatch, agent: Actor) -> None:
    monkeypatch.setattr(playbooks, "active_playbook", lambda _table: None)
    case = create(OnboardingCase, {"account": make(Account).sys_id}, by=agent)
    assert run_on(case) is None
    save(case, {"state": "active"}, by=agent)
    assert case.stage == "on_track"


def test_a_reference_stays_inside_the_account(actor: Callable[[str], Actor]) -> None:
    agent = actor("agent")
    accounts = {one.name: one for one in session.scalars(select(Account))}
    stranger = session.scalars(select(Contact).where(Contact.account == accounts["Boxeo"].sys_id)).first()
    own = session.scalars(select(Contact).where(Contact.account == accounts["Genixify"].sys_id)).first()
    assert stranger is not None
    assert own is not None
    given = {"account": accounts["Genixify"].sys_id}
    with pytest.raises(Rejected) as stopped:
        create(OnboardingCase, given | {"contact": stranger.sys_id}, by=agent)
    assert stopped.value.codes == ["OTHER_ACCOUNT"]
    assert create(OnboardingCase, given | {"contact": own.sys_id}, by=agent).contact == own.sys_id
    with pytest.raises(Rejected):
        save(accounts["Genixify"], {"primary_contact": stranger.sys_id}, by=actor("admin"))
