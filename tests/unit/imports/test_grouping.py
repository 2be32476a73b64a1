"""Problems with the same cause are one group, and the likely right value is proposed."""

import time

import pytest

from ale.domains.imports.grouping import Cause, Speller, group

ACCOUNTS = ["Genixify", "Boxeo", "Alderis", "Alderis Group"]


def known(rule: str, field: str) -> list[str]:
    return ACCOUNTS if (rule, field) == ("reference", "u_account") else []


def test_the_most_frequent_cause_comes_first_with_its_suggestion() -> None:
    found = [
        ("mandatory", "u_name", "", 3),
        ("reference", "u_account", "Genixfy", 300),
        ("reference", "u_account", "GENIXFY ", 12),
        ("reference", "u_site", "Genixfy", 1),
        ("length", "u_notes", "a" * 99, 1),
        ("length", "u_notes", "b" * 99, 1),
        ("script", "", "The account is not that of the case.", 2),
    ]
    assert group(found, known) == [
        Cause("reference", "u_account", "Genixfy", 312, "Genixify"),
        Cause("mandatory", "u_name", "", 3),
        Cause("script", "", "The account is not that of the case.", 2),
        Cause("length", "u_notes", "", 2),
        Cause("reference", "u_site", "Genixfy", 1),
    ]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Genixify SA", "Genixify"),
        ("Boxoe", "Boxeo"),
        ("aldéris", "Alderis"),
        ("ALDERIS GROUPE", "Alderis Group"),
        ("Zürich", ""),
        ("", ""),
        ("x", ""),
    ],
)
def test_suggestions(wrong: str, right: str) -> None:
    assert Speller(ACCOUNTS).suggest(wrong) == right


def test_nothing_is_suggested_from_nothing() -> None:
    assert Speller([]).suggest("Genixify") == ""
    assert group([("reference", "u_account", "x", 1)]) == [Cause("reference", "u_account", "x", 1)]


def test_many_known_values_are_no_hindrance() -> None:
    speller = Speller(f"Customer {n:05} of the region" for n in range(50_000))
    began = time.monotonic()
    assert [speller.suggest(f"Custmer {n:05} of the region") for n in range(5)]
    assert time.monotonic() - began < 5
