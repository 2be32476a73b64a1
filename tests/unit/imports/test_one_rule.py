"""The template's own check in Excel and ALE's come from one validation: what one refuses the other does not take."""

import io
import re
from collections import Counter
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ale.domains.imports.confined.cells import clean
from ale.domains.imports.entering import entered
from ale.domains.imports.template import write_template
from ale.domains.imports.validation import validate_rows
from ale.foundation.label import Label
from tests.excel import allows
from tests.one_rule import AMOUNT, CHECKS, KINDS, REFERENCES, Held, Kind, values_of

WEAKER = {
    "u_reference": r".*",  # what exists is not told to a file
    "u_day": r".{4}-.{2}-.{2}.*",  # dates as ALE writes them, beside another format, are seen by their shape only
    "u_minute": r".{4}-.{2}-.{2}.*|\d\d\.\d\d\.\d{4} \d\d:\d\d",  # and the time is not looked at
    "u_short": r".{4}-.{2}-.{2}.*|.+\..+\...",  # nor is what has no fixed width
    "u_moment": r"\d{4}-\d\d-\d\d.([01 ][\d ]|2[0-3]).*",  # minutes and seconds
    "u_text": r"#[A-Z0-9/!?_]+",  # the errors of cells
    "u_number": r"[+-]?(\d{21,}([.,]\d+)?|\d*[.,]\d{31,}|[.,]\d+)",  # how many digits; a mark in front
    "u_email": r".*[^\S ].*",  # white space other than blanks
    "u_url": r".*[^\S ].*|https?://([^/?#]*@|:|[^/?#]*\[).*",  # the same, and hosts of unusual forms
}
"""What Excel lets pass of what ALE refuses, by column; everything else it refuses as well (see `excel`)."""


def lets(kind: Kind, language: str) -> Callable[[Held], bool]:
    """The verdict of Excel by the template in a language."""
    columns = [one.column for one in KINDS]
    book = openpyxl.load_workbook(io.BytesIO(write_template(columns, CHECKS, language, Label("A", "B"))))
    sheet, letter = book.worksheets[0], get_column_letter(KINDS.index(kind) + 1)
    checks: list[DataValidation] = list(sheet.data_validations.dataValidation)
    check = next((one for one in checks if f"{letter}2" in one.sqref), None)
    listed = [str(one.value) for one in book["Lists"][letter] if one.value is not None]
    return lambda held: allows(check, held, listed)


def takes(kind: Kind) -> dict[Held, bool]:
    """ALE's verdict on every value that may be typed; nothing is not typed."""
    held = values_of(kind)
    rows = [entered({kind.name: kind.text(one)}, {}) for one in held]
    found = validate_rows(rows, kind.checks, REFERENCES)
    return {one: not problems for one, problems in zip(held, found, strict=True) if one != ""}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_excel_and_ale_agree(kind: Kind) -> None:
    """Of texts that loading cuts nothing off: Excel refuses what ALE refuses, but for what it cannot tell."""
    verdicts = takes(kind)
    typed = {one: may(one) for may in [lets(kind, "en")] for one in verdicts}
    assert len(verdicts) == AMOUNT - 1
    assert min(Counter(verdicts.values()).values()) > AMOUNT / 50, "values of both sorts"
    assert [one for one, fine in verdicts.items() if fine and not typed[one] and one == cleaned(one)] == []
    known = re.compile(WEAKER.get(kind.name, r"(?!)"), re.DOTALL | re.IGNORECASE)
    weaker = [str(one) for one, fine in verdicts.items() if typed[one] and not fine and one == cleaned(one)]
    assert [one for one in weaker if not known.fullmatch(one)] == []


@pytest.mark.parametrize(
    "kind", [one for one in KINDS if one.name in ("u_choice", "u_boolean")], ids=lambda kind: kind.name
)
def test_a_french_template_takes_the_same(kind: Kind) -> None:
    english, french = lets(kind, "en"), lets(kind, "fr")
    assert [one for one in values_of(kind) if english(one) is not french(one)] == []


def cleaned(held: Held) -> Held:
    return clean(held) if isinstance(held, str) else held
