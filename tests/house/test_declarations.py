"""What every declaration carries: words in both languages, and somebody who may read it."""

from collections.abc import Iterator

import pytest

from ale import domains
from ale.domains.people.roles import SUPPLIED, closure
from ale.foundation.choice import Choice
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.record import RECORDS, Record, Section

domains.load()
NAMES = sorted(RECORDS)
ROLES = {role.name for role in SUPPLIED}


def labels(record_type: type[Record]) -> Iterator[tuple[str, Label]]:
    """Every label that a type declares, with what it is the label of."""
    sheet = record_type.__sheet__
    yield from (("label", sheet.label), ("plural", sheet.plural))
    yield from ((f"section {part.label.en}", part.label) for part in sheet.form)
    yield from ((f"step {one.name}", one.label) for one in sheet.flow)
    yield from ((one.name, one.label) for one in sheet.calculated)
    for name, item in fields_of(record_type).items():
        yield name, item.label
        if item.facts.hint:
            yield f"hint of {name}", item.facts.hint
        if item.choices:
            yield from ((f"{name}={one.value}", one.label) for one in item.choices)


@pytest.mark.parametrize("name", NAMES)
def test_every_label_is_there_in_both_languages(name: str) -> None:
    for what, label in labels(RECORDS[name]):
        assert label.en.strip(), f"{what} in English"
        assert label.fr.strip(), f"{what} in French"
        assert "'" not in label.fr, f"{what}: the typographic apostrophe is ’ ({label.fr})"


@pytest.mark.parametrize("name", NAMES)
def test_values_of_a_choice_are_told_apart_in_both_languages(name: str) -> None:
    for item in fields_of(RECORDS[name]).values():
        if item.choices:
            kinds: type[Choice] = item.choices
            for locale in ("en", "fr"):
                shown = [one.label.text(locale) for one in kinds]
                assert len(shown) == len(set(shown)), kinds


@pytest.mark.parametrize("name", NAMES)
def test_fields_of_a_form_are_told_apart(name: str) -> None:
    known = fields_of(RECORDS[name])
    for locale in ("en", "fr"):
        shown = [
            known[one].label.text(locale)
            for part in RECORDS[name].__sheet__.form
            for one in part.fields
            if one in known
        ]
        assert sorted(shown) == sorted(set(shown))


@pytest.mark.parametrize("name", NAMES)
def test_somebody_may_read_it_and_rights_name_roles_that_exist(name: str) -> None:
    access = RECORDS[name].__sheet__.access
    assert access.read
    named = {*access.read, *access.create, *access.write, *access.delete, *access.customer_read, *access.customer_write}
    for item in fields_of(RECORDS[name]).values():
        named |= {*item.facts.read_roles, *item.facts.write_roles}
    assert named - {"*"} <= ROLES


@pytest.mark.parametrize("name", NAMES)
def test_the_form_shows_each_field_once(name: str) -> None:
    shown = [one for part in RECORDS[name].__sheet__.form for one in part.fields]
    assert len(shown) == len(set(shown))
    assert all(isinstance(part, Section) and part.fields for part in RECORDS[name].__sheet__.form)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles_contain_roles_that_exist(role: str) -> None:
    assert closure([role]) <= ROLES


def test_the_documented_spellings_of_a_role_name_one_role() -> None:
    names = [name for role in SUPPLIED for name in (role.name, *role.aliases)]
    assert len(names) == len(set(names))
