"""The workbook that an owner fills in: headings, what Excel can check while typing, and a sheet that explains."""

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ale.domains.imports.confined.reader import EXPLANATIONS
from ale.domains.imports.excel import check_of
from ale.domains.imports.exports import text_cell
from ale.domains.imports.guide import NO, YES, Entry, entries_of
from ale.domains.imports.headings import Column
from ale.domains.imports.validation import Validation
from ale.foundation.label import Label

CHECKED_ROWS = 10_000
"""Rows below the headings in which Excel checks what is typed."""

_LISTS = "Lists"  # hidden, with all spellings of the choices: a list in the check itself may have 255 characters only
_EXPLANATION = Label(*EXPLANATIONS)
_HEADINGS = (
    Label("Column", "Colonne"),
    Label("Mandatory", "Obligatoire"),
    Label("What to enter", "Ce qu’il faut saisir"),
    Label("Choices", "Choix"),
    Label("Example", "Exemple"),
)
_MANDATORY, _OPTIONAL = Label("Mandatory.", "Obligatoire."), Label("Optional.", "Facultatif.")
_ADVICE = (
    Label(
        "Fill in the first sheet, one record a line, and leave its headings as they are. This sheet is not imported.",
        "Remplissez la première feuille, un enregistrement par ligne, sans changer ses en-têtes. Cette feuille n’est "
        "pas importée.",
    ),
    Label(
        "Paste values, not formulas. A column may be left out when it is not mandatory.",
        "Collez des valeurs, pas de formules. Une colonne qui n’est pas obligatoire peut être omise.",
    ),
)
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")  # Excel's rule for names of sheets, and 31 characters
_HEADING_FONT, _HEADING_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F4E5F")
_TOP = Alignment(wrap_text=True, vertical="top")


def write_template(columns: Sequence[Column], validations: Iterable[Validation], language: str, title: Label) -> bytes:
    """The template of an import as an .xlsx file, in `language`; `title` names its first sheet.

    Its example stands on the second sheet, where it cannot be imported by accident.
    """
    entries = entries_of(columns, validations, language)
    book = Workbook()
    data = book.worksheets[0]
    data.title = _NOT_IN_TITLES.sub(" ", title.text(language))[:31]
    explanation = book.create_sheet(_EXPLANATION.text(language))
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    data.append([_heading(data, entry.column.label.text(language)) for entry in entries])
    data.freeze_panes = "A2"
    for number, entry in enumerate(entries, 1):
        _prepare(data, lists, number, entry, language)
    _explain(explanation, entries, language)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _heading(sheet: Worksheet, text: str) -> Cell:
    cell = text_cell(sheet, text)
    cell.font, cell.fill = _HEADING_FONT, _HEADING_FILL
    return cell


def _prepare(data: Worksheet, lists: Worksheet, number: int, entry: Entry, language: str) -> None:
    """Comment, width, format and check of a column."""
    letter = get_column_letter(number)
    heading = data.cell(1, number)
    mandatory = (_MANDATORY if entry.mandatory else _OPTIONAL).text(language)
    heading.comment = Comment(f"{mandatory} {entry.advice(language)}.", "ALE", height=80, width=260)
    dimension = data.column_dimensions[letter]
    dimension.width = max(14, len(str(heading.value)) + 4)
    dimension.number_format = _number_format(entry)
    for row, choice in enumerate(entry.accepted, 1):
        lists.cell(row, number).value = choice
        lists.cell(row, number).data_type = "s"
    spellings = f"{_LISTS}!${letter}$1:${letter}${len(entry.accepted)}"
    if check := check_of(entry, f"{letter}2", spellings, _LISTS):
        check.errorTitle = str(heading.value)[:32]
        check.error = (entry.message or f"{entry.advice(language)}.")[:255]
        check.add(f"{letter}2:{letter}{CHECKED_ROWS + 1}")
        data.add_data_validation(check)


def _number_format(entry: Entry) -> str:
    """Text, so that zeros in front survive, unless Excel knows the kind."""
    if entry.sub_type in ("date", "datetime"):
        return entry.date_format.lower().replace("a", "AM/PM").replace("'", '"')
    return "General" if entry.sub_type == "integer_or_decimal" else "@"


def _explain(sheet: Worksheet, entries: Sequence[Entry], language: str) -> None:
    for advice in _ADVICE:
        sheet.append([text_cell(sheet, advice.text(language))])
    sheet.append([])
    sheet.append([_heading(sheet, heading.text(language)) for heading in _HEADINGS])
    for entry in entries:
        texts = (
            entry.column.label.text(language),
            (YES if entry.mandatory else NO).text(language),
            entry.advice(language),
            ", ".join(entry.choices),
            entry.column.example,
        )
        sheet.append([text_cell(sheet, text) for text in texts])
    for letter, width in zip("ABCDE", (26, 14, 46, 40, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=len(_ADVICE) + 3):
        for cell in row:
            cell.alignment = _TOP
