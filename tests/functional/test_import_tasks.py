"""An import task as it is made, the template it gives, and who sees its rows: IMP-02, IMP-03, IMP-10, IMP-11."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from ale.domains.imports.building import uploaded_template
from ale.domains.imports.records import DataSource, ImportTask
from ale.domains.people.records import User
from ale.domains.people.service import grant, set_password
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import enter_domain, session
from tests.conftest import Browser
from tests.functional.api.calls import basic
from tests.functional.test_import_builder import builder, go_on
from tests.import_pages import address
from tests.imports import LOCATIONS, SYSTEM, Import, import_task
from tests.stories import Story, refused

PLACES = ("Name", "City", "Account")


def downloaded(browser: Browser, task: ImportTask) -> tuple[str, list[Any]]:
    """The name and the first line of the template that a task gives."""
    answer = browser.get(f"/imports/{task.sys_id}/template")
    name = answer.headers["Content-Disposition"].removeprefix("attachment; filename=")
    return name, [cell.value for cell in load_workbook(io.BytesIO(answer.data)).worksheets[0][1]]


def test_IMP_02_E1_the_template_has_the_columns_of_the_staging_table(browser: Browser, places: Import) -> None:
    assert f'href="{address(places)}/template"' in browser.get(address(places)).text
    assert downloaded(browser, places.task) == (
        "cmn_location_template.xlsx",
        ["Name", "Street", "City", "State / province", "Postal code", "Country", "Account"],
    )


def test_IMP_02_E2_an_import_that_somebody_built_gives_the_template_it_was_built_from(browser: Browser) -> None:
    made = go_on(builder("City", "Name"), "template", "source", "map", "activity")
    place = import_task(LOCATIONS)
    given = {"source_table": made.import_set_internal_name, "data_source": made.data_source}
    task = save(place, given, by=SYSTEM)
    assert downloaded(browser, task) == ("template.xlsx", ["City", "Name"])
    assert load_workbook(io.BytesIO(browser.get(f"/imports/{task.sys_id}/template").data)).worksheets[0]["A2"].value


def test_IMP_02_E2_that_template_is_there_in_every_domain(app: object) -> None:
    made = go_on(builder("City", "Name"), "template", "source", "map", "activity")
    source = made.data_source
    enter_domain("TOP/Genixify")
    found = uploaded_template(source)
    assert found is not None
    assert found.file_name == "template.xlsx"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The data was validated. Check the staging table."),
        ("fr", "Les données ont été validées. Vérifiez la table intermédiaire."),
    ],
)
def test_IMP_03_E1_the_page_says_that_the_data_was_validated(
    browser: Browser, places: Import, language: str, said: str
) -> None:
    browser.send("/preferences", {"language": language})
    assert said not in browser.get(address(places)).text
    places.load_rows({"Name": "Depot"}, headings=PLACES)
    assert said in browser.get(address(places)).text
    places.publish()
    assert said not in browser.get(address(places)).text, "something else was done since"


def test_IMP_07_E2_the_page_says_that_there_is_nothing_to_validate(browser: Browser, places: Import) -> None:
    places.load_rows({"Name": "Depot"}, headings=PLACES)
    places.validate()
    assert "There is nothing to validate." in browser.get(address(places)).text


def test_IMP_10_E1_the_location_activity_makes_its_task(capture: Story) -> None:
    task = capture.task("import_location")
    assert isinstance(task, ImportTask)
    source = session.get_one(DataSource, task.data_source)
    assert (task.source_table, task.target_table, source.name) == (
        "sn_acct_lc_account_onb_import_locations", "cmn_location", "cmn_location_template.xlsx",
    )  # fmt: skip
    assert (task.data_import_state, task.state, task.progress, task.type, task.visible_to_customer) == (
        "not_loaded", "open", "not_started", "data_capture", False,
    )  # fmt: skip


def test_IMP_10_E1_a_task_that_is_made_by_hand_begins_the_same(app: object) -> None:
    task = import_task(LOCATIONS)
    assert (task.data_import_state, task.state, task.progress, task.type, task.visible_to_customer) == (
        "not_loaded", "open", "not_started", "data_capture", False,
    )  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("en", "Source table is required."), ("fr", "Table source : ce champ")])
def test_IMP_10_E2_without_a_source_table_there_is_no_task_and_the_activity_says_why(
    story: Story, language: str, said: str
) -> None:
    definition = story.activity("import_location").definition
    definition.field_values = {k: v for k, v in (definition.field_values or {}).items() if k != "source_table"}
    story.by = replace(story.by, language=language)
    story.set_up()
    broken = story.activity("import_location")
    assert (broken.state, broken.context.task) == ("in_progress", None)
    assert said in " ".join((broken.context.problem or "").split())
    assert refused(story.complete, "import_location") == [("CONFIGURATION", None)]


@pytest.fixture
def agent_of(client: FlaskClient) -> Callable[[str], Callable[[str], Any]]:
    """`agent_of(domain)(address)`: what the API answers to an agent who is at home in that domain."""

    def make(domain: str) -> Callable[[str], Any]:
        name = f"agent.{domain.rpartition('/')[2].lower()}"
        given = {"user_name": name, "name": "Local Agent", "email": f"{name}@example.com"}
        user = create(User, given, by=Actor.system(domain))
        set_password(user, "demo")
        grant(user, "sn_acct_lc.agent", SYSTEM)
        return lambda path: client.get(path, headers=basic(name))

    return make


@pytest.mark.parametrize(("domain", "seen"), [("TOP/Boxeo", 0), ("TOP", 3), ("TOP/Genixify", 3)])
def test_IMP_11_E1_E2_the_staging_list_follows_the_domain_of_the_task(
    places: Import, agent_of: Any, domain: str, seen: int
) -> None:
    places.load_rows(*({"Name": name} for name in "abc"), headings=PLACES)
    ask = agent_of(domain)
    answer = ask(f"/api/now/table/{LOCATIONS}?sysparm_query=import_task={places.task.sys_id}")
    assert (answer.status_code, len(answer.json["result"])) == (200, seen)
    assert all("sys_domain" not in row for row in answer.json["result"])
    rows = ask(f"/api/sn_acct_lc/import_task/{places.task.sys_id}/rows")
    assert rows.status_code == (200 if seen else 404)
