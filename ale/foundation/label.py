"""A label in both languages of the product."""

from typing import NamedTuple


class Label(NamedTuple):
    """What a person reads for a declared thing; English is also its id in messages."""

    en: str
    fr: str

    def text(self, locale: str) -> str:
        """The label in `locale` ("en" or "fr"; anything else reads English)."""
        return self.fr if locale == "fr" else self.en
