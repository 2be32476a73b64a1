"""What a report asks: whether its words name fields that there are, and fields of which such a figure can be made."""

from collections.abc import Iterator, Sequence

from ale.foundation.encoded import parse
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.figures import DAYS, NUMBERS
from ale.foundation.problem import Problem, sentence
from ale.foundation.record import RECORDS, Record

FIGURES = ("sum", "avg")
"""The aggregations that are of a field."""

UNKNOWN = sentence("The table {table} has no field {name}.")


def declared(record_type: type[Record], path: str) -> Field | None:
    """The declared field at the end of a dotted path, whoever asks; None where there is none."""
    *through, last = path.split(".")
    for name in through:
        item = fields_of(record_type).get(name)
        if item is None or item.kind is not Kind.REFERENCE or item.to is None:
            return None
        record_type = RECORDS[item.to]
    return fields_of(record_type).get(last)


def is_answerable(values: Values, before: Values | None) -> Sequence[Problem]:
    """Everything that a report names is there, and the figure can be made of it."""
    kind = RECORDS.get(values.get("table_name") or "")
    if kind is None:
        missing = values.get("table_name")
        return [Problem("UNKNOWN_TABLE", "There is no table {name}.", "table_name", name=missing)] if missing else ()
    problems = list(_unknown(kind, values))
    return problems or list(_unfit(kind, values))


def _unknown(kind: type[Record], values: Values) -> Iterator[Problem]:
    for name in ("group_by", "measured", "since"):
        if values.get(name) and declared(kind, values[name]) is None:
            yield _no_field(name, values, values[name])
    conditions = [one for group in parse(values.get("filter") or "").groups for clause in group for one in clause]
    for one in conditions:
        path = ".".join(one.path)
        if path != "sys_id" and one.path[0] not in RECORDS and declared(kind, path) is None:
            yield _no_field("filter", values, path)
    if values.get("filter") and not conditions:
        yield Problem("INVALID_FILTER", "“{value}” is no condition.", "filter", value=values["filter"][:80])
    for name in filter(None, (values.get("columns") or "").split(",")):
        shown = {one.name for one in kind.__sheet__.calculated}
        if name.strip() not in shown and declared(kind, name.strip()) is None:
            yield _no_field("columns", values, name.strip())


def _no_field(where: str, values: Values, name: str) -> Problem:
    return Problem("UNKNOWN_FIELD", UNKNOWN, where, table=values["table_name"], name=name[:80])


def _unfit(kind: type[Record], values: Values) -> Iterator[Problem]:
    group, measured, since = (_kind(kind, values.get(name)) for name in ("group_by", "measured", "since"))
    if group in (Kind.LONG_TEXT, Kind.JSON):
        yield Problem("NO_GROUPS", "Rows cannot be grouped by this field.", "group_by")
    if values.get("interval") and group not in DAYS:
        yield Problem("NO_PERIODS", "Only days are grouped into periods.", "interval")
    if values.get("aggregation") in FIGURES and measured not in (*NUMBERS, *DAYS):
        yield Problem("NO_FIGURE", "Choose a number or a date to add up or to average.", "measured")
    if values.get("aggregation") in FIGURES and measured in DAYS and since not in DAYS:
        yield Problem("NO_SPAN", "Choose the date from which the days are counted.", "since")
    if values.get("chart") in ("bar", "line", "pie") and group is None:
        yield Problem("NO_GROUP", "A picture needs groups: choose what to group by.", "group_by")


def _kind(kind: type[Record], path: str | None) -> Kind | None:
    item = declared(kind, path) if path else None
    return item.kind if item else None
