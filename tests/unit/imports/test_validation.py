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


DAY, MOMENT = "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss"
KINDS = {
    "VAL_01": (one("reference", **ACCOUNT), ["Alderis", "alderis", " Boxeo "], ["Aldris", "Alderis SA"]),
    "VAL_02": (one("choice", choices=LANGUAGES), ["fr", "French", "français", "ANGLAIS"], ["Dutch", "f"]),
    "VAL_03": (one("date", date_format=DAY), ["2025-02-28", "2024-02-29", "2025-02-28 00:00:00"],
               ["2025-02-30", "2025-02-29", "2025-13-01", "28/02/2025"]),
    "VAL_04": (one("datetime", date_format=MOMENT), ["2025-02-28 08:30:00", "2025-02-28 23:59:59"],
               ["2025-02-28 25:00:00", "2025-02-28 08:60:00", "2025-02-30 08:30:00", "2025-02-28 08:30"]),
    "VAL_05": (one("boolean"), [case(word) for word in ("true", "false", "yes", "no", "1", "0", "vrai", "faux", "oui",
                                "non") for case in (str.lower, str.upper, str.title)], ["maybe", "2", "peut-être"]),
    "VAL_06": (one("string_limit", max_length=10), ["x" * 10, "x", "é" * 10], ["x" * 11, "é" * 11]),
    "VAL_07": (one("integer_or_decimal"), ["12.5", "12,5", "12", "-3"], ["1,000.5", "1 000", "12 units", "1.000,5"]),
    "VAL_08": (one(mandatory=True), ["x", "0"], [""]),
}  # fmt: skip
"""Of each sub type what passes and what fails; VAL_08 is a check that is mandatory and no more."""
SENTENCES = {
    "VAL_01": ("reference", "VAL_REFERENCE", "X: {} was not found.", "X : {} est introuvable."),
    "VAL_02": ("choice", "VAL_CHOICE", "X: {} is not an available choice.", "X : {} ne fait pas partie des choix."),
    "VAL_03": ("date", "VAL_DATE", f"X: {{}} is not a date in the format {DAY}.",
               f"X : {{}} n’est pas une date au format {DAY}."),
    "VAL_04": ("datetime", "VAL_DATETIME", f"X: {{}} is not a date and time in the format {MOMENT}.",
               f"X : {{}} n’est pas une date et heure au format {MOMENT}."),
    "VAL_05": ("boolean", "VAL_BOOLEAN", "X: {} is neither true nor false.", "X : {} n’est ni vrai ni faux."),
    "VAL_06": ("length", "VAL_LENGTH", "X: longer than 10 characters.", "X : plus de 10 caractères."),
    "VAL_07": ("number", "VAL_NUMBER", "X: {} is not a number.", "X : {} n’est pas un nombre."),
    "VAL_08": ("mandatory", "VAL_MANDATORY", "X: a value is required.", "X : une valeur est obligatoire."),
}  # fmt: skip


def each(place: int) -> Any:
    """One test for each value that passes (1) or fails (2), named by its rule."""
    cases = [
        pytest.param(rule, kind[0], text, id=f"{rule}_E{place}_{number}")
        for rule, kind in KINDS.items()
        for number, text in enumerate(kind[place], 1)
    ]
    return pytest.mark.parametrize(("rule", "check", "text"), cases)


@each(1)
def test_what_fits_passes(rule: str, check: Validation, text: str) -> None:
    assert problems({"u_x": text}, check) == []


@each(2)
def test_what_does_not_fit_fails_with_its_sentence(rule: str, check: Validation, text: str) -> None:
    kind, code, english, french = SENTENCES[rule]
    [problem] = problems({"u_x": text}, check)
    assert (problem["rule"], problem["field"], problem["code"]) == (kind, "u_x", code)
    assert message(problem, "X", "en") == english.format(text)
    assert message(problem, "X", "fr") == french.format(text)


@pytest.mark.parametrize(
    ("validation", "good", "bad", "sentence"),
    [
        (one("email"), "a@b.example", "a@b", "X: a@b is not an email address."),
        (one("url"), "http://b.example", "b.example", "X: b.example is not a web address that begins"),
    ],
)
def test_formats_that_the_manual_does_not_have(validation: Validation, good: str, bad: str, sentence: str) -> None:
    assert problems({"u_x": good}, validation) == []
    [problem] = problems({"u_x": bad}, validation)
    assert problem["rule"] == "format"
    assert message(problem, "X", "en").startswith(sentence)


def test_sentences_are_french_for_the_french() -> None:
    [problem] = problems({"u_x": "30/02/2025"}, one("date", date_format="dd/MM/yyyy"))
    assert message(problem, "Début", "fr") == "Début : 30/02/2025 n’est pas une date au format dd/MM/yyyy."


@pytest.mark.parametrize(
    "sub_type", ["reference", "choice", "date", "datetime", "boolean", "integer_or_decimal", "email"]
)
def test_VAL_08_E1_E2_an_empty_value_is_only_asked_for_when_mandatory(sub_type: str) -> None:
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
