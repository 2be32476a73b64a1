"""The list of a record type: what the address asks for, one page of rows, and how to get to the next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from flask import abort, url_for
from sqlalchemy import Select, func, select

from ale.foundation import fulltext
from ale.foundation.actor import Actor
from ale.foundation.calendar_words import speaks_of_time
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.encoded import parse
from ale.foundation.field import Field, Kind
from ale.foundation.query import Walk, columns_of
from ale.foundation.reading import may, readable_fields, visible
from ale.foundation.record import RECORDS, Calculated, Record, table_name
from ale.foundation.unchanged import while_unchanged
from ale.web import filters, list_page
from ale.web.addresses import new_href, pages_of, record_hrefs
from ale.web.keyset import Mark, Order
from ale.web.list_page import Page
from ale.web.picking import named
from ale.web.saved_views import TABLE as VIEWS
from ale.web.saved_views import WHOLE, View, audience_controls, views_of
from ale.web.values import columns

SIZE = 50
END = "end"  # of `before`: the last page
_ASKED = ("query", "q", "sort", "cols", "view")
_ARRANGED = ("query", "q", "sort", "cols")  # what a saved view keeps


@dataclass(frozen=True)
class Listing:
    """A list as its address asks for it.

    `arguments`: query (encoded), q (search), sort ("name" or "-name"), cols (names), view (a saved one), after and
    before (marks; before=end: last page).
    """

    record_type: type[Record]
    by: Actor
    arguments: Mapping[str, str] = field(default_factory=dict)

    def asked(self, name: str) -> str:
        """An argument of the address; empty without it."""
        return self.arguments.get(name, "").strip()

    @cached_property
    def asked_all(self) -> dict[str, str]:
        """What the address asks for, but where it stands in the list."""
        return {name: text for name in _ASKED if (text := self.asked(name))}

    def address(self, **changes: str | None) -> str:
        """The address of this list with other arguments; paging starts again unless it is among them."""
        asked = dict.fromkeys(_ASKED, "") | self.asked_all | changes
        kept: dict[str, Any] = {name: text for name, text in asked.items() if text}
        if not kept and any(view.is_default for view in self.views):
            kept = {"view": WHOLE}
        return url_for(f"{pages_of(self.record_type)}_list", **kept)

    def sorted_by(self, name: str) -> str | None:
        """The address of the list sorted by a column, turned round when it is so already; None if it cannot be."""
        if name not in self._sortable:
            return None
        now_by, descending = self.sort
        return self.address(sort=f"-{name}" if name == now_by and not descending else name)

    def record_address(self, record: Record) -> str | None:
        """The page of a record, which keeps what this list asks for, to lead back to it and on to the next one."""
        return self._way(table_name(type(record)))(record.sys_id)

    @cached_property
    def _way(self) -> Callable[[str], Callable[[str], str | None]]:
        kept = self.asked_all
        return cache(lambda table: record_hrefs(table, **({"list": urlencode(kept)} if kept else {})))

    def chosen(self, sent: Mapping[str, str]) -> dict[str, str]:
        """What the filter form sent, by field; references may come as typed names."""
        names = [name for name in self.record_type.__sheet__.filters if name in self._known]
        sent_names = [name for name in names if name in sent or f"{name}_text" in sent]
        return {name: self._meant(self._known[name], sent) for name in sent_names}

    def _meant(self, item: Field, sent: Mapping[str, str]) -> str:
        value = sent.get(item.name, "")
        return named(item, value, sent.get(f"{item.name}_text"), self.by) if item.to else value

    @cached_property
    def views(self) -> list[View]:
        """The saved views of this list."""
        return views_of(self.record_type, self.by)

    @property
    def table(self) -> str:
        """The documented name of the table."""
        return table_name(self.record_type)

    @property
    def batch_address(self) -> str:
        """Where something is done to many of its records."""
        return url_for(f"{pages_of(self.record_type)}_batch")

    @property
    def view_type(self) -> type[Record]:
        """The record type of the views, for their own list."""
        return RECORDS[VIEWS]

    @property
    def view_controls(self) -> list[dict[str, Any]]:
        """The form fields that say whom a new view is for."""
        return audience_controls(self.by)

    @property
    def asks(self) -> str:
        """What a saved view keeps of the address."""
        return urlencode({name: self.asked(name) for name in _ARRANGED if self.asked(name)})

    def view_address(self, view: View) -> str:
        """The list as a view arranges it."""
        asks: dict[str, str | None] = {name: view.asks.get(name) for name in _ARRANGED}
        return self.address(**asks, view=view.key)

    @property
    def whole_address(self) -> str:
        """The whole list, with nothing asked for, also where a view would open by itself."""
        return url_for(f"{pages_of(self.record_type)}_list", view=WHOLE)

    @cached_property
    def columns(self) -> list[Field | Calculated]:
        """The columns that are shown: those chosen in the address, else those of the sheet."""
        known = {item.name: item for item in self.choosable}
        chosen = [known[name] for name in self.asked("cols").split(",") if name in known]
        return chosen or columns(self.record_type, self.record_type.__sheet__.columns, self.by)

    @cached_property
    def choosable(self) -> list[Field | Calculated]:
        """Every column there may be, those of the sheet first."""
        sheet = self.record_type.__sheet__
        names = dict.fromkeys((*sheet.columns, *(one.name for one in sheet.calculated), *self._known))
        return columns(self.record_type, list(names), self.by)

    @cached_property
    def chips(self) -> list[dict[str, str]]:
        """The conditions that are set."""
        return filters.chips(self.record_type, self.asked("query"), self.by, lambda query: self.address(query=query))

    @cached_property
    def controls(self) -> list[dict[str, Any]]:
        """The form fields of the filter."""
        page = pages_of(self.record_type)
        return filters.controls(
            self.record_type, self.asked("query"), self.by, lambda name: url_for(f"{page}_lookup", name=name)
        )

    @property
    def new_href(self) -> str | None:
        """The form of a new record, where the actor may make one."""
        return new_href(self.record_type) if may(self.record_type, "create", self.by) else None

    @property
    def bare_address(self) -> str:
        """The whole list, with nothing asked for."""
        return url_for(f"{pages_of(self.record_type)}_list")

    @property
    def export_address(self) -> str:
        """Where the list is had as a file; what it asks for is sent along."""
        return url_for(f"{pages_of(self.record_type)}_export")

    @cached_property
    def statement(self) -> Select[Any]:
        """Every record the list holds, in no order."""
        walk = Walk(visible(self.record_type, self.by), columns_of(self.record_type, self.by), self.by)
        walk.narrow(parse(self.asked("query")))
        text = self.asked("q")
        return walk.statement.where(fulltext.found(self.record_type, text, self.by)) if text else walk.statement

    @cached_property
    def _known(self) -> dict[str, Field]:
        return readable_fields(self.record_type, self.by)

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """The column sorted by and whether it descends: of the address, else of the query, else of the sheet."""
        asked = self.asked("sort")
        ordered = next((one for one in parse(self.asked("query")).order if len(one.path) == 1), None)
        if asked.removeprefix("-") in self._sortable:
            return asked.removeprefix("-"), asked.startswith("-")
        if ordered and ordered.path[0] in self._sortable:
            return ordered.path[0], ordered.descending
        default = self.record_type.__sheet__.order
        return (default if default in self._sortable else "sys_created_on"), False

    @cached_property
    def _sortable(self) -> set[str]:
        return {name for name, item in self._known.items() if item.kind not in (Kind.LIST, Kind.JSON, Kind.LONG_TEXT)}

    @cached_property
    def order(self) -> Order:
        """The order of the rows."""
        name, descending = self.sort
        return Order.by(self.record_type, name, descending=descending)

    def page(self) -> Page:
        """The rows the address asks for; the same number of statements however many rows there are."""
        after, before, at_end = self._mark("after"), self._mark("before"), self.asked("before") == END
        backwards = at_end or before is not None
        rows = self.order.rows(self.statement, SIZE + 1, after or before, backwards=backwards)
        more = len(rows) > SIZE
        rows = rows[-SIZE:] if backwards else rows[:SIZE]
        total = self.count()
        if backwards:
            first = max((before.place if before else total) - len(rows), 0) + 1
            return Page(self, rows, total, first, has_previous=more, has_next=before is not None)
        return Page(self, rows, total, after.place + 1 if after else 1, has_previous=after is not None, has_next=more)

    def _mark(self, name: str) -> Mark | None:
        text = self.asked(name)
        if not text or text == END:
            return None
        try:
            return self.order.read(text)
        except (ValueError, TypeError):
            abort(404)

    def count(self) -> int:
        """How many records the list holds; counting stops at one more than MOST."""
        some = self.statement.with_only_columns(self.record_type.sys_id).limit(list_page.MOST + 1).subquery()
        query, text = self.asked("query"), self.asked("q")
        whole = ("list", self.table, query, text, self.by, now() if speaks_of_time(query) else None)
        return while_unchanged(whole, lambda: session.scalar(select(func.count()).select_from(some)) or 0)

    def neighbours(self, record: Record) -> tuple[str | None, str | None]:
        """The sys_ids of the records before and after this one in the list."""
        keys = self.statement.with_only_columns(self.record_type.sys_id, maintain_column_froms=True)
        own = self.order.rows(keys.where(self.record_type.sys_id == record.sys_id), 1, None)
        if not own:
            return None, None
        mark = Mark(0, own[0][1], record.sys_id)
        around: Any = [self.order.rows(keys, 1, mark, backwards=back) for back in (True, False)]
        before, after = [rows[0][0] if rows else None for rows in around]
        return before, after
