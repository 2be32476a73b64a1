"""The records that refer to a record, as tabs under its form."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import func, literal, select, union_all

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.field import Kind
from ale.foundation.reading import may, readable_fields, visible
from ale.foundation.record import RECORDS, Record, table_name
from ale.web.addresses import PAGES, form_href, list_href, new_href
from ale.web.language import label
from ale.web.list_page import Page
from ale.web.lists import Listing

MOST = 100  # counts stop here


@dataclass(frozen=True, slots=True)
class Relation:
    """A type and its field that points here."""

    record_type: type[Record]
    field: str
    label: str

    @property
    def key(self) -> str:
        """As it stands in the address."""
        return f"{table_name(self.record_type)}.{self.field}"


@dataclass(frozen=True)
class Related:
    """What refers to `record` and `by` may read; `asked` is the key of the chosen tab, else it is the first."""

    record: Record
    by: Actor
    asked: str = ""

    @cached_property
    def relations(self) -> list[Relation]:
        """Every type and field that may point here, in the order of the domains."""
        tables = {table_name(base) for base in type(self.record).__mro__ if "__sheet__" in base.__dict__}
        found = []
        for record_type in RECORDS.values():
            if record_type not in PAGES or not may(record_type, "read", self.by):
                continue
            items = [
                item
                for item in readable_fields(record_type, self.by).values()
                if item.kind is not Kind.LIST
                and not tables.isdisjoint(item.targets)
                and not item.name.startswith("sys_")
            ]
            plural = label(record_type.__sheet__.plural)
            names = [plural] if len(items) == 1 else [f"{plural}: {label(item.label)}" for item in items]
            found += [Relation(record_type, item.name, text) for item, text in zip(items, names, strict=True)]
        return found

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many records stand behind each relation, in one statement; each count stops at MOST."""
        parts = [
            select(literal(one.key).label("relation"), func.count().label("amount")).select_from(
                visible(one.record_type, self.by)
                .with_only_columns(one.record_type.sys_id)
                .where(getattr(one.record_type, one.field) == self.record.sys_id)
                .limit(MOST)
                .subquery()
            )
            for one in self.relations
        ]
        if not parts:
            return {}
        rows = session.execute(select(union_all(*parts).subquery()))
        return {row.relation: row.amount for row in rows}

    @cached_property
    def chosen(self) -> Relation | None:
        """The relation whose records are shown; None when nothing refers to the record."""
        asked = next((one for one in self.relations if one.key == self.asked), None)
        return asked or next((one for one in self.relations if self.counts.get(one.key)), None)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The relations that have records, and the chosen one, as the tabs macro takes them."""
        here = form_href(type(self.record), self.record.sys_id)
        return [
            {
                "label": one.label,
                "count": self.counts.get(one.key, 0),
                "href": f"{here}?related={one.key}",
                "current": one == self.chosen,
            }
            for one in self.relations
            if self.counts.get(one.key) or one == self.chosen
        ]

    @cached_property
    def page(self) -> Page | None:
        """The first records of the chosen relation."""
        one = self.chosen
        return Listing(one.record_type, self.by, {"query": self._query(one)}).page() if one else None

    @property
    def headings(self) -> list[dict[str, Any]]:
        """The columns of that page; sorting is for the whole list."""
        return [{"label": one["label"], "number": one["number"]} for one in (self.page.headings if self.page else [])]

    @property
    def all_href(self) -> str | None:
        """The whole list behind the chosen relation."""
        return list_href(self.chosen.record_type, query=self._query(self.chosen)) if self.chosen else None

    def _query(self, one: Relation) -> str:
        return f"{one.field}={self.record.sys_id}"

    @property
    def additions(self) -> list[dict[str, str | None]]:
        """[{label, href}]: new records that would refer to this one."""
        return [
            {
                "label": label(one.record_type.__sheet__.label),
                "href": new_href(one.record_type, **{one.field: self.record.sys_id}),
            }
            for one in self.relations
            if may(one.record_type, "create", self.by)
        ]
