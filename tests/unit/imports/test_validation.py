"""Every validation finds what it is meant to find, and what it lets pass can be converted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ale.domains.imports.validation import (
    MESSAGES,
    Row,
    Stored,
    Validation,
    message,
    needed_references,
    stored,
    validate_rows,
)
from ale.domains.imports.values import CELL_ERRORS, FORMULA, reader, reference_key

LANGUAGES = {"en": ["English", "Anglais"], "fr": ["French", "Français"]}
ACCOUNT = {"reference_table": "customer_account", "reference_field": "name"}
KNOWN = {("customer_account", "name"): {reference_key("Alderis"), reference_key("Boxeo")}}


def problems(row: Row, *validations: Validation, known: Any = KNOWN) -> list[Stored]:
    return validate_rows([row], validations, known)[0]


def one(sub_type: str = "", **more: Any) -> Validation:
    return Validation(id="v", field="u_x", sub_type=sub_type, **more)


@pytest.mark.parametrize(
    ("validation", "good", "bad", "rule", "sentence"),
    [
        (one("reference", **ACCOUNT), "alderis", "Aldris", "reference", "X: Aldris was not found."),
        (one("choice", choices=LANGUAGES), "français", "Dutch", "choice", "X: Dutch is not an available choice."),
        (one("date"), "2025-02-28", "2025-02-30", "date", "X: 2025-02-30 is not a date in the format yyyy-MM-dd."),
        (
            one("datetime", date_format="yyyy-MM-dd HH:mm"),
            "2025-02-28 08:30",
            "2025-02-28 25:00",
            "datetime",
            "X: 2025-02-28 25:00 is not a date and time in the format yyyy-MM-dd HH:mm.",
        ),
        (one("boolean"), "TRUE", "maybe", "boolean", "X: maybe is neither true nor false."),
        (one("string_limit", max_length=10), "x" * 10, "x" * 11, "length", "X: longer than 10 characters."),
        (one("integer_or_decimal"), "12,5", "12 units", "number", "X: 12 units is not a number."),
        (one("email"), "a@b.example", "a@b", "format", "X: a@b is not an email address."),
        (one("url"), "http://b.example", "b.example", "format", "X: b.example is not a web address that begins"),
        (one(mandatory=True), "x", "", "mandatory", "X: a value is required."),
    ],
)
def test_each_kind(validation: Validation, good: str, bad: str, rule: str, sentence: str) -> None:
    assert problems({"u_x": good}, validation) == []
    [problem] = problems({"u_x": bad}, validation)
    assert (problem["rule"], problem["field"]) == (rule, "u_x")
    assert message(problem, "X", "en").startswith(sentence)


def test_sentences_are_french_for_the_french() -> None:
    [problem] = problems({"u_x": "30/02/2025"}, one("date", date_format="dd/MM/yyyy"))
    assert message(problem, "Début", "fr") == "Début : 30/02/2025 n’est pas une date au format dd/MM/yyyy."


@pytest.mark.parametrize(
    "sub_type", ["reference", "choice", "date", "datetime", "boolean", "integer_or_decimal", "email"]
)
def test_an_empty_value_is_only_asked_for_when_mandatory(sub_type: str) -> None:
    assert problems({"u_x": ""}, one(sub_type)) == []
    assert problems({}, one(sub_type)) == []
    assert [p["code"] for p in problems({}, one(sub_type, mandatory=True))] == ["VAL_MANDATORY"]


def test_every_failure_is_listed_in_order_and_a_field_is_asked_for_once() -> None:
    found = problems(
        {"u_name": "", "u_account": "Aldris", "u_mail": "x" * 300},
        Validation("3", "u_mail", "email", order=3),
        Validation("4", "u_mail", "string_limit", max_length=254, order=4),
        Validation("2", "u_account", "reference", order=2, **ACCOUNT),
        Validation("1", "u_name", "string_limit", mandatory=True, max_length=100, order=1),
        Validation("5", "u_name", "date", mandatory=True, order=5),
    )
    expected = ["VAL_MANDATORY", "VAL_REFERENCE", "VAL_EMAIL", "VAL_LENGTH"]
    assert [problem["code"] for problem in found] == expected


def test_cells_without_a_value_are_refused_in_any_column_and_only_once() -> None:
    row = {"u_x": "#N/A", "u_free": FORMULA, "u_text": "#1"}
    found = problems(row, one("reference", mandatory=True, **ACCOUNT))
    assert [(p["rule"], p["field"], p["code"]) for p in found] == [
        ("format", "u_x", "VAL_CELL_ERROR"),
        ("format", "u_free", "VAL_FORMULA"),
    ]
    assert "the error #N/A" in message(found[0], "X", "en")
    for error in CELL_ERRORS:
        assert problems({"u_free": error}), error


def test_text_longer_than_a_cell_holds_is_refused_in_any_column() -> None:
    assert problems({"u_free": "x" * 32_767}) == []
    [problem] = problems({"u_free": "x" * 32_768})
    assert (problem["rule"], problem["params"]) == ("length", {"max": 32_767})


def test_a_wrong_value_is_repeated_in_short() -> None:
    [problem] = problems({"u_x": "9" * 5_000 + "x"}, one("integer_or_decimal"))
    assert len(problem["params"]["value"]) == 100


def test_an_own_message_replaces_the_usual_one() -> None:
    [problem] = problems({"u_x": "maybe"}, one("boolean", error_message="Say {yes} or no."))
    assert message(problem, "X", "fr") == "Say {yes} or no."
    assert (problem["rule"], problem["params"]["value"]) == ("boolean", "maybe")


def test_a_reference_within_another_field() -> None:
    place = Validation(
        "1", "u_location", "reference", reference_table="cmn_location", reference_field="name", within="u_account"
    )
    known = {("cmn_location", "name"): {reference_key("Paris", "Alderis"), reference_key("Home", "")}}
    assert problems({"u_location": "paris", "u_account": "ALDERIS"}, place, known=known) == []
    assert problems({"u_location": "Home"}, place, known=known) == []
    assert len(problems({"u_location": "Paris", "u_account": "Boxeo"}, place, known=known)) == 1
    assert len(problems({"u_location": "Paris"}, place, known=known)) == 1


def test_only_the_owner_is_blamed_when_it_is_not_found() -> None:
    owner = Validation("1", "u_account", "reference", order=2, **ACCOUNT)
    place = Validation(
        "2", "u_location", "reference", order=1, within="u_account",
        reference_table="cmn_location", reference_field="name",
    )  # fmt: skip
    row = {"u_location": "Paris", "u_account": "Aldris"}
    assert [problem["field"] for problem in problems(row, place, owner)] == ["u_account"]
    assert [problem["field"] for problem in problems(row, place)] == ["u_location"], "nobody else would say it"
    found = problems(row | {"u_account": "Alderis"}, place, owner)
    assert [problem["field"] for problem in found] == ["u_location"]


def test_what_is_to_be_looked_up_is_told_first() -> None:
    rows = [{"u_x": "Alderis", "u_y": "Boxeo"}, {"u_x": "Aldris", "u_y": ""}, {}]
    checks = [one("reference", **ACCOUNT), Validation("2", "u_y", "reference", **ACCOUNT), one("boolean")]
    assert needed_references(rows, checks) == {("customer_account", "name"): {"Alderis", "Aldris", "Boxeo"}}


def test_an_unknown_reference_table_finds_nothing() -> None:
    assert len(problems({"u_x": "Alderis"}, one("reference", **ACCOUNT), known={})) == 1


def test_scripts_are_left_to_the_sandbox() -> None:
    assert problems({}, Validation("1", kind="record", script="1", mandatory=True)) == []


def test_a_format_that_is_none_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        problems({}, one("date", date_format="tomorrow"))


@pytest.mark.parametrize("code", MESSAGES)
def test_every_message_has_the_same_placeholders_in_both_languages(code: str) -> None:
    params = {"value": "v", "max": 1, "format": "f", "message": "m"}
    for locale in ("en", "fr"):
        assert message(stored("rule", "u_x", code, **params), "X", locale)
    english, french = MESSAGES[code]
    assert {part.split("}")[0] for part in english.split("{")[1:]} == {
        part.split("}")[0] for part in french.split("{")[1:]
    }


@given(
    st.sampled_from(["date", "datetime", "boolean", "integer_or_decimal", "choice", "email", "url"]),
    st.one_of(
        st.text(max_size=40),
        st.from_regex(r"[-+]?[0-9]{1,22}([.,][0-9]{1,16})?", fullmatch=True),
        st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?", fullmatch=True),
        st.emails(),
        st.sampled_from(["yes", "Non", "French", "fr", "https://a.example"]),
    ),
)
def test_what_passes_converts_and_what_fails_does_not(sub_type: str, text: str) -> None:
    check = one(sub_type, choices=LANGUAGES)
    read = reader(sub_type, choices=LANGUAGES)
    if not text or problems({"u_x": text}, check):
        if text and text not in CELL_ERRORS:
            with pytest.raises(ValueError):  # noqa: PT011 - whatever the reader says
                read(text)
    else:
        read(text)
