"""Every sentence of code and templates exists in French, with the same placeholders; nothing is left over."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "Problem": (2,), "sentence": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.fixture(scope="module")
def said() -> set[str]:
    """The message ids of code and templates."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT / "ale", methods, options, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.fixture(scope="module")
def french() -> Catalog:
    """The catalogue in the repository."""
    with (ROOT / "ale/translations/fr/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="fr")


def test_every_sentence_is_in_french(said: set[str], french: Catalog) -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in french if m.string and not m.fuzzy}
    assert sorted(said - known) == []


def test_no_translation_is_left_over(said: set[str], french: Catalog) -> None:
    ids = {m.id if isinstance(m.id, str) else m.id[0] for m in french if m.id}
    assert sorted(ids - said) == []


def test_placeholders_are_the_same(french: Catalog) -> None:
    for message in french:
        if isinstance(message.id, str) and message.id:
            assert set(PLACEHOLDER.findall(message.id)) == set(PLACEHOLDER.findall(str(message.string))), message.id
