"""The receipts of a health score as its templates read them: how each measure was marked, and the rows behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from flask_babel import gettext as _

from ale.domains.scores import engine
from ale.domains.scores.engine import Receipts, Rows
from ale.domains.scores.records import Measure
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.reading import may, names_of, visible
from ale.foundation.record import RECORDS
from ale.foundation.statements import among
from ale.web.addresses import list_href, record_href
from ale.web.language import label, number, points, signed

LISTED, MOST = 60, 25
"""How many rows an address can name, and how many are shown here."""

NOTHING = "–"
Names = Mapping[tuple[str, str], str]


def measure_text(measure: str) -> str:
    """What a measure is called; the one without name is the rounding."""
    kind, _colon, usage = measure.partition(":")
    if usage:
        return _("Usage: %(name)s", name=usage)
    return label(Measure(kind)) if kind else _("Rounding to whole points")


def figure_text(measure: str, raw: str | None) -> str:
    """A raw figure, in percent where it is a share."""
    if raw is None:
        return NOTHING
    value = number(round(Decimal(raw), 2))
    return _("%(share)s %%", share=value) if measure in (engine.OUTCOMES, engine.TOUCHPOINTS) else value


def names(receipts: Iterable[Receipts], by: Actor) -> Names:
    """The rows of these receipts that `by` may read, and what they are called: {(table, sys_id): text}."""
    wanted: dict[str, set[str]] = {}
    for one in receipts:
        for rows in engine.counted(one).values():
            for table, group in rows.items():
                wanted.setdefault(table, set()).update(group)
    found: dict[tuple[str, str], str] = {}
    for table, keys in wanted.items():
        kind = RECORDS[table]
        if may(kind, "read", by):
            seen = visible(kind, by).with_only_columns(kind.sys_id).where(among(kind.sys_id, keys))
            found |= {(table, key): text for key, text in names_of(table, session.scalars(seen)).items()}
    return found


@dataclass(frozen=True)
class Receipt:
    """One measure on a day, beside an earlier day; `place` is its number on the page."""

    measure: str
    place: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    names: Names = field(repr=False)

    @property
    def anchor(self) -> str:
        """Where it stands on the page."""
        return f"receipt-{self.place}"

    @property
    def text(self) -> str:
        """What is measured."""
        return measure_text(self.measure)

    @property
    def cells(self) -> list[str]:
        """Raw figure, mark, weight and points of the day."""
        return [self.figure, self._mark, str(self.after.get("weight") or NOTHING), points(self.after.get("points", 0))]

    @property
    def figure(self) -> str:
        """The raw figure."""
        return figure_text(self.measure, self.after.get("raw"))

    @property
    def _mark(self) -> str:
        mark = self.after.get("mark")
        return NOTHING if mark is None else _("%(share)s %%", share=number(Decimal(mark) / 100))

    @property
    def span(self) -> str:
        """Between which figures it is marked."""
        if not self.after.get("weight"):
            return _("kept, but without weight")
        ends = [figure_text(self.measure, self.after[one]) for one in ("zero", "full")]
        return _("no marks at %(zero)s, full marks at %(full)s", zero=ends[0], full=ends[1])

    @property
    def note(self) -> str:
        """What changed besides the figures."""
        old, new = self.before.get("weight", 0), self.after.get("weight", 0)
        return _("Weight %(old)s → %(new)s", old=old, new=new) if self.before and old != new else ""

    @property
    def total(self) -> int:
        """How many rows counted on either day."""
        return len(self._keys)

    @property
    def _keys(self) -> dict[tuple[str, str], None]:
        return {
            (table, key): None
            for rows in (_rows(self.after), _rows(self.before))
            for table, group in rows.items()
            for key in group
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The first rows that counted on either day, those whose value changed on top; what is not open has no name."""
        lines = [self._row(table, key) for table, key in self._keys]
        return sorted(lines, key=lambda one: not one["changed"])[:MOST]

    def _row(self, table: str, key: str) -> dict[str, Any]:
        old, new = (_rows(one).get(table, {}).get(key) for one in (self.before, self.after))
        name = self.names.get((table, key))
        return {
            "name": name or _("not visible to you, or deleted since"),
            "href": record_href(table, key) if name is not None else None,
            "kind": label(RECORDS[table].__sheet__.label), "before": figure_text(self.measure, old),
            "after": figure_text(self.measure, new), "changed": old != new,
        }  # fmt: skip

    @property
    def lists(self) -> list[tuple[str, str]]:
        """The rows of the day as lists: what they are, and the address."""
        found = []
        for table, group in _rows(self.after).items():
            keys = [key for key in group if (table, key) in self.names]
            address = list_href(RECORDS[table], query=f"sys_idIN{','.join(keys)}")
            if keys and len(keys) <= LISTED and address:
                found.append((label(RECORDS[table].__sheet__.plural), address))
        return found


def _rows(receipt: Mapping[str, Any]) -> Rows:
    return receipt.get("rows") or {}


def waterfall(before: engine.Scored, after: engine.Scored, days: tuple[str, str]) -> dict[str, Any]:
    """Bars from one score to the other, in percent of the tens of points that they lie between."""
    parts = [one for one in engine.parts(before, after) if one.points]
    places = list(accumulate((one.points for one in parts), initial=(before.score or 0) * 100))
    low, high = min(places) // 1000, -(-max(places) // 1000)
    low, high = (low, high) if low < high else (low - 1, high) if low else (low, high + 1)

    def bar(text: str, value: str, start: int, end: int, tone: str) -> dict[str, Any]:
        left, right, reach = ((one - low * 1000) / (high - low) / 10 for one in (min(start, end), max(start, end), end))
        return {"text": text, "value": value, "left": left, "width": right - left, "reach": reach, "tone": tone}

    moved = [
        bar(measure_text(one.measure), signed(Decimal(one.points) / 100), start, end, "ok" if end > start else "bad")
        for one, (start, end) in zip(parts, pairwise(places), strict=True)
    ]
    ends = [
        bar(day, number(one.score), place, place, "")
        for day, one, place in zip(days, (before, after), (places[0], places[-1]), strict=True)
    ]
    return {"bars": [ends[0], *moved, ends[1]], "low": low * 10, "high": high * 10}
