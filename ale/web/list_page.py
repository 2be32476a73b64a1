"""One page of a list, as its template shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from ale.foundation.reading import displays
from ale.web.keyset import Mark, Row
from ale.web.language import label, number
from ale.web.values import is_number, readers

if TYPE_CHECKING:
    from ale.web.lists import Listing

MOST = 1000  # counts stop here


@dataclass(frozen=True)
class Page:
    """Some rows of a list; `first` is the place of its first row, counted from 1."""

    listing: "Listing"
    rows: Sequence[Row]
    total: int
    first: int
    has_previous: bool
    has_next: bool

    @property
    def previous(self) -> str | None:
        """The address of the page before."""
        return self.listing.address(before=self._mark(0).encoded()) if self.has_previous else None

    @property
    def next(self) -> str | None:
        """The address of the page after."""
        return self.listing.address(after=self._mark(-1).encoded()) if self.has_next else None

    def _mark(self, index: int) -> Mark:
        record, value = self.rows[index]
        before_it = self.first - 1 if index == 0 else self.first - 1 + len(self.rows)
        return Mark(before_it, value, record.sys_id)

    @property
    def text(self) -> str:
        """ "51–100 of 340"; beyond MOST the count says so."""
        if not self.rows:
            return ""
        total = f"{number(MOST)}+" if self.total > MOST else number(self.total)
        last = self.first + len(self.rows) - 1
        return _("%(first)s–%(last)s of %(total)s", first=number(self.first), last=number(last), total=total)

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The columns as the table macro takes them; a heading sorts, and turns the order when sorted already."""
        name, descending = self.listing.sort
        marks = {name: "descending" if descending else "ascending"}
        return [
            {
                "label": label(item.label),
                "number": is_number(item),
                "sorted": marks.get(item.name),
                "href": self.listing.sorted_by(item.name),
                "id": f"sort-{item.name}",
            }
            for item in self.listing.columns
        ]

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The rows: {key, href, title, cells}."""
        records, names = [record for record, _value in self.rows], [item.name for item in self.listing.columns]
        reads, href = readers(self.listing.columns, displays(records, names)), self.listing.record_address
        lines = []
        for record in records:
            cells = [read(record) for read in reads]
            title = next((cell.value for cell in cells if cell.value), record.sys_id)
            lines.append({"key": record.sys_id, "href": href(record), "title": title, "cells": cells})
        return lines
