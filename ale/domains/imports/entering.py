"""Texts on their way into staging, the same by every door: cleaned, words that stand for a choice replaced. Pure."""

from collections.abc import Mapping, Sequence

from ale.domains.imports.confined.cells import clean
from ale.domains.imports.values import reference_key

Meanings = Mapping[str, Mapping[str, str]]
"""By column the choice that is meant by a word, which stands as `reference_key` has it."""


def entered(texts: Mapping[str, str], meanings: Meanings) -> dict[str, str]:
    """Cells as somebody typed or sent them, as a file with the same cells would bring them."""
    row = {name: clean(text) for name, text in texts.items()}
    say_what_is_meant([row], meanings)
    return row


def say_what_is_meant(rows: Sequence[dict[str, str]], meanings: Meanings) -> None:
    """Put the choice that is meant in the place of the word that people have for it."""
    for name, words in meanings.items():
        for row in rows:
            if (text := row.get(name)) and (meant := words.get(reference_key(text))):
                row[name] = meant
