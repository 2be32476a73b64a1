"""Tables as the API serves them: every record type, and whatever else is declared to read like one.

A domain that keeps rows of another shape (staging rows, history) gives a `Table` of its own; `serve` makes it known
under its name. Names may come and go with the data, e.g. the import tables an administrator makes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.problem import Forbidden
from ale.foundation.query import Columns, columns_of
from ale.foundation.reading import find, readable_figures, visible
from ale.foundation.record import RECORDS, Calculated, Record, values_of
from ale.foundation.statements import among

Given = Mapping[str, Any]


class Table(ABC):
    """What the API needs of a table; one that is `read_only` is never asked for the last three."""

    name: str
    read_only = True
    report_view: tuple[str, ...] | None = None
    """Who of the staff may make figures of its rows; None: everybody who reads them."""

    @abstractmethod
    def columns(self, by: Actor) -> Columns:
        """The columns that `by` may see, by API name and in order; "sys_id" is among them."""

    @abstractmethod
    def rows(self, by: Actor) -> Select[Any]:
        """A SELECT of the rows that `by` may read; Forbidden when there can be none."""

    def counted(self, by: Actor) -> Select[Any]:
        """The rows that `by` may make figures of; Forbidden without the role for it. Customers count what they read."""
        held = self.report_view is None or (bool(self.report_view) and by.has(*self.report_view))
        if not (held or by.is_customer or by.is_system):
            raise Forbidden(f"{by.name} may not make figures of {self.name}")
        return self.rows(by)

    def calculated(self, by: Actor) -> Sequence[Calculated]:
        """The figures that `by` may see, which are stored nowhere."""
        return ()

    def values(self, keys: Sequence[str]) -> dict[str, Values]:
        """Of rows with these sys_ids what figures are calculated from, by sys_id."""
        return {}

    def view(self, whole: bool) -> tuple[str, ...]:
        """The names that lists show, or with `whole` the page of a row; none where both show all columns."""
        return ()

    def create(self, values: Given, by: Actor) -> str:
        """Make a row in the running transaction; its sys_id."""
        raise Forbidden(f"{self.name} is only read")

    def save(self, sys_id: str, values: Given, by: Actor) -> None:
        """Change a row in the running transaction; NotVisible when there is none."""
        raise Forbidden(f"{self.name} is only read")

    def remove(self, sys_id: str, by: Actor) -> None:
        """Delete a row in the running transaction; NotVisible when there is none."""
        raise Forbidden(f"{self.name} is only read")


class RecordTable(Table):
    """A record type: read and changed on the same ways as by the pages."""

    read_only = False

    def __init__(self, name: str, record_type: type[Record]) -> None:
        self.name, self.record_type = name, record_type
        self.report_view = record_type.__sheet__.access.report_view

    def columns(self, by: Actor) -> Columns:
        return columns_of(self.record_type, by)

    def rows(self, by: Actor) -> Select[Any]:
        return visible(self.record_type, by)

    def calculated(self, by: Actor) -> Sequence[Calculated]:
        return readable_figures(self.record_type, by)

    def values(self, keys: Sequence[str]) -> dict[str, Values]:
        found = session.scalars(select(self.record_type).where(among(self.record_type.sys_id, keys)))
        return {one.sys_id: values_of(one) for one in found}

    def view(self, whole: bool) -> tuple[str, ...]:
        sheet = self.record_type.__sheet__
        shown = (name for part in sheet.form for name in part.fields) if whole else sheet.columns
        return ("sys_id", *dict.fromkeys(shown))

    def create(self, values: Given, by: Actor) -> str:
        return changes.create(self.record_type, values, by=by).sys_id

    def save(self, sys_id: str, values: Given, by: Actor) -> None:
        changes.save(find(self.record_type, sys_id, by), values, by=by)

    def remove(self, sys_id: str, by: Actor) -> None:
        changes.remove(find(self.record_type, sys_id, by), by=by)


Resolve = Callable[[str], Table | None]
Names = Callable[[], Iterable[str]]
_served: list[tuple[Resolve, Names]] = []


def serve(resolve: Resolve, names: Names) -> None:
    """Make tables known: `resolve(name)` answers the table of that name, or None; `names` those there are now."""
    _served.append((resolve, names))


def table_named(name: str) -> Table | None:
    """The table with this name, or None."""
    if name in RECORDS:
        return RecordTable(name, RECORDS[name])
    return next((table for resolve, _ in _served if (table := resolve(name))), None)


def table_names() -> list[str]:
    """The names of all tables."""
    return [*RECORDS, *(name for _, names in _served for name in names())]
