"""A label in both languages of the product."""

from typing import Any, NamedTuple


class Label(NamedTuple):
    """What a person reads for a declared thing; English is also its id in messages."""

    en: str
    fr: str

    def text(self, locale: str) -> str:
        """The label in `locale` ("en" or "fr"; anything else reads English)."""
        return self.fr if locale == "fr" else self.en


def in_language(value: Any, language: str) -> Any:
    """A configured text that is given in both languages, {en, fr}, in this one; any other value as it is."""
    if not isinstance(value, dict) or not value.keys() <= set(Label._fields):
        return value
    return value.get(language) or value.get("en") or ""
