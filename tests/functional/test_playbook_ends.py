"""How activities and playbooks end by themselves: conditions of the case and its tasks, and cancelation."""

import pytest

from ale.domains.imports import repair
from ale.domains.imports.records import ImportTask
from ale.domains.playbooks import queries, service
from ale.foundation.changes import move, save
from ale.foundation.db import transaction
from tests.imports import Import, contact
from tests.stories import Story, refused

IMPORTS = (
    "import_customer_contacts", "import_location", "import_service_entitlement", "import_install_base_item",
    "import_account_address", "import_contract", "import_sold_products", "import_ib_sold_products",
)  # fmt: skip


def test_PBK_06_E1_what_the_case_cancels(capture: Story) -> None:
    capture.activity("import_contract").definition.canceled_conditions = "onboarding_type=phased"
    save(capture.case, {"priority": "1"}, by=capture.by)
    assert capture.state("import_contract") == "in_progress"
    save(capture.case, {"onboarding_type": "phased"}, by=capture.by)
    assert (capture.task("import_contract").state, capture.state("import_contract")) == ("canceled", "canceled")
    assert capture.state("import_location") == "in_progress"


def test_PBK_06_E2_what_the_task_closes(capture: Story) -> None:
    capture.activity("import_contract").definition.closed_conditions = "data_import_state=published"
    task = capture.task("import_contract")
    save(task, {"priority": "1"}, by=capture.by)
    assert capture.state("import_contract") == "in_progress"
    save(task, {"data_import_state": "published"}, by=capture.by)
    assert (task.state, task.progress, capture.state("import_contract")) == ("closed", "finished", "complete")


def test_PBK_06_E2_the_last_rows_published_close_the_task(capture: Story) -> None:
    capture.activity("import_customer_contacts").definition.closed_conditions = "data_import_state=published"
    task = capture.task("import_customer_contacts")
    assert isinstance(task, ImportTask)
    led = Import(task, capture.by)
    led.load_rows(contact(1), contact(2, Email="nobody"))
    led.publish()
    assert led.counts == (0, 1, 0, 1)
    assert capture.state("import_customer_contacts") == "in_progress"
    (wrong,) = led.rows("needs_attention")
    with transaction():
        repair.edit_row(wrong, {"u_email": "row2@example.com"}, version=wrong.version, by=capture.by)
    led.validate()
    led.publish()
    assert (led.task.state, led.task.progress) == ("closed", "finished")
    assert capture.state("import_customer_contacts") == "complete"


def test_PBK_06_what_the_case_closes(capture: Story) -> None:
    capture.activity("import_contract").definition.closed_conditions = "onboarding_type=phased^priority=1"
    save(capture.case, {"onboarding_type": "phased"}, by=capture.by)
    assert capture.state("import_contract") == "in_progress"
    save(capture.case, {"priority": "1"}, by=capture.by)
    assert (capture.task("import_contract").state, capture.state("import_contract")) == ("closed", "complete")


def test_PBK_06_conditions_that_hold_from_the_start(capture: Story) -> None:
    for key in ("account_relationships", "maintenance_schedules"):
        capture.activity(key).definition.canceled_conditions = "onboarding_type=full"
    capture.finish(2)
    assert capture.state("account_relationships") == "canceled"
    assert capture.state("maintenance_schedules") == "canceled"
    assert capture.state("slas_offerings") == "in_progress"
    subjects = [task.subject for task in queries.related(capture.run)]
    assert len(subjects) == len(set(subjects)), "each task was made once"


@pytest.mark.parametrize("words", ["nonsense", "no_such_field=1", "no_such_field=1^priority=3", ""])
def test_PBK_06_conditions_that_say_nothing_do_nothing(capture: Story, words: str) -> None:
    definition = capture.activity("import_contract").definition
    definition.canceled_conditions = definition.closed_conditions = words
    save(capture.case, {"onboarding_type": "phased"}, by=capture.by)
    assert capture.state("import_contract") == "in_progress"


# --- the end --------------------------------------------------------------------------------------------------------


def test_PBK_07_E1_canceling_leaves_what_is_finished(capture: Story) -> None:
    capture.complete("import_location")
    service.cancel(capture.run, capture.by)
    run = capture.run
    assert run.context.state == "canceled"
    assert run.context.ended_at is not None
    assert [stage.state for stage in run.stages] == ["complete", "canceled", "canceled", "canceled", "canceled"]
    assert {one.state for one in run.stages[0].activities} == {"complete"}
    assert capture.state("import_location") == "complete"
    assert {capture.state(key) for key in IMPORTS if key != "import_location"} == {"canceled"}


def test_PBK_07_a_canceled_playbook_stays_canceled(capture: Story) -> None:
    service.cancel(capture.run, capture.by)
    service.cancel(capture.run, capture.by)
    save(capture.case, {"service_exchange_integration": "remote_task"}, by=capture.by)
    assert capture.doing == []
    assert refused(capture.complete, "import_contract") == [("NOT_IN_PROGRESS", None)]


def test_canceling_the_case_makes_nothing_new(build: Story) -> None:
    build.finish(3)
    made = len(queries.related(build.run))
    move(build.case, "cancel", {"close_notes": "The customer left."}, by=build.by)
    assert len(queries.related(build.run)) == made
    assert not [task for task in queries.related(build.run) if task.active]
    assert [stage.state for stage in build.run.stages] == ["complete"] * 3 + ["canceled"] * 2
