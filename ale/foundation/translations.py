"""Sentences for somebody who is not asking now: notes, mails and messages that are kept, in that person's language."""

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

_CATALOGUES = Path(__file__).parents[1] / "translations"


@cache
def translator(language: str) -> Callable[[str], str]:
    """What says an English sentence in this language; as it is where there is no catalogue."""
    return gettext.translation("messages", _CATALOGUES, [language], fallback=True).gettext
