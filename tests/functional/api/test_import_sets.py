"""The Import Set API: rows for a staging table, examined as those of a file are."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from ale import jobs
from ale.domains.imports.definition import definition_of
from ale.domains.imports.records import ImportTask, TransformMap
from ale.foundation.db import session, transaction
from tests.functional.api.calls import Call, Rows
from tests.imports import CONTACTS, LOCATIONS, import_task

IMPORT = f"/api/now/import/{CONTACTS}"


@pytest.fixture
def task(app: Flask) -> str:
    """The sys_id of an import task of Genixify."""
    with transaction():
        return import_task().sys_id


@pytest.fixture
def names(task: str) -> dict[str, str]:
    """The staging columns by their labels."""
    labels = definition_of(session.get_one(ImportTask, task)).labels
    return {label.en: name for name, label in labels.items()}


def person(names: dict[str, str], number: int, **more: Any) -> dict[str, Any]:
    row = {
        "External id": f"X-{number:04d}", "First name": "Ada, \"the\nfirst\"", "Last name": f"Row {number}",
        "Email": f"row{number}@example.com", "Language": "en", "Active": True,
    }  # fmt: skip
    return {names[label]: value for label, value in (row | more).items()}


def test_rows_are_staged_and_examined(call: Call, rows: Rows, task: str, names: dict[str, str]) -> None:
    records = [person(names, 1) | {"bunk": "left out"}, person(names, 2, Email="nonsense")]
    query = {"sysparm_import_task": task}
    answer = call("POST", f"{IMPORT}/insertMultiple", json={"records": records}, query_string=query)
    assert answer.status_code == 201, answer.text
    assert answer.json["staging_table"] == CONTACTS
    assert answer.json["import_set"].startswith("ISET")
    assert len(answer.json["result"]) == 2
    jobs.run_job(answer.json["job"])
    staged = rows(CONTACTS, query=f"import_task={task}^ORDERBYrow_number", fields=f"row_state,{names['Last name']}")
    assert [tuple(one.values()) for one in staged] == [("ready", "Row 1"), ("needs_attention", "Row 2")]


def test_one_row(call: Call, rows: Rows, task: str, names: dict[str, str]) -> None:
    answer = call("POST", f"{IMPORT}?sysparm_import_task={task}", json=person(names, 1))
    assert answer.status_code == 201, answer.text
    jobs.run_job(answer.json["job"])
    assert [row["row_state"] for row in rows(CONTACTS, query=f"import_task={task}")] == ["ready"]


def test_the_only_open_task_needs_no_name(call: Call, task: str, names: dict[str, str]) -> None:
    with transaction():
        others = (ImportTask.source_table == CONTACTS, ImportTask.sys_id != task)
        session.execute(update(ImportTask).where(*others).values(state="closed"))
    assert call("POST", IMPORT, json=person(names, 1)).status_code == 201
    with transaction():
        import_task()
    assert call("POST", IMPORT, json=person(names, 2)).json["error"]["message"] == "Missing import task"


@pytest.mark.parametrize("body", [{}, {"records": []}, {"records": [1]}, {"records": "x"}])
def test_what_are_no_rows_is_400(call: Call, task: str, body: dict[str, Any]) -> None:
    assert call("POST", f"{IMPORT}/insertMultiple?sysparm_import_task={task}", json=body).status_code == 400


def test_an_unknown_table_and_the_task_of_another_one_are_400(call: Call, task: str) -> None:
    assert call("POST", "/api/now/import/nope", json={}).json["error"]["message"] == "Invalid table nope"
    assert session.scalar(select(TransformMap.sys_id).where(TransformMap.source_table == LOCATIONS))
    answer = call("POST", f"/api/now/import/{LOCATIONS}?sysparm_import_task={task}", json={})
    assert answer.json["error"]["message"] == "Invalid import task"


@pytest.mark.parametrize("user", ["viewer", "genixify.admin"])
def test_who_may_not_import_is_refused(call: Call, task: str, user: str) -> None:
    assert call("POST", f"{IMPORT}?sysparm_import_task={task}", user, json={}).status_code == 403
