"""The template asks for what the validations check, in the reader's language, and its own headings are read back."""

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ale.domains.accounts.records import Account
from ale.domains.imports.confined.cells import clean
from ale.domains.imports.confined.delimited import csv_rows, plain
from ale.domains.imports.exports import safe_cell, text_cell
from ale.domains.imports.guide import entries_of
from ale.domains.imports.headings import Column, match_headings
from ale.domains.imports.template import write_template
from ale.domains.imports.validation import Validation
from ale.domains.imports.workbook import read_workbook
from ale.foundation.label import Label

COLUMNS = (
    Column("u_id", Label("External id", "Identifiant externe"), mandatory=True, example="00420"),
    Column("u_language", Label("Language", "Langue"), example="en"),
    Column("u_active", Label("Active", "Actif")),
    Column("u_start", Label("Start date", "Date de début"), example="=SUM(A1)"),
    Column("u_units", Label("Units", "Unités")),
    Column("u_account", Label("Account", "Compte")),
    Column("u_email", Label("Email", "E-mail")),
    Column("u_free", Label("Free", "Libre")),
)
LANGUAGES = {"en": ["English", "Anglais"], "fr": ["French", "Français"], "x": []}
CHECKS = (
    Validation("1", "u_id", "string_limit", max_length=20),
    Validation("2", "u_language", "choice", mandatory=True, choices=LANGUAGES),
    Validation("3", "u_active", "boolean"),
    Validation("4", "u_start", "date", date_format="dd/MM/yyyy"),
    Validation("5", "u_units", "integer_or_decimal"),
    Validation("6", "u_account", "reference", reference_table="customer_account", reference_field="name"),
    Validation("7", "u_email", "string_limit", max_length=100),
    Validation("8", "u_email", "email"),
)  # fmt: skip
TITLE = Label("Contacts [all]", "Contacts : tous")


def opened(language: str) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_template(COLUMNS, CHECKS, language, TITLE)))


def check_of(sheet: Worksheet, cell: str) -> DataValidation:
    [found] = [check for check in sheet.data_validations.dataValidation if cell in check.sqref]
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_headings_are_read_back_and_nothing_else(tmp_path: Path, language: str) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(write_template(COLUMNS, CHECKS, language, TITLE))
    with read_workbook(path, path.name) as workbook:
        names = match_headings(workbook.headings, COLUMNS, file=path.name)
        assert names == [column.name for column in COLUMNS]
        assert list(workbook.chunks()) == []
        assert workbook.others == []


def test_choices_are_dropdowns_in_the_language_asked_for() -> None:
    """And whatever else is read for them stands behind."""
    english, french = ["English", "French"], ["Anglais", "Français"]
    for language, own, other in (("en", english, french), ("fr", french, english)):
        book = opened(language)
        sheet, lists = book.worksheets[0], book["Lists"]
        check = check_of(sheet, "B10001")
        assert (check.type, check.formula1) == ("list", "Lists!$B$1:$B$7")
        words = [lists.cell(row, 2).value for row in range(1, 8)]
        assert words[:3] == [*own, "x"]
        assert set(words[3:]) == {"en", "fr", *other}
        assert lists.sheet_state == "hidden"
    assert [opened("fr")["Lists"].cell(row, 3).value for row in (1, 2)] == ["oui", "non"]


def test_limits_dates_and_numbers_are_checked_by_excel() -> None:
    sheet = opened("fr").worksheets[0]
    length, day, number = (check_of(sheet, cell) for cell in ("A2", "D2", "E2"))
    assert {length.type, day.type, number.type} == {"custom"}
    assert length.error == "Texte, 20 caractères au plus."
    assert day.error == "Une date : JJ/MM/AAAA, sans heure."
    assert check_of(sheet, "G2").error == "Une adresse e-mail, 100 caractères au plus."
    assert not [check for check in sheet.data_validations.dataValidation if "F2" in check.sqref]


def test_texts_are_kept_as_typed_and_dates_look_as_asked() -> None:
    sheet = opened("en").worksheets[0]
    formats = [sheet.column_dimensions[letter].number_format for letter in "ABCDEFGH"]
    assert formats == ["@", "@", "@", "dd/mm/yyyy", "General", "@", "@", "@"]


def test_mandatory_stands_in_the_comment_and_the_heading_is_bare() -> None:
    sheet = opened("en").worksheets[0]
    assert (sheet["A1"].value, sheet.freeze_panes, sheet["A1"].font.bold) == ("External id", "A2", True)
    comments = [sheet.cell(1, n).comment for n in range(1, 9)]
    assert [bool(comment) and comment.text.startswith("Mandatory.") for comment in comments] == [True, True] + [
        False
    ] * 6


def test_the_second_sheet_explains_each_column_with_its_example() -> None:
    book = opened("fr")
    assert book.sheetnames == ["Contacts   tous", "Mode d’emploi", "Lists"]
    rows = [[cell.value or "" for cell in row] for row in book["Mode d’emploi"].iter_rows(min_row=4)]
    assert rows[0] == ["Colonne", "Obligatoire", "Ce qu’il faut saisir", "Choix", "Exemple"]
    assert rows[1] == ["Identifiant externe", "oui", "Texte, 20 caractères au plus", "", "00420"]
    asked = "L’un des choix, en anglais ou en français ; la casse ne compte pas"
    assert rows[2] == ["Langue", "oui", asked, "Anglais, Français, x", "en"]
    assert rows[4][4] == "=SUM(A1)"
    assert len(rows) == 1 + len(COLUMNS)


def test_it_says_what_each_validation_asks() -> None:
    rows = [[cell.value or "" for cell in row] for row in opened("en")["How to fill in"].iter_rows(min_row=5)]
    asked = {row[0]: (row[1], row[2]) for row in rows}
    assert asked["External id"] == ("yes", "Text, at most 20 characters")
    assert asked["Active"] == ("no", "yes or no; also 0, 1, false, faux, n, non, oui, true, vrai, y")
    assert asked["Start date"] == ("no", "A date: DD/MM/YYYY, without a time")
    assert asked["Units"][1].endswith("at most 20 digits before the mark and 30 behind it")
    table = Account.__sheet__.plural.en
    assert asked["Account"] == ("no", f"A record that exists: {table}, by Name; case and blanks do not matter")
    assert asked["Email"] == ("no", "An email address, at most 100 characters")
    assert asked["Free"] == ("no", "Text")


def test_the_smallest_limit_counts_and_one_of_another_kind_does_not() -> None:
    """As in ALE's own check: a length is that of a limit of characters, and all of them hold."""
    limits = [Validation(str(most), "u_free", "string_limit", max_length=most) for most in (30, 12, 20)]
    left_over = Validation("x", "u_free", "date", max_length=3)
    [entry] = entries_of(COLUMNS[-1:], [*limits, left_over], "en")
    assert (entry.longest, entry.sub_type) == (12, "date")


def test_an_administrators_words_are_those_of_excel_too() -> None:
    check = Validation("1", "u_units", "integer_or_decimal", error_message="How many of them?")
    book = openpyxl.load_workbook(io.BytesIO(write_template(COLUMNS, [check], "en", TITLE)))
    assert check_of(book.worksheets[0], "E2").error == "How many of them?"


def test_no_cell_is_a_formula() -> None:
    for sheet in opened("en").worksheets:
        assert not [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@given(st.text())
def test_text_in_a_workbook_is_never_a_formula(text: str) -> None:
    cell = text_cell(Workbook().worksheets[0], text)
    assert cell.data_type == "s"


@given(st.one_of(st.text(), st.from_regex(r"'*[=+\-@\t\r＝＋－＠].*", fullmatch=True)))
def test_text_in_csv_is_never_a_formula_and_is_read_back(text: str) -> None:
    guarded = safe_cell(text)
    assert guarded[:1] not in set("=+-@\t\r＝＋－＠")
    field = clean(guarded).replace('"', '""')
    [_, [read]] = csv_rows(io.BytesIO(f'h\n"{field}"'.encode()), 9, plain)
    if text == clean(text):
        assert read == text
