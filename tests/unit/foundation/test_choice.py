"""A choice is its stored value, and is understood in both languages."""

import pytest

from ale.foundation.choice import Choice


class Mood(Choice):
    FINE = "fine", "Fine", "Bien", "1"
    POOR = "poor", "Poor", "Mauvais"


def test_a_member_is_its_stored_value() -> None:
    assert Mood.FINE == "fine"
    assert f"{Mood.FINE}" == "fine"
    assert Mood("poor") is Mood.POOR


def test_a_member_has_a_label_in_both_languages() -> None:
    assert Mood.POOR.label.text("fr") == "Mauvais"
    assert Mood.POOR.label.text("de") == "Poor"


@pytest.mark.parametrize("text", ["fine", "FINE", " Fine ", "bien", "1"])
def test_value_labels_and_aliases_are_read_in_any_case(text: str) -> None:
    assert Mood.read(text) is Mood.FINE


def test_other_words_are_no_member() -> None:
    assert Mood.read("great") is None
    assert Mood.read("") is None
