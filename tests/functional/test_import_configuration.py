"""What administrators may store as maps and validations of an import, and what is refused (VAL-10)."""

from typing import Any

import pytest
from sqlalchemy import func, select

from ale.domains.imports.records import FieldMap, TransformMap, ValidationAssist
from ale.domains.imports.supplied import supply_imports
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from ale.foundation.translations import translator
from tests.imports import CONTACTS, SYSTEM

pytestmark = pytest.mark.usefixtures("app")
FIELD = {"staging_table": CONTACTS, "staging_field": "u_phone"}


def refused(record_type: Any, values: dict[str, Any]) -> list[tuple[str, str | None]]:
    with pytest.raises(Rejected) as refusal:
        create(record_type, values, by=SYSTEM)
    return sorted((one.code, one.field) for one in refusal.value.problems)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ["validation_sub_type"]),
        ({"validation_sub_type": "reference"}, ["reference_field", "reference_table"]),
        ({"validation_sub_type": "choice", "target_table": "customer_contact"}, ["target_field"]),
        ({"validation_sub_type": "date"}, ["date_format"]),
        ({"validation_sub_type": "datetime"}, ["date_format"]),
        ({"validation_sub_type": "string_limit"}, ["max_length"]),
        ({"validation_type": "record"}, ["script"]),
    ],
)
def test_VAL_10_E1_each_kind_of_validation_asks_for_what_it_needs(given: dict[str, str], missing: list[str]) -> None:
    assert refused(ValidationAssist, FIELD | given) == [("REQUIRED_FIELD", name) for name in missing]
    with pytest.raises(Rejected, match="is required for this validation") as refusal:
        create(ValidationAssist, FIELD | given, by=SYSTEM)
    french = refusal.value.problems[0].text(translator("fr"), "fr")
    assert french.endswith("est obligatoire pour cette validation.")


def test_a_check_of_a_column_names_the_column() -> None:
    given = {"staging_table": CONTACTS, "validation_sub_type": "boolean"}
    assert refused(ValidationAssist, given) == [("REQUIRED_FIELD", "staging_field")]


def test_VAL_10_E2_a_record_level_validation_has_no_sub_type() -> None:
    given = {"staging_table": CONTACTS, "validation_type": "record", "script": "true", "validation_sub_type": "date"}
    made = create(ValidationAssist, given, by=SYSTEM)
    assert made.validation_sub_type is None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"validation_sub_type": "reference", "reference_table": "x", "reference_field": "y"},
         ("UNKNOWN_TABLE", "reference_table")),
        ({"validation_sub_type": "reference", "reference_table": "cmdb_model", "reference_field": "y"},
         ("UNKNOWN_FIELD", "reference_field")),
        ({"validation_sub_type": "date", "date_format": "QQ"}, ("DATE_FORMAT", "date_format")),
    ],
)  # fmt: skip
def test_a_validation_names_what_there_is(given: dict[str, str], problem: tuple[str, str]) -> None:
    assert refused(ValidationAssist, FIELD | given) == [problem]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"target_field": "shoe_size"}, "target_field"),
        ({"target_field": "account", "reference_match_field": "shoe_size"}, "reference_match_field"),
    ],
)
def test_a_field_map_names_fields_of_its_tables(given: dict[str, str], problem: str) -> None:
    chosen = create(
        TransformMap, {"name": "Shoes", "source_table": "shoes", "target_table": "customer_contact"}, by=SYSTEM
    )
    row = {"map": chosen.sys_id, "source_field": "u_size", "label": "Size"}
    assert refused(FieldMap, row | given) == [("UNKNOWN_FIELD", problem)]


def test_supplying_again_adds_nothing() -> None:
    counted = [select(func.count()).select_from(one) for one in (TransformMap, FieldMap, ValidationAssist)]
    before = [session.scalar(one) for one in counted]
    supply_imports(SYSTEM)
    assert [session.scalar(one) for one in counted] == before
    assert before[0] == 8
