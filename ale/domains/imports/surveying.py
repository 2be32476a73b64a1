"""What a file looks like before anything of it is loaded: a few values of each heading, and how many. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

SAMPLES = 3
MOST_VALUES = 40
"""Different values of a column that are told apart; a column with more is no column of choices."""

_LONGEST = 80  # characters; what is longer is no choice either, and is shown cut off


@dataclass
class Surveyed:
    """One column of a file: `values` are its different values with their rows, None where those are too many."""

    heading: str
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    values: dict[str, int] | None = field(default_factory=dict)

    def see(self, texts: Iterable[str]) -> None:
        """Take the cells of further rows into account."""
        for text in texts:
            if text:
                self.filled += 1
                if self.values is not None:
                    self._tell_apart(text)

    def _tell_apart(self, text: str) -> None:
        assert self.values is not None
        if text not in self.values and len(self.samples) < SAMPLES:
            self.samples.append(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
        self.values[text] = self.values.get(text, 0) + 1
        if len(self.values) > MOST_VALUES or len(text) > _LONGEST:
            self.values = None


class Survey:
    """A file that is being looked through."""

    def __init__(self, headings: Sequence[str]) -> None:
        self.columns = [Surveyed(heading) for heading in headings]
        self.rows = 0

    def see(self, rows: Sequence[Sequence[str]]) -> None:
        """Take further rows into account."""
        self.rows += len(rows)
        for column, texts in zip(self.columns, zip(*rows, strict=True), strict=True) if rows else ():
            column.see(texts)

    def as_json(self) -> dict[str, Any]:
        """As the import set keeps it."""
        return {"rows": self.rows, "columns": [vars(column) for column in self.columns]}


def surveyed(kept: dict[str, Any]) -> list[Surveyed]:
    """The columns of a survey that was kept."""
    return [Surveyed(**column) for column in kept["columns"]]
