"""Running playbooks: what completing, saving, skipping and canceling do, versions, conditions, the log."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.playbooks import queries, service
from ale.domains.playbooks.instances import ActivityContext, Context
from ale.domains.playbooks.records import Activity
from ale.foundation.actor import Actor
from ale.foundation.changes import save
from ale.foundation.db import enter_domain, session
from ale.foundation.problem import NotVisible, Rejected
from ale.foundation.reading import find
from tests.factories import user
from tests.stories import DEVELOPER, Story, refused

ActorNamed = Callable[[str], Actor]
IMPORTS = (
    "import_customer_contacts", "import_location", "import_service_entitlement", "import_install_base_item",
    "import_account_address", "import_contract", "import_sold_products", "import_ib_sold_products",
)  # fmt: skip


# --- one after the other, or together -------------------------------------------------------------------------------


def test_PBK_01_E1_completing_notes_who_and_when_and_starts_the_next(story: Story) -> None:
    story.inform()
    done = story.activity("enter_onboarding_info").context
    assert (done.state, done.completed_by) == ("complete", story.by.id)
    assert done.completed_at is not None
    assert (story.state("add_customer_team"), story.state("add_customer_responsibilities")) == (
        "in_progress",
        "pending",
    )


def test_PBK_01_E2_the_last_activity_opens_the_next_stage(capture: Story) -> None:
    assert [capture.stage(number).state for number in (1, 2, 3)] == ["complete", "in_progress", "pending"]
    capture.finish(2)
    assert [capture.stage(number).state for number in (1, 2, 3)] == ["complete", "complete", "in_progress"]
    assert "account_relationships" in capture.doing


def test_a_playbook_is_behind_the_wall_where_its_case_is(capture: Story) -> None:
    run = capture.run
    rows = [run.context, *(stage.context for stage in run.stages), *(one.context for one in run.activities.values())]
    assert {one.sys_domain for one in rows} == {"TOP/Genixify"}
    enter_domain("TOP/Genixify")
    assert capture.doing == list(IMPORTS)
    enter_domain("TOP/Boxeo")
    with pytest.raises(NotVisible):
        find(Context, run.context.sys_id, Actor.system("TOP/Boxeo"))


def test_PBK_01_what_is_not_in_progress_is_not_completed(story: Story) -> None:
    assert refused(story.complete, "add_squad") == [("NOT_IN_PROGRESS", None)]
    assert refused(story.complete, "import_location") == [("NOT_IN_PROGRESS", None)]
    assert refused(story.complete, "select_account") == [("NOT_IN_PROGRESS", None)]
    assert refused(story.act, "add_customer_team", "add") == [("NOT_IN_PROGRESS", None)]


def test_PBK_02_E1_another_agent_goes_on(story: Story, actor: ActorNamed) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    story.add_contact("Tom", "Roy")
    story.keep("add_customer_team")
    session.expunge_all()
    other = Story(session.get_one(OnboardingCase, story.case.sys_id), actor("analyst"))
    assert other.doing == ["add_customer_team"]
    assert [one["name"] for one in queries.customer_people(other.case, "en")] == ["Lea Martin", "Tom Roy"]
    other.complete("add_customer_team")
    assert other.activity("add_customer_team").context.completed_by == user("analyst")


def test_PBK_02_E2_saving_twice_keeps_one_activity_and_the_last_value(story: Story) -> None:
    before = session.scalar(select(func.count(ActivityContext.sys_id)))
    story.keep("enter_onboarding_info", service_exchange_integration="remote_task")
    story.keep("enter_onboarding_info", service_exchange_integration="remote_catalog")
    assert session.scalar(select(func.count(ActivityContext.sys_id))) == before
    assert story.state("enter_onboarding_info") == "in_progress"
    assert story.case.service_exchange_integration == "remote_catalog"
    assert story.activity("enter_onboarding_info").context.data["service_exchange_integration"] == "remote_catalog"


def test_an_activity_sets_its_own_fields_only(story: Story) -> None:
    story.keep("enter_onboarding_info", onboarding_type="phased", priority="1", account="0" * 32)
    assert (story.case.onboarding_type, story.case.priority) == ("phased", "3")
    assert story.case.account != "0" * 32


def test_PBK_03_E1_eight_imports_start_together(capture: Story) -> None:
    assert capture.doing == list(IMPORTS)
    tasks = session.scalars(select(CaseTask).where(CaseTask.parent == capture.case.sys_id)).all()
    assert {task.sys_class_name for task in tasks} == {"sn_ti_core_imp_task"}
    assert sorted(task.sys_id for task in tasks) == sorted(capture.task(key).sys_id for key in IMPORTS)
    assert len({task.sys_id for task in tasks}) == 8
    for task in tasks:
        assert (task.account, task.state, task.type) == (capture.case.account, "open", "data_capture")


def test_PBK_03_E2_three_of_eight(capture: Story) -> None:
    for key in IMPORTS[:3]:
        capture.complete(key)
    assert capture.stage(2).progress == (3, 9), "the summary that follows is counted too"
    assert capture.stage(2).state == "in_progress"
    assert capture.state("data_import_summary") == "pending"


@pytest.mark.parametrize(("end", "state"), [("closed", "complete"), ("canceled", "canceled")])
def test_a_task_that_ends_elsewhere_ends_its_activity(capture: Story, end: str, state: str) -> None:
    save(capture.task("import_location"), {"state": end}, by=capture.by)
    assert capture.state("import_location") == state
    assert capture.state("data_import_summary") == "pending"


def test_when_all_tasks_have_ended_elsewhere_the_summary_starts(capture: Story) -> None:
    for key in IMPORTS:
        save(capture.task(key), {"state": "closed"}, by=capture.by)
    assert capture.doing == ["data_import_summary"]


def test_marking_complete_closes_the_task_with_its_notes(capture: Story) -> None:
    capture.complete("import_location", close_notes="Twelve sites.")
    task = capture.task("import_location")
    assert (task.state, task.progress, task.active) == ("closed", "finished", False)
    assert (task.close_notes, task.closed_by) == ("Twelve sites.", capture.by.id)


def test_a_task_that_cannot_be_made_says_so_on_its_activity(capture: Story) -> None:
    capture.activity("account_relationships").definition.field_values = {"subject": "", "type": "nonsense"}
    capture.finish(2)
    broken = capture.activity("account_relationships")
    assert (broken.state, broken.context.task) == ("in_progress", None)
    assert "nonsense" in (broken.context.problem or "")
    assert refused(capture.complete, "account_relationships") == [("CONFIGURATION", None)]
    assert capture.state("maintenance_schedules") == "in_progress"


def test_only_an_optional_activity_is_skipped(story: Story) -> None:
    run = story.run
    activity = story.activity("enter_onboarding_info", run)
    assert refused(service.skip, run, activity, story.by) == [("NOT_OPTIONAL", None)]
    story.inform()
    story.meet_the_customer()
    story.give("Customer onboarding point of contact", "Key team member", "Key team member")
    story.complete("add_customer_responsibilities")
    story.add_member("admin", DEVELOPER)
    story.complete("add_account_team")
    run = story.run
    service.skip(run, story.activity("add_squad", run), story.by)
    assert story.state("add_squad") == "skipped"
    assert story.stage(2).state == "in_progress"


def test_an_activity_of_the_stage_at_work_is_taken_up_again(story: Story) -> None:
    story.inform()
    story.add_contact("Lea", "Martin")
    story.complete("add_customer_team")
    run = story.run
    service.reopen(run, story.activity("add_customer_team", run), story.by)
    assert story.state("add_customer_team") == "in_progress"
    assert story.activity("add_customer_team").context.completed_at is None
    assert story.state("add_customer_responsibilities") == "in_progress"
    story.add_contact("Tom", "Roy")
    story.complete("add_customer_team")
    assert story.doing == ["add_customer_responsibilities"]


def test_what_belongs_to_an_ended_stage_stays(capture: Story) -> None:
    run = capture.run
    activity = capture.activity("add_customer_team", run)
    assert refused(service.reopen, run, activity, capture.by) == [("NOT_REOPENABLE", None)]


def test_an_unknown_action_is_refused(story: Story) -> None:
    assert refused(story.act, "enter_onboarding_info", "add") == [("STEP_NOT_AVAILABLE", None)]


# --- summary and related work ---------------------------------------------------------------------------------------


def test_PBK_17_E1_each_task_needs_close_notes(capture: Story) -> None:
    for key in IMPORTS:
        capture.complete(key)
    notes = {f"close_notes.{capture.task(key).sys_id}": "All in." for key in IMPORTS[1:]}
    missing = capture.task("import_customer_contacts")
    with pytest.raises(Rejected) as refusal:
        capture.complete("data_import_summary", **notes)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == ("CLOSE_NOTES_MISSING", f"close_notes.{missing.sys_id}")
    assert missing.number in problem.text()
    assert capture.state("data_import_summary") == "in_progress"


def test_PBK_17_E2_with_all_notes_the_next_stage_opens(capture: Story) -> None:
    for key in IMPORTS[:-1]:
        capture.complete(key)
    save(capture.task(IMPORTS[-1]), {"state": "canceled"}, by=capture.by)
    notes = {f"close_notes.{capture.task(key).sys_id}": f"{key}: all in." for key in IMPORTS[:-1]}
    capture.complete("data_import_summary", **notes)
    for key in IMPORTS[:-1]:
        task = capture.task(key)
        assert (task.state, task.progress, task.close_notes) == ("closed", "finished", f"{key}: all in.")
    assert [capture.stage(number).state for number in (2, 3)] == ["complete", "in_progress"]


@pytest.fixture
def related(build: Story) -> Story:
    """The third stage with nothing left but related work."""
    for key in build.doing:
        build.complete(key)
    assert build.doing == ["related_work"]
    return build


def test_PBK_18_E1_an_ad_hoc_task_belongs_to_the_case_and_is_listed(related: Story) -> None:
    related.act("related_work", "create_task", subject="Load legacy tickets", type="development")
    run = related.run
    (task,) = queries.card(run, related.activity("related_work", run), "en")["tasks"]
    assert (task.subject, task.type, task.parent) == ("Load legacy tickets", "development", related.case.sys_id)
    assert (task.account, task.state, task.assigned_to) == (related.case.account, "open", user("admin"))
    assert task in queries.related(related.run)


def test_PBK_18_E2_an_open_one_keeps_the_activity_open(related: Story) -> None:
    related.act("related_work", "create_task", subject="Load legacy tickets")
    related.act("related_work", "create_task", subject="Clean up")
    assert refused(related.complete, "related_work") == [("OPEN_TASKS", None)]
    run = related.run
    first, second = queries.card(run, related.activity("related_work", run), "en")["tasks"]
    save(first, {"state": "closed"}, by=related.by)
    assert related.state("related_work") == "in_progress", "an ad-hoc task ends nothing but itself"
    assert refused(related.complete, "related_work") == [("OPEN_TASKS", None)]
    save(second, {"state": "canceled"}, by=related.by)
    related.complete("related_work")
    assert related.stage(4).state == "in_progress"


def test_an_ad_hoc_task_needs_a_subject(related: Story) -> None:
    assert refused(related.act, "related_work", "create_task", subject=" ") == [("REQUIRED_FIELD", "subject")]


# --- the log --------------------------------------------------------------------------------------------------------


def test_PBK_04_E1_what_was_entered_by_whom_and_when(story: Story) -> None:
    story.inform(go_live_date="2025-06-30")
    entry = next(one for one in queries.log(story.run) if one["state"] == "complete" and one["changes"])
    assert entry["activity"].definition.key == "enter_onboarding_info"
    assert entry["user"] == "Olive Marchand"
    assert entry["at"] == story.case.sys_updated_on
    assert {name: (old or "", new) for name, old, new in entry["changes"]} == {
        "assigned_to": ("", user("agent")),
        "service_exchange_integration": ("", "not_required"),
        "go_live_date": ("", "2025-06-30"),
    }
    known = story.activity("enter_onboarding_info").context.data
    assert known["onboarding_type"] == "full", "the fourth value was there from the start"


def test_PBK_04_E2_a_later_change_is_an_entry_of_its_own(story: Story, actor: ActorNamed) -> None:
    story.inform(go_live_date="2025-06-30")
    save(story.case, {"go_live_date": "2025-07-15"}, by=actor("analyst"))
    entry = next(one for one in queries.log(story.run) if one["user"] == "Nina Sow")
    assert entry["activity"].definition.key == "enter_onboarding_info"
    assert entry["changes"] == [("go_live_date", "2025-06-30", "2025-07-15")]


def test_texts_of_a_playbook_are_written_in_the_language_of_who_takes_the_step(capture: Story) -> None:
    before = capture.task("import_location").subject
    capture.by = replace(capture.by, language="fr")
    capture.finish(2)
    assert (before, capture.task("account_relationships").subject) == (
        "Location", "Configurer les relations entre comptes",
    )  # fmt: skip


def test_every_text_of_the_supplied_playbooks_is_there_in_both_languages(app: object) -> None:
    given = [values for values in session.scalars(select(Activity.field_values)) if values]
    texts = [values[name] for values in given for name in ("subject", "description") if name in values]
    assert len(texts) >= 20
    assert all(text["en"] and text["fr"] and text["en"] != text["fr"] for text in texts)
