"""What can go wrong with a request, said so that the door can answer it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ale.foundation.label import Label


class Problem:
    """One reason why a save is refused.

    `message` is the English sentence with {placeholders}, the id of its translation; `params` fill them.
    """

    def __init__(self, code: str, message: str, field: str | None = None, **params: object) -> None:
        self.code, self.message, self.field, self.params = code, message, field, params

    def __repr__(self) -> str:
        return f"Problem({self.code}, {self.text()!r}, field={self.field})"

    def text(self, translate: Callable[[str], str] = str, locale: str = "en") -> str:
        """The sentence, translated by `translate` and filled; labels among the params are given in `locale`."""
        shown = {name: one.text(locale) if isinstance(one, Label) else one for name, one in self.params.items()}
        return translate(self.message).format(**shown)

    def kept(self) -> dict[str, Any]:
        """The problem as JSON, to be said in any language later."""
        params = {name: one if isinstance(one, Label | int) else str(one) for name, one in self.params.items()}
        return {"code": self.code, "message": self.message, "field": self.field, "params": params}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Problem":
        """The problem that was kept so; JSON made lists of labels."""
        problem = cls(kept["code"], kept["message"], kept["field"])
        problem.params = {name: Label(*one) if isinstance(one, list) else one for name, one in kept["params"].items()}
        return problem


def sentence(text: str) -> str:
    """Mark an English sentence for translation where it stands apart from the Problem that says it."""
    return text


class Refusal(Exception):
    """Base of everything the one path of reading and writing may answer instead of doing it."""


class Rejected(Refusal):
    """A save broke rules: all problems of that save; nothing was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.field or '-'}: {p.text()}" for p in problems))
        self.problems = list(problems)

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]


class Forbidden(Refusal):
    """The actor's roles do not allow this."""


class NotVisible(Refusal):
    """There is no such record for this actor; whether it exists is not said."""


class Conflict(Refusal):
    """Somebody else saved the record meanwhile; `record` holds what is stored now, None when several were at stake."""

    def __init__(self, record: object) -> None:
        super().__init__("the record was changed meanwhile")
        self.record = record
