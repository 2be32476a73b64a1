"""Texts on their way into staging, the same by every door: cleaned, words that stand for a choice replaced. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ale.domains.imports.confined.cells import clean
from ale.domains.imports.values import reference_key
from ale.domains.imports.workbook import Row

Meanings = Mapping[str, Mapping[str, str]]
"""By column the choice that is meant by a word, which stands as `reference_key` has it."""


def entered(texts: Mapping[str, str], meanings: Meanings) -> dict[str, str]:
    """Cells as somebody typed or sent them, as a file with the same cells would bring them."""
    row = {name: clean(text) for name, text in texts.items()}
    _say_what_is_meant([row], meanings)
    return row


def cells_of(mapping: Mapping[str, Any], rows: Sequence[Row]) -> list[dict[str, str]]:
    """The cells of rows of a file, which are clean as they are read, by column; empty ones are left out."""
    names = mapping["columns"]
    cells = [{name: text for name, text in zip(names, row.values, strict=True) if text and name} for row in rows]
    _say_what_is_meant(cells, mapping["values"])
    return cells


def _say_what_is_meant(rows: Sequence[dict[str, str]], meanings: Meanings) -> None:
    """Put the choice that is meant in the place of the word that people have for it."""
    for name, words in meanings.items():
        for row in rows:
            if (text := row.get(name)) and (meant := words.get(reference_key(text))):
                row[name] = meant
