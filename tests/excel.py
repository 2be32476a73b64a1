"""Excel's data validation, as far as templates use it: the formula of a check, run on what a cell holds.

Text is kept as Excel keeps it, in UTF-16 units. Only what the checks of templates use is known here; anything else is
an error of the test and not a verdict.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation

Value = Any  # float, str, bool, ERROR, or a list of them
Formula = Callable[[Value], Value]  # of what the cell holds


class _Error:
    def __repr__(self) -> str:
        return "#VALUE!"


ERROR = _Error()
_TOKEN = re.compile(
    r'\s*(?:(?P<number>\d+(?:\.\d+)?(?:E[+-]?\d+)?)|"(?P<text>(?:[^"]|"")*)"|(?P<range>\w+!\$\d+:\$\d+)'
    r"|(?P<name>[A-Za-z_.]+)(?=\()|(?P<cell>[A-Z]+\d+)|(?P<sign><>|<=|>=|[-+*/&=<>(),]))"
)
_NUMERIC = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?\s*", re.IGNORECASE | re.ASCII)


def allows(check: DataValidation | None, held: float | str, listed: Sequence[str]) -> bool:
    """Whether Excel lets somebody type what a cell then holds; `listed` are the texts of a list's range."""
    if check is None:
        return True
    if check.type == "list":
        return isinstance(held, str) and held.casefold() in {one.casefold() for one in listed}
    assert check.type == "custom", check.type
    verdict = formula(str(check.formula1))(units(held) if isinstance(held, str) else held)
    return verdict is not ERROR and bool(verdict)


def units(text: str) -> str:
    """A text with one character for each UTF-16 unit."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


@lru_cache
def formula(text: str) -> Formula:
    """A formula made ready."""
    assert len(text) <= 255, "Excel refuses a longer one"
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found, text[at:]
        tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    parser = _Parser(tokens)
    made = parser.comparison()
    assert not parser.tokens, parser.tokens
    return made


class _Parser:
    """Reads a formula by the precedence of its signs, the weakest first."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens

    def comparison(self) -> Formula:
        return self._chain(self._joined, ("=", "<>", "<", ">", "<=", ">="))

    def _joined(self) -> Formula:
        return self._chain(self._sum, ("&",))

    def _sum(self) -> Formula:
        return self._chain(self._product, ("+", "-"))

    def _product(self) -> Formula:
        return self._chain(self._signed, ("*", "/"))

    def _chain(self, part: Callable[[], Formula], signs: Sequence[str]) -> Formula:
        left = part()
        while self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            left = _lifted(_SIGNS[self.tokens.pop(0)[1]], [left, part()])
        return left

    def _signed(self) -> Formula:
        if self.tokens[0] == ("sign", "-"):
            self.tokens.pop(0)
            return _lifted(lambda one: -_number(one), [self._signed()])
        return self._one()

    def _one(self) -> Formula:
        kind, text = self.tokens.pop(0)
        if kind == "cell":
            return lambda cell: cell
        if kind in _CONSTANTS:
            known = _CONSTANTS[kind](text)
            return lambda _cell: known
        if kind == "name":
            return _called(text, self._arguments())
        assert text == "(", text
        inside = self.comparison()
        assert self.tokens.pop(0)[1] == ")"
        return inside

    def _arguments(self) -> list[Formula]:
        assert self.tokens.pop(0)[1] == "("
        given = [self.comparison()]
        while (sign := self.tokens.pop(0)[1]) == ",":
            given.append(self.comparison())
        assert sign == ")"
        return given


def _rows(text: str) -> list[float]:
    """The numbers of the rows of a range, which is all that is asked of one."""
    first, last = (int(one) for one in re.findall(r"\$(\d+)", text))
    return [float(row) for row in range(first, last + 1)]


_CONSTANTS: dict[str, Callable[[str], Value]] = {
    "number": float, "text": lambda text: units(text.replace('""', '"')), "range": _rows,
}  # fmt: skip


def _called(name: str, given: list[Formula]) -> Formula:
    if name == "IF":
        test, then, other = given
        return lambda cell: ERROR if (true := test(cell)) is ERROR else then(cell) if true else other(cell)
    if name == "AND":  # what follows the first that is not true may be an error, and is taken for one
        return lambda cell: True if all((true := one(cell)) is not ERROR and true for one in given) else ERROR
    if name in _WHOLE:
        return lambda cell, act=_WHOLE[name]: act([one(cell) for one in given])
    return _lifted(_FUNCTIONS[name], given, keeps_errors=name not in _OF_ERRORS)


def _lifted(act: Callable[..., Value], given: list[Formula], keeps_errors: bool = True) -> Formula:
    """A function of single values, run on each place of a list; what fails, and what is asked of an error, is one."""

    def one(values: Sequence[Value]) -> Value:
        if keeps_errors and ERROR in values:
            return ERROR
        try:
            return act(*values)
        except (ValueError, OverflowError, ZeroDivisionError):
            return ERROR

    def run(cell: Value) -> Value:
        values = [part(cell) for part in given]
        count = next((len(value) for value in values if isinstance(value, list)), None)
        if count is None:
            return one(values)
        return [one([value[at] if isinstance(value, list) else value for value in values]) for at in range(count)]

    return run


def _number(value: Value) -> float:
    """A value where a number is wanted. Dates, times and money that Excel reads in texts never help them to pass."""
    if isinstance(value, str):
        if not _NUMERIC.fullmatch(value):
            raise ValueError(value)
        return float(value)
    return float(value)


def _string(value: Value) -> str:
    """A value where a text is wanted."""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else f"{value:.15g}".upper()


def _equal(one: Value, other: Value) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return type(one) is type(other) and bool(one == other)


def _order(one: Value) -> tuple[int, Value]:
    """Numbers come before texts, and texts before true and false."""
    return (2, one) if isinstance(one, bool) else (1, one.casefold()) if isinstance(one, str) else (0, one)


_SIGNS: dict[str, Callable[[Value, Value], Value]] = {
    "=": _equal,
    "<>": lambda one, other: not _equal(one, other),
    "<": lambda one, other: _order(one) < _order(other),
    ">": lambda one, other: _order(one) > _order(other),
    "<=": lambda one, other: _order(one) <= _order(other),
    ">=": lambda one, other: _order(one) >= _order(other),
    "&": lambda one, other: _string(one) + _string(other),
    "+": lambda one, other: _number(one) + _number(other),
    "-": lambda one, other: _number(one) - _number(other),
    "*": lambda one, other: _number(one) * _number(other),
    "/": lambda one, other: _number(one) / _number(other),
}


def _wild(pattern: str) -> re.Pattern[str]:
    """Excel's wildcards: ? for one, * for any, ~ before one that is meant itself."""
    parts = re.findall(r"~[*?~]|.", pattern, re.DOTALL)
    meant = {"?": ".", "*": ".*"}
    return re.compile("".join(meant.get(one, re.escape(one[-1])) for one in parts), re.DOTALL | re.IGNORECASE)


def _find(wanted: Value, within: Value) -> float:
    return float(_string(within).index(_string(wanted)) + 1)


def _search(wanted: Value, within: Value) -> float:
    found = _wild(_string(wanted)).search(_string(within))
    if found is None:
        raise ValueError(wanted)
    return float(found.start() + 1)


def _mid(text: Value, start: Value, count: Value) -> str:
    first = int(_number(start)) - 1
    if first < 0:
        raise ValueError(start)
    return _string(text)[first : first + int(_number(count))]


def _right(text: Value, count: Value = 1.0) -> str:
    return _string(text)[-int(_number(count)) :]


def _substitute(text: Value, old: Value, new: Value, which: Value = None) -> str:
    assert which in (None, 1.0)
    old = _string(old)
    return _string(text).replace(old, _string(new), -1 if which is None else 1) if old else _string(text)


def _text(value: Value, shape: Value) -> str:
    """A whole number in a format of zeros and of marks, some behind a backslash."""
    places = re.findall(r"\\?.", shape)
    digits = f"{round(_number(value)):0{places.count('0')}}"
    assert set(places) - {"0"} <= {"-", " "} | {one for one in places if len(one) == 2}, shape
    extra, rest = digits[: len(digits) - places.count("0")], digits[len(digits) - places.count("0") :]
    following = iter(rest)
    return extra + "".join(next(following) if one == "0" else one[-1] for one in places)


def _date(year: Value, month: Value, day: Value) -> float:
    """The serial number of a day, with months and days that run over, from March 1900 on."""
    y, m, d = (math.floor(_number(one)) for one in (year, month, day))
    y += 1900 if 0 <= y < 1900 else 0
    first = date(y + (m - 1) // 12, (m - 1) % 12 + 1, 1)
    return float((first + timedelta(d - 1) - date(1899, 12, 30)).days)


def _unicode(text: Value) -> float:
    """The code point of the first character; half of a pair and the empty text are none."""
    raw = _string(text)[:2].encode("utf-16-le", "surrogatepass")
    if not raw:
        raise ValueError(text)
    first = raw.decode("utf-16-le", "replace")[0]
    if first == "\ufffd":
        raise ValueError(text)
    return float(ord(first))


_OF_ERRORS = ("ISNUMBER", "ISERR")
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "ISNUMBER": lambda one: isinstance(one, float),
    "ISERR": lambda one: one is ERROR,
    "ABS": lambda one: abs(_number(one)),
    "LEN": lambda one: float(len(_string(one))),
    "LEFT": lambda one, count=1.0: _string(one)[: int(_number(count))],
    "RIGHT": _right,
    "MID": _mid,
    "FIND": _find,
    "SEARCH": _search,
    "SUBSTITUTE": _substitute,
    "TEXT": _text,
    "DATE": _date,
    "MONTH": lambda one: float((date(1899, 12, 30) + timedelta(int(_number(one)))).month),
    "MOD": lambda one, by: _number(one) - _number(by) * math.floor(_number(one) / _number(by)),
    "ROUND": lambda one, places: float(math.floor(_number(one) * 10 ** int(places) + 0.5) / 10 ** int(places)),
    "COUNTIF": lambda one, wanted: float(isinstance(one, str) and bool(_wild(wanted).fullmatch(one))),
    "_xlfn.UNICODE": _unicode,
}


_WHOLE: dict[str, Callable[[list[Value]], Value]] = {
    "OR": lambda values: ERROR if ERROR in values else any(values),
    "COUNT": lambda values: float(sum(isinstance(one, float) for one in values)),
    "SUMPRODUCT": lambda values: ERROR if ERROR in values[0] else sum(map(float, values[0])),
    "ROW": lambda values: values[0],
}
