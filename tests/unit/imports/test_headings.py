"""Headings are recognised however people write them, and what is wrong with them is said."""

import pytest

from ale.domains.imports.headings import Column, match_headings
from ale.domains.imports.refused import FileRefused
from ale.foundation.label import Label

COLUMNS = (
    Column("u_external_id", Label("External id", "Identifiant externe"), mandatory=True),
    Column("u_email", Label("Email", "E-mail"), mandatory=True, aliases=("Adresse e-mail",)),
    Column("u_first_name", Label("First name", "Prénom")),
)


def refusals(headings: list[str], **more: object) -> list[tuple[str, str]]:
    with pytest.raises(FileRefused) as refused:
        match_headings(headings, COLUMNS, file="contacts.xlsx", **more)  # type: ignore[arg-type]
    return [(problem.code, problem.text()) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "headings",
    [
        ["External id", "Email", "First name"],
        ["Identifiant externe", "E-mail", "Prénom"],
        ["u_external_id", "u_email", "u_first_name"],
        ["* EXTERNAL-ID:", "e mail *", "prenom"],
        ["external\u00a0id", "Email (mandatory)", "First\nname"],
        ["External_Id", "ADRESSE E-MAIL", "PRE\u0301NOM"],
    ],
)
def test_case_accents_blanks_and_marks_do_not_matter(headings: list[str]) -> None:
    assert match_headings(headings, COLUMNS, file="x") == ["u_external_id", "u_email", "u_first_name"]


def test_order_is_that_of_the_file_and_optional_columns_may_be_missing() -> None:
    assert match_headings(["", "Email", "External id"], COLUMNS, file="x") == ["", "u_email", "u_external_id"]


def test_every_unknown_column_is_named_in_order() -> None:
    found = refusals(["External id", "Colour", "Email", "Size"])
    assert found == [
        ("HEADER_MISMATCH", "Column Colour of the file is unknown; use the template."),
        ("HEADER_MISMATCH", "Column Size of the file is unknown; use the template."),
    ]


def test_a_heading_without_letters_is_unknown() -> None:
    assert [code for code, _ in refusals(["External id", "Email", "***"])] == ["HEADER_MISMATCH"]


def test_the_same_column_in_two_spellings_is_a_duplicate() -> None:
    assert refusals(["External id", "Email", "Adresse e-mail"]) == [
        ("HEADER_DUPLICATE", "Column Adresse e-mail is in contacts.xlsx twice. Keep only one.")
    ]


def test_a_missing_column_is_named_in_the_language_of_the_others() -> None:
    assert refusals(["Identifiant externe", "Prénom"]) == [
        ("HEADER_MISSING", "Column E-mail is missing in contacts.xlsx; use the template.")
    ]
    assert refusals(["External id", "First name"])[0][1].startswith("Column Email is missing")


def test_a_title_above_the_headings_is_recognised() -> None:
    assert refusals(["Contacts of Genixify"], line=3, below=["External id", "Email", ""]) == [
        (
            "HEADER_MISMATCH",
            "Line 3 of contacts.xlsx is no heading line; the headings seem to follow below it. "
            "Delete the lines above them.",
        )
    ]


def test_two_heading_lines_are_refused() -> None:
    found = refusals(["External id", "Email", "First name"], below=["u_external_id", "u_email", "u_first_name"])
    assert found == [("HEADER_TWO_LINES", "contacts.xlsx has two heading lines (1 and 2). Keep only one.")]


def test_data_that_repeats_one_heading_is_data() -> None:
    assert match_headings(["External id", "Email"], COLUMNS, file="x", below=["X1", "email"])
    assert match_headings(["External id", "Email"], COLUMNS, file="x", below=["", "email"])
