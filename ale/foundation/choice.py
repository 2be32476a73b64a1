"""Choice: a stored value and its label in both languages, in one line."""

from enum import StrEnum
from typing import Self

from ale.foundation.label import Label


class Choice(StrEnum):
    """Declare members as `NEW = "new", "New", "Nouveau"`; further strings are aliases accepted from outside."""

    label: Label
    aliases: tuple[str, ...]

    def __new__(cls, value: str, *labels: str) -> Self:  # for type checkers also what finds a member by its value
        en, fr, *aliases = labels
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = Label(en, fr)
        member.aliases = tuple(aliases)
        return member

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The member meant by a stored value, a label in either language or an alias; None when there is none."""
        wanted = text.strip().casefold()
        return next((member for member in cls if wanted in member._spellings()), None)

    def _spellings(self) -> set[str]:
        return {word.casefold() for word in (self.value, *self.label, *self.aliases)}
