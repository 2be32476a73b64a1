"""Words that mean the same in English and French, for proposals only: people confirm what is proposed from them."""

from functools import lru_cache
from pathlib import Path

import yaml

from ale.domains.imports.headings import heading_key

_KNOWN = yaml.safe_load(Path(__file__).with_name("synonyms.yaml").read_text("utf-8"))
_CONCEPTS = [frozenset(map(heading_key, words)) - {""} for words in _KNOWN["headings"]]
_SEPARATORS = str.maketrans(dict.fromkeys("’'_-().:*", " "))
_FILLERS = frozenset(_KNOWN["fillers"])
_MEANT = {word.casefold(): value for value, words in _KNOWN["values"].items() for word in words}


@lru_cache(maxsize=2048)  # the columns of an import are compared with each heading of a file
def concepts(heading: str) -> frozenset[int]:
    """What a heading may speak of, as it stands or without the words that add nothing."""
    words = heading.casefold().translate(_SEPARATORS).split()
    telling = "".join(word for word in words if word not in _FILLERS)
    keys = {heading_key(heading), heading_key(telling)} - {""}
    return frozenset(place for place, known in enumerate(_CONCEPTS) if keys & known)


def usual_meaning(text: str) -> str:
    """The value of a choice that a word usually stands for; "" where none is usual."""
    return str(_MEANT.get(text.strip().casefold(), ""))
