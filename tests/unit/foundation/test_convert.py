"""What comes from outside becomes a stored value or a problem, the same for every door."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ale.foundation.choice import Choice
from ale.foundation.convert import as_text, convert
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.label import Label


class Size(Choice):
    SMALL = "small", "Small", "Petit"
    LARGE = "large", "Large", "Grand", "9"


def field(kind: Kind, *, max_length: int | None = None, **facts: Any) -> Field:
    """A field of this kind."""
    choices = Size if kind is Kind.CHOICE else None
    return Field("one", kind, False, max_length, choices, Facts(Label("One", "Un"), **facts), None)


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        (Kind.TEXT, "  a b ", "a b"),
        (Kind.TEXT, 12, "12"),
        (Kind.TEXT, True, "true"),
        (Kind.TEXT, "a\x00b", "ab"),
        (Kind.TEXT, "half a pair \ud800", "half a pair ?"),
        (Kind.LONG_TEXT, " a\n", " a\n"),
        (Kind.INTEGER, " 12 ", 12),
        (Kind.DECIMAL, "1,50", Decimal("1.50")),
        (Kind.BOOLEAN, "Oui", True),
        (Kind.BOOLEAN, "N", False),
        (Kind.BOOLEAN, True, True),
        (Kind.BOOLEAN, 0, False),
        (Kind.DATE, "2026-01-31", date(2026, 1, 31)),
        (Kind.DATE, datetime.fromisoformat("2026-01-31 08:00:00"), date(2026, 1, 31)),
        (Kind.DATETIME, "2026-01-31 08:15:00", datetime.fromisoformat("2026-01-31 08:15:00")),
        (Kind.DATETIME, "2026-01-31T08:15:00+02:00", datetime.fromisoformat("2026-01-31 06:15:00")),
        (Kind.CHOICE, "SMALL", Size.SMALL),
        (Kind.CHOICE, "Grand", Size.LARGE),
        (Kind.CHOICE, "9", Size.LARGE),
        (Kind.LIST, "a, b,a,", ["a", "b"]),
        (Kind.LIST, ["a", "b"], ["a", "b"]),
        (Kind.LIST, [1, "2\x00", "\x00"], ["1", "2"]),
        (Kind.LIST, "", []),
        (Kind.JSON, '{"a": 1}', {"a": 1}),
        (Kind.TEXT, "   ", None),
        (Kind.DATE, None, None),
    ],
)
def test_a_value_is_read(kind: Kind, given: Any, stored: Any) -> None:
    assert convert(field(kind), given) == (stored, None)


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        (Kind.INTEGER, "1.5", "INVALID_NUMBER"),
        (Kind.INTEGER, "99999999999", "INVALID_NUMBER"),
        (Kind.DECIMAL, "NaN", "INVALID_NUMBER"),
        (Kind.DECIMAL, "1e30", "INVALID_NUMBER"),
        (Kind.BOOLEAN, "perhaps", "INVALID_BOOLEAN"),
        (Kind.DATE, "31/01/2026", "INVALID_DATE"),
        (Kind.DATE, "2026-02-30", "INVALID_DATE"),
        (Kind.DATETIME, "yesterday", "INVALID_DATETIME"),
        (Kind.CHOICE, "medium", "INVALID_CHOICE"),
        (Kind.JSON, "{", "INVALID_JSON"),
        (Kind.JSON, "[NaN]", "INVALID_JSON"),
        (Kind.JSON, '"\\ud800"', "INVALID_JSON"),
        (Kind.JSON, "[" * 100_000, "INVALID_JSON"),
        (Kind.LIST, ["\ud800"], "INVALID_REFERENCE"),
        (Kind.TEXT, {"value": "a"}, "INVALID_VALUE"),
        (Kind.REFERENCE, ["a"], "INVALID_REFERENCE"),
    ],
)
def test_what_cannot_be_read_is_a_problem_on_the_field(kind: Kind, given: Any, code: str) -> None:
    value, problem = convert(field(kind), given)
    assert value is None
    assert problem is not None
    assert (problem.code, problem.field) == (code, "one")


def test_limits_of_text_and_numbers_are_named() -> None:
    assert convert(field(Kind.TEXT, max_length=3), "abcd")[1].text() == "Use at most 3 characters."
    assert convert(field(Kind.TEXT, max_length=3), "abc") == ("abc", None)
    bounded = field(Kind.INTEGER, minimum=0, maximum=100)
    assert convert(bounded, "101")[1].code == "OUT_OF_RANGE"
    assert convert(bounded, "100") == (100, None)


@pytest.mark.parametrize("address", ["a@b.example", "a.b+c@d-e.example.org"])
def test_an_address_of_mail_is_accepted(address: str) -> None:
    assert convert(field(Kind.TEXT, format="email"), address) == (address, None)


@pytest.mark.parametrize(
    "address", ["a", "a@b", "a@b.", "a b@c.example", "a@b@c.example", "<a@b.example>", "a@b..example"]
)
def test_what_is_no_address_of_mail_is_refused(address: str) -> None:
    assert convert(field(Kind.TEXT, format="email"), address)[1].code == "INVALID_EMAIL"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "example.org", "data:text/html,x"])
def test_only_web_addresses_are_addresses(address: str) -> None:
    assert convert(field(Kind.TEXT, format="url"), address)[1].code == "INVALID_URL"


anything = (
    st.dates()
    | st.datetimes()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=4,
    )
)


@given(kind=st.sampled_from(Kind), given=anything)
def test_nothing_breaks_it_and_what_it_stores_can_be_written_and_read_again(kind: Kind, given: Any) -> None:
    value, problem = convert(field(kind), given)
    assert problem is None or value is None
    text = as_text(value)
    text.encode()
    if problem is None and kind not in (Kind.JSON, Kind.LIST, Kind.LONG_TEXT):
        assert as_text(convert(field(kind), text)[0]) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (datetime.fromisoformat("2026-01-31 08:15:00"), "2026-01-31 08:15:00"),
        (date(2026, 1, 31), "2026-01-31"),
        (Decimal("1500.00"), "1500"),
        (Decimal("0.10"), "0.1"),
        (["a", "b"], "a,b"),
        ({"b": 1, "a": "é"}, '{"a": "é", "b": 1}'),
        ([{"a": 1}], '[{"a": 1}]'),
        (Size.LARGE, "large"),
    ],
)
def test_a_value_is_written(value: Any, text: str) -> None:
    assert as_text(value) == text
