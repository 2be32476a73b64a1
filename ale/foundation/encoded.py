"""The language of encoded queries, `state=new^ORstate=active^nameSTARTSWITHGen^ORDERBYnumber`, read and weighed. Pure.

`^` is AND, `^OR` binds tighter, `^NQ` begins another query whose rows are added, `^^` is the character itself;
`RLQUERY…^ENDRLQUERY` and `JOIN…!…` speak of rows of other tables.
`foundation/query.py` turns the same conditions into SQL; both agree on every value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ale.foundation.choice import Choice
from ale.foundation.convert import as_text, convert
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.label import Label

OPPOSITE = {"!=": "=", "NOT IN": "IN", "NOT LIKE": "LIKE", "NOT BETWEEN": "BETWEEN"}
"""Operators that hold where the other one does not; an empty field differs from every value."""

OF_FIELDS = {
    "SAMEAS": "=", "NSAMEAS": "!=", "GT_FIELD": ">", "LT_FIELD": "<", "GT_OR_EQUALS_FIELD": ">=",
    "LT_OR_EQUALS_FIELD": "<=", "LE_OR_EQUALS_FIELD": "<=",
}  # fmt: skip
"""Operators whose value names another field of the record, and how that is compared."""

OF_TIME = ("NOTON", "ON", "RELATIVEGT", "RELATIVEGE", "RELATIVELT", "RELATIVELE", "RELATIVEEE")
"""Operators that speak of the caller's calendar: `foundation/calendar_words.py` says them in plain ones."""

_OPERATORS = (
    "ISNOTEMPTY", "ISEMPTY", "EMPTYSTRING", "ANYTHING", "STARTSWITH", "ENDSWITH", "DOES NOT CONTAIN", "CONTAINS",
    "NOT LIKE", "LIKE", "NOT IN", "INSTANCEOF", "IN", "NOT BETWEEN", "BETWEEN", *OF_FIELDS, *OF_TIME, "!=", ">=", "<=",
    "=", ">", "<", "!*", "*",
)  # fmt: skip
_CONDITION = re.compile(rf"\s*([A-Za-z0-9_.]+?)({'|'.join(map(re.escape, _OPERATORS))})(.*)", re.DOTALL)
_JOIN = re.compile(r"JOIN\w+\.([\w.]+)=(\w+)\.([\w.]+)!", re.ASCII)
_RELATED = re.compile(
    r"RLQUERY(\w+)\.([\w.]+),\s*(>=|<=|!=|=|>|<)\s*(\d{1,9})(?:,m2m)?(?:\^(.*))?", re.ASCII | re.DOTALL
)
_SAME = {"CONTAINS": "LIKE", "*": "LIKE", "DOES NOT CONTAIN": "NOT LIKE", "!*": "NOT LIKE", "EMPTYSTRING": "ISEMPTY"}
_CARET = "\x00"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison: a dotted path of fields, an operator and the text to compare with."""

    path: tuple[str, ...]
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One column to sort by."""

    path: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """How many rows of `table` there must be whose `field` holds this row's `own` and that `query` describes."""

    table: str
    field: tuple[str, ...]
    own: tuple[str, ...]
    operator: str
    number: int
    query: Query

    @property
    def path(self) -> tuple[str, ...]:
        """What it speaks of, which no record holds itself."""
        return (self.table, *self.field)


Clause = tuple[Condition | Related, ...]
"""Conditions of which one must hold."""


@dataclass(frozen=True, slots=True)
class Query:
    """Groups of which one must hold; of a group every clause must hold, of a clause one condition."""

    groups: tuple[tuple[Clause, ...], ...] = ()
    order: tuple[Order, ...] = ()


def parse(text: str) -> Query:
    """Read an encoded query; parts that are no condition are left out. Never raises."""
    return _parsed(text.replace("\x00", "").replace("^^", _CARET))


def _parsed(text: str) -> Query:
    groups: list[list[list[Condition | Related]]] = [[]]
    order: list[Order] = []
    for term in _terms(text):
        if term.startswith("NQ"):
            groups.append([])
            term = term[2:]
        if term.startswith("ORDERBY"):
            descending = term.startswith("ORDERBYDESC")
            order.append(Order(_path(term[11 if descending else 7 :]), descending))
        elif joined := _JOIN.match(term):
            own, table, field = joined.groups()
            rest = _parsed(term[joined.end() :])
            order.extend(rest.order)  # it has no end of its own, so the order of the whole stands in it
            groups[-1].append([Related(table, _path(field), _path(own), ">", 0, Query(rest.groups))])
        elif related := _RELATED.fullmatch(term):
            table, field, operator, number, rest_ = related.groups()
            query = _parsed(rest_ or "")
            groups[-1].append([Related(table, _path(field), ("sys_id",), operator, int(number), query)])
        elif condition := _condition(term.removeprefix("OR")):
            if term.startswith("OR") and groups[-1]:
                groups[-1][-1].append(condition)
            else:
                groups[-1].append([condition])
    filled = tuple(tuple(map(tuple, group)) for group in groups if group)
    return Query(filled, tuple(order))


def _terms(text: str) -> Iterator[str]:
    """What stands between the `^`; what is said of another table is one term."""
    start = 0
    while start <= len(text):
        stop = -1
        if text.startswith("RLQUERY", start):
            stop = text.find("^ENDRLQUERY", start)
        elif _JOIN.match(text, start):
            following = (text.find(word, start) for word in ("^JOIN", "^RLQUERY"))
            stop = min((found for found in following if found > 0), default=len(text))
        if stop < 0:
            stop = text.find("^", start)
        stop = len(text) if stop < 0 else stop
        yield text[start:stop]
        start = stop + 1


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("."))


def _condition(term: str) -> Condition | None:
    found = _CONDITION.fullmatch(term)
    if found is None:
        return None
    path, operator, value = found.groups()
    value = value.replace(_CARET, "^")
    if operator in ("=", "!=") and not value:
        operator = "ISEMPTY" if operator == "=" else "ISNOTEMPTY"
    return Condition(_path(path), _SAME.get(operator, operator), value)


def typed(field: Field, text: str) -> Any:
    """`text` as the database compares it with this field; ValueError when it is no value of that kind."""
    if field.kind is Kind.INTEGER:
        number = int(text)
        if abs(number) > 2**31 - 1:
            raise ValueError(text)
        return number
    value, problem = convert(field, text)
    if problem or value is None:
        raise ValueError(text)
    return value


def matches(text: str, values: Mapping[str, Any]) -> bool:
    """Whether a record with these values is what the query describes.

    Left out are conditions on other names, and those that speak of two fields or of somebody's calendar.
    """
    groups = [[_weighed(clause, values) for clause in group] for group in parse(text).groups]
    known = [[verdict for verdict in group if verdict is not None] for group in groups]
    meant = [all(group) for group in known if group]
    return any(meant) or not meant


def _weighed(clause: Clause, values: Mapping[str, Any]) -> bool | None:
    known = [
        one
        for one in clause
        if isinstance(one, Condition) and ".".join(one.path) in values and one.operator not in (*OF_FIELDS, *OF_TIME)
    ]
    held = [_holds(values[one.path[0]], one.operator, one.value) for one in known]
    return any(held) if held else None


def _holds(value: Any, operator: str, text: str) -> bool:
    value = as_text(value) if isinstance(value, list | dict) else value
    empty = value in (None, "")
    if operator in ("INSTANCEOF", "ANYTHING"):  # types are the database's to know
        return operator == "ANYTHING"
    if operator in OPPOSITE:
        return value is None or not _holds(value, OPPOSITE[operator], text)
    if operator in ("ISEMPTY", "ISNOTEMPTY"):
        return empty is (operator == "ISEMPTY")
    try:
        return value is not None and _HOLDS[operator](value, text)
    except ValueError:
        return False


_KINDS: tuple[tuple[type, Kind], ...] = (
    (Choice, Kind.CHOICE),
    (bool, Kind.BOOLEAN),
    (int, Kind.INTEGER),
    (Decimal, Kind.DECIMAL),
    (datetime, Kind.DATETIME),
    (date, Kind.DATE),
)


def _as(value: Any, text: str) -> Any:
    """The text in the type of `value`; words in small letters, so that case makes no difference."""
    kind = next((kind for python_type, kind in _KINDS if isinstance(value, python_type)), None)
    if kind is None:
        return text.lower()
    choices = type(value) if kind is Kind.CHOICE else None
    return typed(Field("", kind, False, None, choices, Facts(Label("", "")), None), text)


def _equals(value: Any, text: str) -> bool:
    return bool((value.lower() if type(value) is str else value) == _as(value, text))


def _among(value: Any, text: str) -> bool:
    for part in text.split(","):
        try:
            if _equals(value, part):
                return True
        except ValueError:
            continue
    return False


def _sized(compare: Callable[[Any, Any], bool]) -> Callable[[Any, str], bool]:
    """A comparison by size; words and choices by their stored text, yes and no never."""

    def holds(value: Any, text: str) -> bool:
        if isinstance(value, bool):
            return False
        return compare(str(value), text) if isinstance(value, str) else compare(value, _as(value, text))

    return holds


def _between(value: Any, text: str) -> bool:
    low, _, high = text.partition("@")
    return _HOLDS[">="](value, low) and _HOLDS["<="](value, high)


_HOLDS: dict[str, Callable[[Any, str], bool]] = {
    "=": _equals,
    "IN": _among,
    "LIKE": lambda value, text: text.lower() in as_text(value).lower(),
    "STARTSWITH": lambda value, text: as_text(value).lower().startswith(text.lower()),
    "ENDSWITH": lambda value, text: as_text(value).lower().endswith(text.lower()),
    ">": _sized(lambda value, other: value > other),
    ">=": _sized(lambda value, other: value >= other),
    "<": _sized(lambda value, other: value < other),
    "<=": _sized(lambda value, other: value <= other),
    "BETWEEN": _between,
}
