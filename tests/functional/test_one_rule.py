"""One rule by every door of ALE: a value that a workbook, a program, a page or the portal brings has one verdict."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import select

from ale import jobs
from ale.domains.accounts.records import Account
from ale.domains.imports import corrections, service
from ale.domains.imports.definition import definition_of
from ale.domains.imports.entering import entered
from ale.domains.imports.exports import text_cell
from ale.domains.imports.precheck import check_file
from ale.domains.imports.records import DataSource, FieldMap, ImportTask, TransformMap, ValidationAssist
from ale.domains.imports.staging import StagingRow
from ale.domains.imports.validation import Stored, validate_rows
from ale.domains.imports.values import reference_key
from ale.domains.onboarding.records import OnboardingCase
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment
from ale.foundation.changes import create
from ale.foundation.compact import from_json
from ale.foundation.db import inside, session, transaction
from tests.conftest import Browser
from tests.functional.api.calls import basic
from tests.imports import Import, import_task, run
from tests.one_rule import AMOUNT, KINDS, Held, rows
from tests.pages import Page

TABLE = "u_one_rule"
LONGEST = 32_767  # characters that a cell of a workbook holds

Verdicts = dict[str, set[tuple[str, str]]]
"""By the id of a row: field and code of what is wrong with it."""


@pytest.fixture
def imports(agent: Actor) -> Import:
    """An import with a column for each kind of validation, led by the onboarding manager."""
    system = Actor.system()
    with transaction():
        made = create(
            TransformMap, {"name": "One", "source_table": TABLE, "target_table": "customer_contact"}, by=system
        )
        create(DataSource, {"name": "One.xlsx", "import_set_table": TABLE}, by=system)
        columns = [("u_id", "Id"), *((kind.name, kind.column.label.en) for kind in KINDS)]
        for order, (name, heading) in enumerate(columns):
            given = {"map": made.sys_id, "source_field": name, "label": heading, "order": order}
            create(FieldMap, given, by=system)
        for check in (check for kind in KINDS for check in kind.checks):
            target = {"target_table": "customer_contact", "target_field": "language"}
            given = {
                "staging_table": TABLE, "staging_field": check.field, "validation_sub_type": check.sub_type,
                "mandatory": check.mandatory, "max_length": check.max_length, "date_format": check.date_format or None,
                "order": check.order, "reference_table": check.reference_table or None,
                "reference_field": check.reference_field or None,
            }  # fmt: skip
            create(ValidationAssist, given | (target if check.sub_type == "choice" else {}), by=system)
        return Import(import_task(TABLE), agent)


@pytest.fixture(scope="module")
def sheet() -> bytes:
    """All values as a workbook that holds them as Excel does."""
    return written(enumerate(rows()))


def written(numbered: Iterable[tuple[int, Sequence[Held]]]) -> bytes:
    """Rows as a workbook, under their ids."""
    book = Workbook(write_only=True)
    target = book.create_sheet("Rows")
    target.append(["Id", *(kind.column.label.en for kind in KINDS)])
    for number, values in numbered:
        cells = [text_cell(target, str(number))]
        for kind, held in zip(KINDS, values, strict=True):
            cell = text_cell(target, held[:LONGEST]) if isinstance(held, str) else WriteOnlyCell(target, held)
            cell.number_format = "yyyy-mm-dd hh:mm:ss" if kind.is_day else "General"
            cells.append(cell if held != "" else WriteOnlyCell(target, None))
        target.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def texts(values: Sequence[Held]) -> dict[str, str]:
    """A row as text, as somebody types it over one that was read."""
    return {kind.name: kind.text(held) for kind, held in zip(KINDS, values, strict=True)}


def pure(task: ImportTask, numbered: Iterable[tuple[int, Sequence[Held]]]) -> Verdicts:
    """What the one function says of rows."""
    with inside(task.sys_domain):
        known = {("customer_account", "name"): set(map(reference_key, session.scalars(select(Account.name))))}
    numbers, values = zip(*numbered, strict=True)
    found = validate_rows([entered(texts(one), {}) for one in values], definition_of(task).validations, known)
    return {str(number): said(problems) for number, problems in zip(numbers, found, strict=True)}


def staged(task: ImportTask) -> Verdicts:
    """What staging says of its rows."""
    found = session.execute(select(StagingRow.cells, StagingRow.problems).where(StagingRow.import_task == task.sys_id))
    return {from_json(cells)["u_id"]: said(from_json(problems or "[]")) for cells, problems in found}


def said(problems: Sequence[Stored]) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in problems}


def differences(one: Verdicts, other: Verdicts) -> dict[str, Any]:
    """The first rows that are judged in two ways, and how."""
    assert one.keys() == other.keys()
    return dict(islice(((key, one[key] ^ other[key]) for key in one if one[key] != other[key]), 5))


def short(numbered: Iterable[tuple[int, Sequence[Held]]]) -> list[tuple[int, Sequence[Held]]]:
    """Rows that fit into the cells of a workbook."""
    cut = [(number, [one[:LONGEST] if isinstance(one, str) else one for one in row]) for number, row in numbered]
    return [(number, row) for number, row in cut]


def test_a_workbook_and_the_portal(imports: Import, sheet: bytes) -> None:
    expected = pure(imports.task, short(enumerate(rows())))
    assert len(expected) == AMOUNT
    file = imports.file(sheet, "rows.xlsx")
    checked = check_file(imports.task, file, by=imports.by)
    assert (checked.rows, checked.is_whole) == (AMOUNT, True)
    portal = {str(line - 2): said(problems) for line, problems in checked.wrong}
    assert differences(expected, {key: set() for key in expected} | portal) == {}
    with transaction():
        job = service.load(imports.task, [file], by=imports.by)
    run(job)
    assert differences(expected, staged(imports.task)) == {}


def test_rest(imports: Import, client: Browser) -> None:
    expected = pure(imports.task, enumerate(rows()))
    records = [sent(number, values) for number, values in enumerate(rows())]
    address = f"/api/now/import/{TABLE}/insertMultiple?sysparm_import_task={imports.task.sys_id}"
    answer = client.post(address, json={"records": records}, headers=basic("agent"))
    assert answer.status_code == 201, answer.text
    jobs.run_job(answer.json["job"])
    assert differences(expected, staged(imports.task)) == {}


def sent(number: int, values: Sequence[Held]) -> dict[str, Any]:
    """A row as a program sends it: numbers as such, but for days, which JSON has none of."""
    row = {kind.name: held if not kind.is_day else kind.text(held) for kind, held in zip(KINDS, values, strict=True)}
    return row | {"u_id": str(number)}


def sample(count: int) -> list[tuple[int, Sequence[Held]]]:
    """Rows from all over the values."""
    every = AMOUNT // count
    return [(number, row) for number, row in enumerate(rows()) if number % every == 0][:count]


def begun(imports: Import, numbered: Sequence[tuple[int, Sequence[Held]]]) -> dict[str, StagingRow]:
    """Rows that have an id and nothing else, by that."""
    imports.load(written([(number, [""] * len(KINDS)) for number, _row in numbered]), names=("ids.xlsx",))
    return {from_json(row.cells)["u_id"]: row for row in imports.rows()}


def test_an_edited_row_by_page_and_program(imports: Import, browser: Browser, client: Browser) -> None:
    numbered = sample(60)
    there = {number: row.sys_id for number, row in begun(imports, numbered).items()}
    task = imports.task.sys_id
    for place, (number, values) in enumerate(numbered):
        row = there[str(number)]
        if place % 2:
            typed = {f"cell-{name}": text for name, text in texts(values).items()}
            assert browser.send(f"/imports/{task}/rows/{row}", typed).status_code == 303
        else:
            address = f"/api/sn_acct_lc/import_task/{task}/row/{row}"
            answer = client.patch(address, json={"values": sent(number, values)}, headers=basic("agent"))
            assert answer.status_code == 200, answer.text
    imports.validate()
    assert differences(pure(imports.task, numbered), staged(imports.task)) == {}


def test_a_corrected_workbook(imports: Import, tmp_path: Path) -> None:
    numbered = short(sample(250))
    begun(imports, numbered)
    book = load_workbook(io.BytesIO(corrections.write_corrections(imports.task, "en", lambda _problem: "")))
    values: Mapping[str, Sequence[Held]] = {str(number): row for number, row in numbered}
    target = book.worksheets[0]
    for row in target.iter_rows(min_row=2):
        for cell, kind, held in zip(row[1:], KINDS, values[str(row[0].value)], strict=False):
            text = text_cell(target, kind.text(held)).value
            cell.value, cell.data_type = text or None, "s" if text else "n"
    book.save(tmp_path / "fixed.xlsx")
    with transaction():
        corrections.merge(imports.task, tmp_path / "fixed.xlsx", "fixed.xlsx", by=imports.by)
    imports.validate()
    assert differences(pure(imports.task, numbered), staged(imports.task)) == {}


def test_a_customer_is_told_the_same_and_nothing_of_others(imports: Import, log_on: Callable[[str], Browser]) -> None:
    """What is behind the wall is not found, as in every other place of the portal."""
    plain: list[Held] = ["Genixify", "en", "2025-02-28", "28/02/2025", "2025-02-28 08:30:00", "28.02.2025 08:30",
                         "28.2.25", "yes", "x", "1", "a@b.example", "https://a.example"]  # fmt: skip
    wrong = [*plain[:2], "2025-02-30", *plain[3:9], "1 000", "nonsense", plain[11]]
    file = imports.file(written([(0, plain), (1, wrong), (2, ["Boxeo", *plain[1:]])]), "mine.xlsx")
    with transaction():
        task = session.get_one(ImportTask, imports.task.sys_id)
        task.visible_to_customer, task.contact = True, contact_of_case(task)
    customer = log_on("genixify.admin")
    assert f"/portal/tasks/{task.sys_id}/files/{file.sys_id}" in customer.get(f"/portal/tasks/{task.sys_id}").text
    assert customer.get(f"/portal/tasks/{task.sys_id}/template").data[:2] == b"PK"
    page = Page(customer.get(f"/portal/tasks/{task.sys_id}/files/{file.sys_id}").text)
    told = [cells for row in page.find("tr") if (cells := [one.text for one in row.find("td")])]
    assert [line for line, _said in told] == ["3", "4"]
    assert told[0][1].count("not") == 3
    assert "reference: Boxeo was not found." in told[1][1]
    other = log_on("boxeo.admin")
    assert other.get(f"/portal/tasks/{task.sys_id}/files/{file.sys_id}").status_code == 404
    assert session.scalars(select(StagingRow).where(StagingRow.import_task == task.sys_id)).all() == []


def test_a_file_that_cannot_be_looked_at_says_why(imports: Import, browser: Browser) -> None:
    file: Attachment = imports.file(b"Id,Bunk\n1,2\n", "odd.csv")
    page = browser.get(f"/portal/tasks/{imports.task.sys_id}/files/{file.sys_id}").text
    assert "This file cannot be loaded as it is." in page
    assert "Bunk" in page


def contact_of_case(task: ImportTask) -> str | None:
    """The customer's contact of the case."""
    return session.get_one(OnboardingCase, task.parent).contact
