"""Texts become values of their kind, or are refused."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ale.domains.imports.confined.cells import LONGEST, clean, number, shown
from ale.domains.imports.values import is_date_format, reader, reference_key


def refuses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("text", ["true", "TRUE", "Yes", "y", "1", "oui", "OUI", "Vrai"])
def test_words_for_true(text: str) -> None:
    assert reader("boolean")(text) is True


@pytest.mark.parametrize("text", ["false", "False", "NO", "n", "0", "non", "Faux"])
def test_words_for_false(text: str) -> None:
    assert reader("boolean")(text) is False


@pytest.mark.parametrize("text", ["maybe", "on", "2", "01", "oui non", "−1"])
def test_other_words_are_neither(text: str) -> None:
    assert refuses(reader("boolean"), text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("-3", "-3"),
        ("+0042", "42"),
        ("0.10", "0.10"),
        ("0.0333333333333333", "0.0333333333333333"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert reader("integer_or_decimal")(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["1 000", "1,000.5", "1.000,5", "12.", ".5", "1e5", "x", "--1", "٣", "NaN", "inf", "9" * 30]
)
def test_what_is_no_number(text: str) -> None:
    assert refuses(reader("integer_or_decimal"), text)


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ("", "2025-02-28", date(2025, 2, 28)),
        ("yyyy-MM-dd", "2024-02-29", date(2024, 2, 29)),
        ("YYYY-MM-DD", "2025-02-28", date(2025, 2, 28)),
        ("dd/MM/yyyy", "28/02/2025", date(2025, 2, 28)),
        ("d.M.yy", "8.2.25", date(2025, 2, 8)),
        ("d.M.yy", "28.12.99", date(1999, 12, 28)),
        ("MM/dd/yyyy", "02/28/2025", date(2025, 2, 28)),
        ("yyyyMMdd", "20250228", date(2025, 2, 28)),
        ("dd 'of' MM yyyy", "28 of 02 2025", date(2025, 2, 28)),
        ("dd/MM/yyyy", "2025-02-28", date(2025, 2, 28)),  # a true Excel date
        ("dd/MM/yyyy", "2025-02-28 00:00:00", date(2025, 2, 28)),
    ],
)
def test_dates_in_their_format(format_: str, text: str, value: date) -> None:
    assert reader("date", date_format=format_)(text) == value


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("yyyy-MM-dd", "2025-02-30"),
        ("yyyy-MM-dd", "2025-2-28"),
        ("yyyy-MM-dd", "28/02/2025"),
        ("yyyy-MM-dd", "2025-02-28x"),
        ("yyyy-MM-dd", "2025-02-28 08:30:00"),
        ("yyyy-MM-dd", "0000-01-01"),
        ("yyyy-MM-dd", "２０２５-02-28"),
        ("dd/MM/yyyy", "02/28/2025"),
        ("dd/MM/yyyy", "28/02/25"),
        ("dd.MM.yyyy", "28x02x2025"),
    ],
)
def test_what_is_no_date(format_: str, text: str) -> None:
    assert refuses(reader("date", date_format=format_), text)


@pytest.mark.parametrize(
    ("format_", "text", "value"),
    [
        ("", "2025-02-28 08:30:00", "2025-02-28T08:30:00"),
        ("dd/MM/yyyy HH:mm", "28/02/2025 23:59", "2025-02-28T23:59:00"),
        ("dd/MM/yyyy hh:mm a", "28/02/2025 12:05 AM", "2025-02-28T00:05:00"),
        ("dd/MM/yyyy h:mm a", "28/02/2025 1:05 pm", "2025-02-28T13:05:00"),
        ("YYYY-MM-DD HH:MM:SS", "2025-02-28 08:30:01", "2025-02-28T08:30:01"),
        ("yyyy-MM-dd'T'HH:mm:ss", "2025-02-28T08:30:00", "2025-02-28T08:30:00"),
        ("dd/MM/yyyy HH:mm", "2025-02-28", "2025-02-28T00:00:00"),  # a true Excel date at midnight
    ],
)
def test_moments_in_their_format(format_: str, text: str, value: str) -> None:
    assert reader("datetime", date_format=format_)(text) == datetime.fromisoformat(value)


@pytest.mark.parametrize("text", ["2025-02-28 25:00:00", "2025-02-28 08:60:00", "2025-02-28 8:30", "tomorrow"])
def test_what_is_no_moment(text: str) -> None:
    assert refuses(reader("datetime"), text)


def test_an_hour_of_thirteen_has_no_half_of_the_day() -> None:
    assert refuses(reader("datetime", date_format="dd/MM/yyyy hh:mm a"), "28/02/2025 13:05 AM")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("yyyy-MM-dd", True),
        ("dd/MM/yyyy HH:mm", True),
        ("dd/MM", False),
        ("yyyy-MM-dd Q", False),
        ("yyy-MM-dd", False),
        ("", False),
        ("dd dd MM yyyy", False),
    ],
)
def test_formats_are_checked(text: str, is_one: bool) -> None:
    assert is_date_format(text) is is_one


def test_choices_are_values_or_labels_of_either_language() -> None:
    read = reader("choice", choices={"fr": ["French", "Français"], "es": ["Spanish"]})
    assert [read(text) for text in ("fr", "FR", "french", "FRANÇAIS", "spanish")] == ["fr", "fr", "fr", "fr", "es"]
    assert refuses(read, "de")


def test_a_label_never_hides_a_value() -> None:
    assert reader("choice", choices={"a": ["b"], "b": ["a"]})("b") == "b"


@pytest.mark.parametrize("text", ["a@b.example", "o’neil+x@sub.genixify.example", "müller@bücher.example"])
def test_addresses(text: str) -> None:
    assert reader("email")(text) == text


@pytest.mark.parametrize(
    "text",
    ["nonsense", "a@b", "a b@c.example", "a@@b.example", "a@b..example", "@b.example", "a@b.example, c@d.example"],
)
def test_what_is_no_address(text: str) -> None:
    assert refuses(reader("email"), text)


def test_web_addresses() -> None:
    assert reader("url")("https://genixify.example/a?b=c") == "https://genixify.example/a?b=c"
    for text in (
        "genixify.example",
        "ftp://x.example",
        "https://",
        "https://a b.example",
        "javascript:alert(1)",
        "http://[x",
    ):
        assert refuses(reader("url"), text), text


def test_references_compare_without_case_and_blanks() -> None:
    assert reference_key(" Genixify\u00a0 SAS ") == reference_key("GENIXIFY sas")
    assert reference_key("Paris", "Genixify") != reference_key("Paris", "Boxeo")
    assert reference_key("ÉTÉ") == reference_key("été")
    assert reference_key("Straße") != reference_key("STRASSE"), "no database finds one by the other"


@given(st.text())
def test_clean_text_is_stable_and_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert len(cleaned) <= LONGEST + 1
    assert not set(cleaned) & {"\0", "\a", "\x7f", "\r", "\ufffe"}
    assert cleaned.encode().decode() == cleaned


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=3))
def test_numbers_as_typed_are_shown_as_typed(value: Decimal) -> None:
    typed = f"{value:.15g}" if abs(value) < 10**11 else f"{value:.0f}"
    assert Decimal(number(float(typed))) == Decimal(typed)


@given(st.floats(min_value=-9.9e307, max_value=9.9e307))  # as far as Excel goes
def test_every_number_within_excels_digits_is_a_number_again(value: float) -> None:
    text = shown(value)
    assert float(text) == pytest.approx(value, rel=1e-14, abs=1e-300)
    assert text != "-0"
    assert not text.endswith(".0")


def test_seconds_are_rounded_not_cut() -> None:
    assert shown(datetime.fromisoformat("2025-02-28T08:29:59.999999")) == "2025-02-28 08:30:00"
    assert shown(datetime.fromisoformat("9999-12-31T23:59:59.999999")) == "9999-12-31 23:59:59", (
        "there is no second after it"
    )
