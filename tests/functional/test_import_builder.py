"""The import builder: four steps from a template to an import that loads, validates and publishes."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from ale.domains.estate.records import Location
from ale.domains.imports.builder import BuilderStep, ImportBuilder, UiView
from ale.domains.imports.records import DataSource, FieldMap, ImportTask, TransformMap, ValidationAssist
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.playbooks.records import ActivityDefinition
from ale.foundation.actor import Actor
from ale.foundation.attachments import attach, keep
from ale.foundation.changes import create, move, save
from ale.foundation.db import session
from tests.conftest import Browser
from tests.factories import SYSTEM
from tests.imports import Import, account, as_csv
from tests.stories import refused

Step = BuilderStep


def builder(*headings: str, **given: Any) -> ImportBuilder:
    """A builder of an import of locations with a template of these headings."""
    made = create(ImportBuilder, {"name": "Sites", "target_table": "cmn_location"} | given, by=SYSTEM)
    if headings:
        book, content = Workbook(), BytesIO()
        book.worksheets[0].append(list(headings))
        book.worksheets[0].append(["x"] * len(headings))
        book.save(content)
        content.seek(0)
        attach(made, keep(content), "template.xlsx", by=SYSTEM)
    return made


def go_on(made: ImportBuilder, *steps: str) -> ImportBuilder:
    """Press Continue in each of these steps."""
    for step in steps:
        move(made, step, {}, by=SYSTEM)
    return made


def test_IMP_12_E1_headings_that_are_fields_lead_to_the_data_source(app: object) -> None:
    made = go_on(builder("Name", "City"), "template")
    assert (made.step, made.import_set_table_name) == (Step.DATA_SOURCE, "Sites")


def test_IMP_12_E2_a_heading_that_is_no_field_is_named(app: object) -> None:
    made = builder("Name", "Colour", "Size")
    wrong = refused(move, made, "template", {}, by=SYSTEM)
    assert wrong == [("TEMPLATE_LABEL", "attachments")] * 2


def test_IMP_12_without_a_template_the_builder_stays(app: object) -> None:
    assert refused(move, builder(), "template", {}, by=SYSTEM) == [("REQUIRED_FIELD", "attachments")]


def test_IMP_12_labels_are_read_in_both_languages_and_names_too(app: object) -> None:
    assert go_on(builder("Nom", "city"), "template").step == Step.DATA_SOURCE


def test_IMP_13_E1_a_data_source_and_a_staging_table_are_named_after_it(app: object) -> None:
    made = go_on(builder("Name", "City"), "template", "source")
    source = session.get_one(DataSource, made.data_source)
    assert (source.name, made.import_set_internal_name) == ("ALE_DS Sites", "sn_acct_lc_imp_sites")
    assert (made.step, made.transform_map_name) == (Step.TRANSFORM_MAP, "Sites map")


def test_IMP_13_E2_a_name_is_used_once(app: object) -> None:
    go_on(builder("Name"), "template", "source")
    twin = go_on(builder("Name", name="More sites"), "template")
    given = {"import_set_table_name": "Sites"}
    assert refused(move, twin, "source", given, by=SYSTEM) == [("DUPLICATE_NAME", "import_set_table_name")]


def test_IMP_14_E1_E2_a_map_has_one_field_map_for_each_column(app: object) -> None:
    made = go_on(builder("Name", "City"), "template", "source")
    move(made, "map", {"transform_map_name": "Sites by name"}, by=SYSTEM)
    chosen = session.get_one(TransformMap, made.transform_map)
    found = session.execute(
        select(FieldMap.source_field, FieldMap.target_field).where(FieldMap.map == chosen.sys_id).order_by("order")
    ).all()
    assert (chosen.name, chosen.source_table, chosen.target_table) == (
        "Sites by name", "sn_acct_lc_imp_sites", "cmn_location",
    )  # fmt: skip
    assert [tuple(one) for one in found] == [("u_name", "name"), ("u_city", "city")]


def test_IMP_15_E1_E2_two_views_and_an_activity_definition_end_it(app: object) -> None:
    made = go_on(builder("Name", "City"), "template", "source", "map")
    views = session.scalars(select(UiView).where(UiView.import_builder == made.sys_id).order_by(UiView.name)).all()
    assert [one.columns for one in views] == [["u_name", "u_city"], ["comment", "u_name", "u_city"]]
    assert made.activity_definition is None
    go_on(made, "activity")
    definition = session.get_one(ActivityDefinition, made.activity_definition)
    assert (made.step, definition.name, definition.application) == (Step.DONE, "Sites", "Account lifecycle events")


def test_IMP_16_E1_E2_a_table_of_an_application_is_set_up_in_its_scope(app: object) -> None:
    given = {"name": "Engagements", "target_table": "sn_acct_lc_engagement"}
    assert create(ImportBuilder, given, by=SYSTEM).scope == "sn_acct_lc"
    wrong = given | {"name": "Again", "scope": "global"}
    assert refused(create, ImportBuilder, wrong, by=SYSTEM) == [("WRONG_SCOPE", "scope")]


def test_no_step_is_left_out(app: object) -> None:
    made = builder("Name")
    assert refused(move, made, "map", {}, by=SYSTEM) == [("STEP_NOT_AVAILABLE", None)]
    assert refused(save, made, {"step": "done"}, by=SYSTEM) == [("WRONG_STEP", "step")]


def test_what_was_built_loads_validates_and_publishes(app: object, actor: Callable[[str], Actor]) -> None:
    made = go_on(builder("Name", "Account", "City"), "template", "source", "map", "activity")
    owner = account()
    case = session.scalars(select(OnboardingCase).where(OnboardingCase.account == owner.sys_id)).first()
    assert case is not None
    given = {"parent": case.sys_id, "account": owner.sys_id, "subject": "Sites", "target_table": made.target_table,
             "source_table": made.import_set_internal_name, "data_source": made.data_source}  # fmt: skip
    work = Import(create(ImportTask, given, by=SYSTEM), actor("agent"))
    rows = [{"Name": "Depot", "Account": "Genixify", "City": "Lyon"}, {"Account": "Genixify", "City": "Paris"}]
    work.load(as_csv(rows, ("Name", "Account", "City")))
    assert [work.problems(row) for row in work.rows("needs_attention")] == [[("mandatory", "u_name")]]
    work.publish()
    assert session.scalars(select(Location.city).where(Location.name == "Depot")).one() == "Lyon"
    checks = select(ValidationAssist.validation_sub_type).where(
        ValidationAssist.staging_table == made.import_set_internal_name
    )
    assert {str(one) for one in session.scalars(checks)} == {"string_limit", "reference"}


@pytest.mark.parametrize("name", ["template", "source"])
def test_continue_is_a_button_of_the_builder(log_on: Callable[[str], Browser], name: str) -> None:
    made = go_on(builder("Name", "City"), *(["template"] if name == "source" else []))
    admin = log_on("admin")
    address = f"/import-setup/builders/{made.sys_id}"
    assert "Continue" in admin.get(address).text
    assert admin.send(f"{address}/steps/{name}", {}).status_code == 303
    validations = admin.get(f"{address}/validations")
    assert validations.status_code in (302, 303)
