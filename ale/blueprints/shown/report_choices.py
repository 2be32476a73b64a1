"""What the builder of reports offers to choose from: tables, fields to group by, figures, pictures."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import url_for

from ale.domains.reports.question import declared
from ale.domains.reports.records import Aggregation, Chart, Interval, Report
from ale.foundation.actor import Actor
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.figures import DAYS, NUMBERS
from ale.foundation.reading import may, readable_fields
from ale.foundation.record import RECORDS, Record
from ale.web.addresses import pages_of
from ale.web.language import label
from ale.web.reports import Question, path_label

NEVER = (Kind.LONG_TEXT, Kind.JSON)
Choices = list[tuple[str, str]]


def known(record_type: type[Record], by: Actor) -> dict[str, Field]:
    """The fields that the reader may see."""
    return readable_fields(record_type, by)


def controls(question: Question, by: Actor) -> list[dict[str, Any]]:
    """The form fields of a question; those that its other words leave room for."""
    fields = [_select("table_name", _tables(by), question, required=True)]
    if question.table_name not in RECORDS:
        return fields
    kind = question.record_type
    fields.append(_select("group_by", _groups(kind, by), question))
    if _is(kind, question.group_by, DAYS):
        fields.append(_select("interval", _labels(Interval), question, required=True))
    fields.append(_select("aggregation", _labels(Aggregation), question, required=True))
    if question.aggregation != Aggregation.COUNT:
        fields.append(_select("measured", _of_kinds(kind, (*NUMBERS, *DAYS), by), question, required=True))
        if _is(kind, question.measured, DAYS):
            fields.append(_select("since", _of_kinds(kind, DAYS, by), question, required=True))
    charts = [one for one in Chart if question.group_by or one in (Chart.LIST, Chart.SINGLE)]
    return [*fields, _select("chart", _labels(charts), question, required=True)]


def lookup_of(kind: type[Record]) -> Callable[[str], str]:
    """Where the records that a reference of the filter may point to are looked up."""
    return lambda name: url_for(f"{pages_of(kind)}_lookup", name=name)


def _select(name: str, choices: Choices, question: Question, *, required: bool = False) -> dict[str, Any]:
    value = getattr(question, name)
    if name == "interval":
        value = value or Interval.MONTH.value
    title = label(fields_of(Report)[name].label)
    return {"name": name, "label": title, "widget": "select", "choices": choices, "value": value, "required": required}


def _tables(by: Actor) -> Choices:
    """The tables that the reader may make figures of."""
    kinds = [(name, kind) for name, kind in RECORDS.items() if pages_of(kind) and _is_open(kind, by)]
    return sorted(((name, label(kind.__sheet__.plural)) for name, kind in kinds), key=_by_text)


def _is_open(kind: type[Record], by: Actor) -> bool:
    return may(kind, "read", by) and may(kind, "report_view", by)


def _groups(kind: type[Record], by: Actor) -> Choices:
    """Its own fields, and of what these refer to the fields that such records are filtered by."""
    own = {name: item for name, item in known(kind, by).items() if item.kind not in NEVER}
    paths = list(own)
    for name, item in own.items():
        target = RECORDS.get(item.to or "") if item.kind is Kind.REFERENCE else None
        if target is not None and may(target, "read", by):
            paths += [f"{name}.{one}" for one in target.__sheet__.filters if one in known(target, by)]
    return _named(kind, paths)


def _of_kinds(kind: type[Record], kinds: Iterable[Kind], by: Actor) -> Choices:
    return _named(kind, [name for name, item in known(kind, by).items() if item.kind in kinds])


def _named(kind: type[Record], paths: Iterable[str]) -> Choices:
    found = [(path, path_label(kind, path)) for path in paths if declared(kind, path) is not None]
    return sorted(found, key=lambda one: ("." in one[0], _by_text(one)))


def _by_text(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def _labels(choices: Any) -> Choices:
    return [(one.value, label(one)) for one in choices]


def _is(kind: type[Record], path: str, kinds: Iterable[Kind]) -> bool:
    item = declared(kind, path) if path else None
    return item is not None and item.kind in kinds
