"""Accounts from a file with the headings of the template (SAG-06): good rows are saved, bad ones told by line."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import Account
from ale.domains.imports.staging import RunState
from ale.domains.imports.workbook import Limits, Row, Workbook, read_workbook
from ale.foundation.actor import Actor
from ale.foundation.attachments import attach, keep
from ale.foundation.changes import create, save
from ale.foundation.db import Separated, session
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Problem, Rejected, sentence
from ale.foundation.reading import visible
from ale.foundation.record import Access, Record, Section, Sheet, table_name

LOADERS = ("ale.finance_manager", "sn_customerservice_agent")
MOST = 2_000
"""Rows of one file; it is loaded while its sender waits."""

HEADINGS = {
    "NUMBER": "number", "EXTERNAL_REFERENCE_ID": "external_reference_id", "NAME": "name", "PARENT": "parent",
    "HEALTH_SCORE": "health_score", "HEALTH_STATUS": "health_status", "CHURN_RISK": "churn_risk",
}  # fmt: skip
"""The headings of the template, and the field of the account that each fills."""

MATCHED_BY = ("number", "external_reference_id", "name")
EMPTY = "NULL"
"""What empties a field; an empty cell leaves it as it is."""


class CsvImport(Separated, Record):
    """One file of accounts that was loaded; `errors` are the rows that were not, by line."""

    __tablename__ = "ale_csv_import"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    table_name: Mapped[str] = field("Table", "Table", max_length=80, format="table_name")
    attachment: Mapped[str | None] = reference("File", "Fichier", to="sys_attachment", constrained=False)
    state: Mapped[RunState] = field("State", "État", default=RunState.QUEUED, read_only=True)
    rows_ok: Mapped[int] = field("Rows loaded", "Lignes chargées", default=0, read_only=True)
    rows_error: Mapped[int] = field("Rows in error", "Lignes en erreur", default=0, read_only=True)
    errors: Mapped[dict[str, Any] | None] = field("Errors", "Erreurs", read_only=True)

    __sheet__ = Sheet(
        label=Label("CSV import", "Importation CSV"), plural=Label("CSV imports", "Importations CSV"),
        display="number", prefix="CSV", order="number", filters=("state",), search=("number",),
        columns=("number", "state", "rows_ok", "rows_error", "sys_created_on", "sys_created_by"),
        form=(Section.of("Load", "Chargement", "number", "table_name", "attachment", "state", "rows_ok", "rows_error",
                         "errors"),),
        access=Access(read=LOADERS, report_view=("ale.finance_manager",), create=LOADERS, delete=("admin",)),
        icon="file-spreadsheet",
    )  # fmt: skip


def load(path: Path, file_name: str, by: Actor) -> CsvImport:
    """Load the file at `path` in the running transaction.

    Forbidden for who may not; FileRefused when it cannot be read as a whole, Rejected (CSV_HEADER) when a heading is
    none of the template: nothing is saved then.
    """
    done = create(CsvImport, {"table_name": table_name(Account)}, by=by)
    system, errors, good = by.for_system(), [], 0
    with path.open("rb") as stream:
        attached = attach(done, keep(stream), file_name, by=system)
    with read_workbook(path, file_name, Limits(rows=MOST)) as book:
        names = _names(book)
        for row in _rows(book):
            problems = _load_row(dict(zip(names, row.values, strict=True)), by)
            errors += [told(row.line, one) for one in problems]
            good += not problems
    bad = len({one["line"] for one in errors})
    state = RunState.SUCCESS if not bad else RunState.PARTIAL if good else RunState.FAILED
    outcome = {
        "state": state,
        "rows_ok": good,
        "rows_error": bad,
        "errors": {"rows": errors},
        "attachment": attached.sys_id,
    }
    return save(done, outcome, by=system)


def told(line: int, problem: Problem) -> dict[str, Any]:
    """A problem as the load keeps it, to be said in any language."""
    return {"line": line} | problem.kept()


def _names(book: Workbook) -> list[str | None]:
    """The field of each column; None above a column without heading."""
    headings = [heading.strip().upper().replace(" ", "_") for heading in book.headings]
    message = sentence("Unknown column {column}.")
    wrong = [
        Problem("CSV_HEADER", message, "file", column=said)
        for said, heading in zip(book.headings, headings, strict=True)
        if heading and (heading not in HEADINGS or headings.count(heading) > 1)
    ]
    if wrong or not any(headings):
        raise Rejected(wrong or [Problem("CSV_HEADER", message, "file", column="–")])
    return [HEADINGS.get(heading) for heading in headings]


def _rows(book: Workbook) -> Iterator[Row]:
    for chunk in book.chunks():
        yield from chunk


def _load_row(cells: Mapping[str | None, str], by: Actor) -> list[Problem]:
    """Save one row, or nothing of it: then why."""
    given = {name: text.strip() for name, text in cells.items() if name and text.strip()}
    values: dict[str, Any] = {name: None if text == EMPTY else text for name, text in given.items()}
    try:
        with session.begin_nested():
            _store(values, by.through("import"))
    except Rejected as refused:
        return refused.problems
    except Forbidden:
        return [Problem("NOT_ALLOWED", sentence("You may not make new accounts; no account is called so."), "name")]
    return []


def _store(values: dict[str, Any], by: Actor) -> None:
    account = _matching(values, by)
    number = values.pop("number", None)
    if account is None and number:
        raise Rejected([Problem("NO_ACCOUNT", sentence("There is no account {number}."), "number", number=number)])
    if values.get("parent"):
        values["parent"] = _parent(values["parent"], by)
    if account is None:
        create(Account, values, by=by)
    else:
        save(account, values, by=by)


def _matching(values: Mapping[str, Any], by: Actor) -> Account | None:
    """The account that a row speaks of: by the first of number, external reference and name that is given and known."""
    for name in MATCHED_BY:
        found = _named(name, values.get(name), by)
        if found or (name == "number" and values.get("number")):
            return found
    return None


def _named(name: str, text: str | None, by: Actor) -> Account | None:
    if not text:
        return None
    return session.scalars(visible(Account, by).where(getattr(Account, name) == text).limit(1)).first()


def _parent(text: str, by: Actor) -> str:
    """The sys_id of the parent, named by number or name."""
    found = _named("number", text, by) or _named("name", text, by)
    if found is None:
        raise Rejected([Problem("NO_ACCOUNT", sentence("There is no account {number}."), "parent", number=text)])
    return found.sys_id
