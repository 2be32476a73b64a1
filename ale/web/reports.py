"""What a report asks, put to the rows that its reader may see: groups with their figures, each leading to its list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from flask_babel import format_date
from flask_babel import gettext as _

from ale.foundation.actor import Actor
from ale.foundation.convert import as_text
from ale.foundation.encoded import Condition, parse
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.figures import COUNT, DAYS, Figure, Period, by_period, closed, figure, group, grouped, span, summed
from ale.foundation.query import Column, Walk
from ale.foundation.reading import Displays, names_of
from ale.foundation.record import RECORDS, Record
from ale.foundation.tables import table_named
from ale.web.addresses import list_href
from ale.web.filters import also
from ale.web.language import label
from ale.web.values import text_of

MOST, MOST_LISTS = 200, 10_000  # groups, and different lists that they are taken from
LONGEST = 120  # periods in a row, between which the empty ones are told too


@dataclass(frozen=True)
class Question:
    """What is asked, in the words that the record of a report keeps and an address carries."""

    table_name: str = ""
    filter: str = ""
    group_by: str = ""
    interval: str = ""
    aggregation: str = "count"
    measured: str = ""
    since: str = ""
    chart: str = "list"
    columns: str = ""

    @classmethod
    def of(cls, source: Any) -> Self:
        """The question of a report, or of the arguments of an address."""
        known = source.get if isinstance(source, Mapping) else lambda name: getattr(source, name)
        return cls(**{one.name: str(known(one.name) or one.default) for one in fields(cls)})

    @property
    def arguments(self) -> dict[str, Any]:
        """As an address carries it."""
        return {name: text for name, text in asdict(self).items() if text}

    @property
    def record_type(self) -> type[Record]:
        """What it is about."""
        return RECORDS[self.table_name]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that have something in common: what, where they are listed, how many, their figure."""

    text: str
    href: str | None
    count: int
    figure: Decimal | int | None


class Answer:
    """The answer to a question for one reader; Forbidden when the reader may make no figures of the table."""

    def __init__(self, question: Question, by: Actor) -> None:
        self.question, self.by = question, by
        table = table_named(question.table_name)
        if table is None:
            raise LookupError(question.table_name)
        self._walk = Walk(table.counted(by), table.columns(by), by)
        self._query = parse(question.filter)

    @cached_property
    def closed(self) -> list[str]:
        """What the question names that is closed to the reader: without it the figures would say something else."""
        asked = self.question
        named = [asked.group_by, *((asked.measured, asked.since) if self._is_measured else ())]
        hidden = [name for name in named if name and group(self._walk, name) is None]
        return [
            path_label(asked.record_type, name) for name in dict.fromkeys([*hidden, *closed(self._walk, self._query)])
        ]

    @property
    def _is_measured(self) -> bool:
        return self.question.aggregation != "count"

    @cached_property
    def _figures(self) -> list[Figure]:
        """The number of rows, and the figure asked for where that is another one."""
        asked = self.question
        if not self._is_measured:
            return [COUNT]
        name, of = asked.aggregation, asked.measured
        found = figure(self._walk, name, of) or span(self._walk, name, of, asked.since)
        return [COUNT, found] if found else [COUNT]

    @property
    def figure_label(self) -> str:
        """What the figure is called."""
        asked, kind = self.question, self.question.record_type
        if len(self._figures) == 1:
            return _("Number of records")
        of = path_label(kind, asked.measured)
        if asked.since:
            of = _("days from %(first)s to %(last)s", first=path_label(kind, asked.since), last=of)
        return _("Sum: %(of)s", of=of) if asked.aggregation == "sum" else _("Average: %(of)s", of=of)

    @property
    def is_measured(self) -> bool:
        """Whether there is a figure besides the number of rows."""
        return len(self._figures) > 1

    @property
    def group_label(self) -> str:
        """What the rows are grouped by."""
        return path_label(self.question.record_type, self.question.group_by)

    @cached_property
    def total(self) -> Group:
        """All rows together."""
        self._walk.narrow(self._query)
        (row,) = grouped(self._walk, {}, self._figures, 1)
        return Group(_("Total"), list_href(self.question.record_type, query=self.question.filter or None), *_told(row))

    @cached_property
    def groups(self) -> list[Group]:
        """The groups, the greatest first, or in the order of the calendar; the same number of statements for all."""
        asked, _all = self.question, self.total
        column = group(self._walk, asked.group_by) if asked.group_by else None
        if column is None:
            return []
        if column.field.kind is Kind.LIST:
            return self._of_lists(column)
        return self._of_days(column) if column.field.kind in DAYS else self._of_values(column)

    def _of_lists(self, column: Column) -> list[Group]:
        """Each record that a list names, with the rows that name it."""
        found = summed(self._walk, column, self._figures[-1], MOST_LISTS)
        called: dict[str, str] = {}
        for table in column.field.targets:
            called |= names_of(table, [key for key in found if key])
        is_average = self.question.aggregation == "avg"
        groups = []
        for key, (count, total, having) in found.items():
            value = (total / having if having else None) if is_average else total
            text = called.get(key, "") or _("(empty)")
            groups.append(Group(text, self._href(self._only(key, "LIKE")), *_told([count, value])))
        return sorted(groups, key=lambda one: (-(one.figure or 0), one.text))[:MOST]

    def _of_values(self, column: Column) -> list[Group]:
        item, order = column.field, (self._figures[-1].sql.desc(), column.sql)
        rows = grouped(self._walk, {"group": column.sql}, self._figures, MOST, order=order)
        keys = {value for value, *_figures in rows if value}
        called = {(table, key): text for table in item.targets for key, text in names_of(table, keys).items()}
        return [
            Group(_text(item, value, called), self._href(self._only(value, "=")), *_told(figures))
            for value, *figures in rows
        ]

    def _only(self, value: Any, operator: str) -> Condition:
        """What narrows a list to the rows with this value."""
        if value is None or value == "":
            return Condition(self._path, "ISEMPTY")
        return Condition(self._path, operator, as_text(value))

    def _of_days(self, column: Column) -> list[Group]:
        length = Period.__members__.get(self.question.interval.upper(), Period.MONTH)
        sql = by_period(column, length)
        rows = grouped(self._walk, {"group": sql}, self._figures, MOST, order=(sql.desc(),))
        found = {place: figures for place, *figures in rows}
        dated = sorted(place for place in found if place is not None)
        if dated and dated[-1] - dated[0] < LONGEST:
            dated = list(range(dated[0], dated[-1] + 1))
        groups = [self._period(place, length, found.get(place, [0, None][: len(self._figures)])) for place in dated]
        if None in found:
            groups.append(Group(_("(empty)"), self._href(self._only(None, "=")), *_told(found[None])))
        return groups

    @property
    def _path(self) -> tuple[str, ...]:
        return tuple(self.question.group_by.split("."))

    def _period(self, place: int, length: Period, figures: Sequence[Any]) -> Group:
        first, after = _first_day(place, length), _first_day(place + 1, length)
        pattern = {Period.MONTH: "MMM y", Period.QUARTER: "QQQ y", Period.YEAR: "y"}[length]
        bounds = (Condition(self._path, ">=", first.isoformat()), Condition(self._path, "<", after.isoformat()))
        return Group(format_date(first, pattern), self._href(*bounds), *_told(figures))

    def _href(self, *conditions: Condition) -> str | None:
        return list_href(self.question.record_type, query=also(self.question.filter, *conditions))

    @property
    def is_of_lists(self) -> bool:
        """Whether a record may be in several groups."""
        column = group(self._walk, self.question.group_by) if self.question.group_by else None
        return column is not None and column.field.kind is Kind.LIST

    @property
    def has_more(self) -> bool:
        """Whether there may be more groups than are told."""
        return len(self.groups) >= MOST

    def lines(self) -> Iterator[list[Any]]:
        """Headings, groups and total, as a file takes them."""
        yield [self.group_label, _("Number of records"), *([self.figure_label] if self.is_measured else ())]
        for one in (*self.groups, self.total):
            yield [one.text, one.count, *([one.figure] if self.is_measured else ())]


def _told(row: Sequence[Any]) -> tuple[int, Decimal | int | None]:
    """The number of rows, and the figure: rounded as people read it."""
    count, value = row[0], row[-1]
    if isinstance(value, float | Decimal):
        value = Decimal(as_text(round(Decimal(str(value)), 2)))
    return count, value


def _first_day(place: int, length: Period) -> date:
    months = place * int(length)
    return date(months // 12, months % 12 + 1, 1) if months < 120_000 else date.max  # after the last year there is


def _text(item: Field, value: Any, called: Displays) -> str:
    return text_of(item, value, called) or as_text(value) or _("(empty)")


def path_label(record_type: type[Record], path: str) -> str:
    """A dotted path by the labels of its fields: "Account › Tier"."""
    said = []
    for name in path.split("."):
        item = fields_of(record_type).get(name)
        said.append(label(item.label) if item else name)
        record_type = RECORDS.get(item.to or "", record_type) if item else record_type
    return " › ".join(said)
