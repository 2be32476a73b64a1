"""The workbook of what needs attention comes home: exactly the changed cells merge, conflicts are shown."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from ale.domains.imports import corrections, repair
from ale.domains.imports.corrections import KEY, Merged
from ale.foundation.db import session, transaction
from ale.foundation.ledger import Job
from ale.foundation.problem import Rejected
from ale.verify import breaches
from tests.conftest import Browser
from tests.imports import Import, as_csv, contact, run
from tests.pages import Page


class Workbook:
    """A downloaded workbook that somebody works on, by heading."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(BytesIO(content))
        self.sheet = self.book.worksheets[0]

    @property
    def headings(self) -> list[str]:
        return [str(cell.value) for cell in self.sheet[1]]

    def cell(self, external: str, heading: str) -> Any:
        """The cell of the row with this external id."""
        for row in self.sheet.iter_rows(min_row=2):
            if row[self.headings.index("External id")].value == external:
                return row[self.headings.index(heading)]
        raise LookupError(external)

    def saved(self, path: Path) -> Path:
        self.book.save(path)
        return path


@pytest.fixture
def attention(contacts: Import) -> Import:
    """An import with three rows to correct, and one that is fine."""
    contacts.load_rows(
        contact(1, Email="nonsense"), contact(2, Language="xx", Notes="=1+1"), contact(3, Active="maybe", Phone="007"),
        contact(4),
    )  # fmt: skip
    assert contacts.counts == (0, 3, 1, 0)
    return contacts


def downloaded(contacts: Import) -> Workbook:
    """What the page gives to take home."""
    return Workbook(corrections.write_corrections(contacts.task, "en", lambda problem: problem["code"]))


def merged(contacts: Import, path: Path, name: str = "fixed.xlsx") -> Merged:
    """Bring a workbook home."""
    with transaction():
        return corrections.merge(contacts.task, path, name, by=contacts.by)


def cells(contacts: Import) -> dict[str, dict[str, str]]:
    """The texts of all rows by external id."""
    found = [json.loads(row.cells) for row in contacts.rows()]
    return {one["u_external_id"]: one for one in found}


def test_wrong_cells_are_marked_dropdowns_live_and_nothing_is_a_formula(attention: Import) -> None:
    work = downloaded(attention)
    assert work.headings[-1] == KEY
    letter = work.sheet.cell(1, len(work.headings)).column_letter
    assert work.sheet.column_dimensions[letter].hidden
    assert work.sheet.max_row == 4
    wrong = work.cell("X-0001", "Email")
    assert (wrong.fill.fgColor.rgb[-6:], wrong.comment.text) == ("F8D0D0", "VAL_EMAIL")
    assert work.cell("X-0001", "Phone").comment is None
    assert (work.cell("X-0002", "Notes").data_type, work.cell("X-0002", "Notes").value) == ("s", "=1+1")
    assert work.cell("X-0003", "Phone").value == "007"
    assert any(one.type == "list" for one in work.sheet.data_validations.dataValidation)


def test_shuffled_and_with_a_column_left_out_exactly_the_changed_cells_merge(attention: Import, tmp_path: Path) -> None:
    before = cells(attention)
    work = downloaded(attention)
    work.cell("X-0001", "Email").value = "right@example.com"
    work.cell("X-0003", "Active").value = "yes"
    work.sheet.move_range(f"A4:{work.sheet.cell(4, len(work.headings)).coordinate}", rows=3)  # the last row comes later
    work.sheet.delete_cols(work.headings.index("Title") + 1)
    assert merged(attention, work.saved(tmp_path / "f.xlsx")) == Merged(2, 0, 0)
    after = cells(attention)
    before["X-0001"]["u_email"] = "right@example.com"
    before["X-0003"]["u_active"] = "yes"
    assert after == before
    assert attention.counts == attention.counted() == (2, 1, 1, 0)
    attention.validate()
    assert attention.counts == (0, 1, 3, 0)
    assert breaches() == []


def test_a_cell_that_was_changed_here_meanwhile_keeps_its_text_and_says_so(attention: Import, tmp_path: Path) -> None:
    work = downloaded(attention)
    row = attention.rows("needs_attention")[0]
    with transaction():
        repair.edit_row(row, {"u_email": "here@example.com", "u_title": "Boss"}, version=None, by=attention.by)
    work.cell("X-0001", "Email").value = "there@example.com"
    work.cell("X-0001", "Phone").value = "+33 1"
    assert merged(attention, work.saved(tmp_path / "f.xlsx")) == Merged(1, 1, 0)
    first = attention.rows()[0]
    told = cells(attention)["X-0001"]
    assert (told["u_email"], told["u_phone"], told["u_title"]) == ("here@example.com", "+33 1", "Boss")
    assert attention.problems(first) == [("conflict", "u_email")]
    assert attention.counts == attention.counted()


def test_the_same_change_on_both_sides_is_no_conflict(attention: Import, tmp_path: Path) -> None:
    work = downloaded(attention)
    with transaction():
        repair.edit_row(
            attention.rows("needs_attention")[0], {"u_email": "right@example.com"}, version=None, by=attention.by
        )
    work.cell("X-0001", "Email").value = "right@example.com"
    assert merged(attention, work.saved(tmp_path / "f.xlsx")) == Merged(0, 0, 0)


def test_an_emptied_cell_is_empty_and_an_untouched_workbook_changes_nothing(attention: Import, tmp_path: Path) -> None:
    work = downloaded(attention)
    assert merged(attention, work.saved(tmp_path / "f.xlsx")) == Merged(0, 0, 0)
    work.cell("X-0003", "Phone").value = None
    assert merged(attention, work.saved(tmp_path / "f.xlsx")) == Merged(1, 0, 0)
    assert "u_phone" not in cells(attention)["X-0003"]


def test_rows_that_were_published_or_belong_elsewhere_are_left_alone(attention: Import, tmp_path: Path) -> None:
    work = downloaded(attention)
    with transaction():
        repair.discard(attention.task, [attention.rows("needs_attention")[0].sys_id], by=attention.by)
    work.cell("X-0001", "Email").value = "right@example.com"
    assert merged(attention, work.saved(tmp_path / "f.xlsx")) == Merged(0, 0, 1)


def test_another_workbook_is_refused_in_words(attention: Import, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(as_csv([contact(1)]))
    with pytest.raises(Rejected) as refusal:
        merged(attention, path, "other.csv")
    assert refusal.value.codes == ["NOT_CORRECTIONS"]
    path.write_bytes(b"nonsense")
    with pytest.raises(Rejected):
        merged(attention, path, "other.xlsx")


def test_the_page_gives_the_workbook_and_takes_it_back(
    log_on: Callable[[str], Browser], attention: Import, tmp_path: Path
) -> None:
    agent = log_on("agent")
    address = f"/imports/{attention.task.sys_id}/corrections"
    assert address in agent.get(f"/imports/{attention.task.sys_id}").text
    work = Workbook(agent.get(address).data)
    work.cell("X-0001", "Email").value = "right@example.com"
    path = work.saved(tmp_path / "f.xlsx")
    answer = agent.send(address, {"file": (BytesIO(path.read_bytes()), "fixed.xlsx")})
    assert answer.status_code == 303
    assert "1 rows were corrected." in agent.get(answer.location).text
    job = session.scalars(select(Job).where(Job.kind == "import.validate").order_by(Job.sys_id.desc())).first()
    assert job is not None
    run(job)
    assert attention.counts == (0, 2, 2, 0)
    refused = agent.send(address, {})
    assert refused.status_code == 422
    assert "Choose at least one file." in Page(refused.text)["error-summary"].text
    assert log_on("viewer").get(address).status_code in (403, 404)
