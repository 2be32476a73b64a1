"""From the text of a cell to a value: one function per kind, used to check a cell and to convert it. Pure."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from ale.domains.imports.confined.cells import clean, shown
from ale.domains.imports.confined.marks import FORMULA
from ale.foundation.convert import EMAIL

CELL_ERRORS = frozenset({
    "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#UNKNOWN!", "#CONNECT!", "#BUSY!", "#GETTING_DATA", "#PYTHON!", "#EXTERNAL!", FORMULA,
})  # fmt: skip
"""What a cell shows that has no value: Excel's errors, and ours for a formula whose result is not stored."""

TRUE_WORDS = frozenset(("true", "yes", "y", "1", "oui", "vrai"))
FALSE_WORDS = frozenset(("false", "no", "n", "0", "non", "faux"))

DEFAULT_FORMATS = {"date": "yyyy-MM-dd", "datetime": "yyyy-MM-dd HH:mm:ss"}

Choices = Mapping[str, Sequence[str]]  # stored value → its labels, English and French first, and other spellings
Reader = Callable[[str], object]  # raises ValueError for a text that is no such value

WHOLE_DIGITS, DECIMALS = 20, 30
"""Digits of a number before and behind its mark: all that Excel shows of what it keeps between 1E-15 and 1E+20."""

_NUMBER = re.compile(rf"[+-]?\d{{1,{WHOLE_DIGITS}}}(?:[.,]\d{{1,{DECIMALS}}})?", re.ASCII)
_ISO = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_ISO_DATE = re.compile(_ISO + "(?: 00:00:00)?", re.ASCII)
_ISO_MOMENT = re.compile(_ISO + r"(?:[ T](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d))?", re.ASCII)
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
_PARTS = {"y": "year", "M": "month", "d": "day", "H": "hour", "h": "hour", "m": "minute", "s": "second", "S": "second"}
_CENTURY_TURNS = 70  # two-digit years below it are of this century


def cell_text(value: object) -> str:
    """What a program sends for a cell, as text: the same as if it stood in a workbook."""
    if value is None:
        return ""
    return clean(json.dumps(value, ensure_ascii=False)) if isinstance(value, dict | list) else shown(value)


def reader(sub_type: str, *, date_format: str = "", choices: Choices | None = None) -> Reader:
    """The function that reads a non-empty text of a kind; it raises ValueError when the text does not fit.

    A date or moment is read in `date_format` (Java's letters) and always as a true Excel date. Raises ValueError at
    once for a format that is none.
    """
    if sub_type == "date":
        return _date_reader(date_format or DEFAULT_FORMATS["date"])
    if sub_type == "datetime":
        return _moment_reader(date_format or DEFAULT_FORMATS["datetime"])
    if sub_type == "choice":
        return _choice_reader(choices or {})
    return _READERS.get(sub_type, str)


def read_boolean(text: str) -> bool:
    """True and false in both languages, in any case. Raises ValueError."""
    word = text.casefold()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(text)


def read_number(text: str) -> Decimal:
    """A number with a point or a comma as decimal mark and no thousands mark. Raises ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text.replace(",", "."))


def read_email(text: str) -> str:
    """Raises ValueError unless `text` has the form of an e-mail address."""
    if not EMAIL.fullmatch(text):
        raise ValueError(text)
    return text


def read_url(text: str) -> str:
    """Raises ValueError unless `text` is an address that begins with http:// or https://."""
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.hostname or re.search(r"\s", text):
        raise ValueError(text)
    return text


_READERS: dict[str, Reader] = {
    "boolean": read_boolean,
    "integer_or_decimal": read_number,
    "email": read_email,
    "url": read_url,
}


def is_date_format(text: str) -> bool:
    """Whether `text` is a format that dates can be read in."""
    try:
        _pattern(text)
    except ValueError:
        return False
    return True


def reference_key(value: str, within: str | None = None) -> str:
    """`value` as references are compared: without regard to case, as databases see it, and runs of blanks.

    `within` narrows it, say to the name of an account.
    """
    key = " ".join(value.split()).lower()
    return key if within is None else f"{reference_key(within)}\x1f{key}"


def _choice_reader(choices: Choices) -> Reader:
    meant: dict[str, str] = {}
    for value in choices:
        meant[value.casefold()] = value
    for value, labels in choices.items():
        for label in labels:
            meant.setdefault(label.casefold(), value)

    def read(text: str) -> str:
        try:
            return meant[text.casefold()]
        except KeyError:
            raise ValueError(text) from None

    return read


def _date_reader(date_format: str) -> Callable[[str], date]:
    read = _reader_of((_ISO_DATE, _pattern(date_format)))
    return lambda text: read(text).date()


def _moment_reader(date_format: str) -> Callable[[str], datetime]:
    return _reader_of((_ISO_MOMENT, _pattern(date_format)))


def _reader_of(patterns: Sequence[re.Pattern[str]]) -> Callable[[str], datetime]:
    @lru_cache(maxsize=4096)  # a column holds few different days
    def read(text: str) -> datetime:
        for pattern in patterns:
            if match := pattern.fullmatch(text):
                return _moment(match.groupdict())
        raise ValueError(text)

    return read


def _moment(parts: dict[str, str | None]) -> datetime:
    half = (parts.pop("half", None) or "").casefold()
    values = {name: int(text) for name, text in parts.items() if text}
    if len(parts["year"] or "") == 2:
        values["year"] += 2000 if values["year"] < _CENTURY_TURNS else 1900
    hour = values.pop("hour", 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "pm" else 0)
    day = date(values["year"], values["month"], values["day"])
    return datetime.combine(day, time(hour, values.get("minute", 0), values.get("second", 0)))


def date_parts(date_format: str) -> tuple[tuple[str, str], ...]:
    """The pieces of a format in Java's date letters: ("year", "yyyy"), or ("", "-") for what stands between them.

    YYYY-MM-DD is understood too. Raises ValueError for other letters.
    """
    named: set[str] = set()
    pieces = []
    for token in _TOKEN.finditer(date_format):
        letters, letter = token[0], token[2]
        if not letter:
            pieces.append(("", (token[1] or letters).replace("''", "'")))
            continue
        part = _PARTS.get({"Y": "y", "D": "d"}.get(letter, letter), "half" if letter == "a" else "")
        if part == "month" and "month" in named:
            part = "minute"  # YYYY-MM-DD HH:MM:SS
        if not part or part in named or len(letters) not in _lengths(part):
            raise ValueError(date_format)
        named.add(part)
        pieces.append((part, letters))
    if not named >= {"year", "month", "day"}:
        raise ValueError(date_format)
    return tuple(pieces)


@lru_cache(maxsize=256)
def _pattern(date_format: str) -> re.Pattern[str]:
    pieces = [
        f"(?P<{part}>{_digits(part, len(text))})" if part else re.escape(text) for part, text in date_parts(date_format)
    ]
    return re.compile("".join(pieces), re.ASCII)


def _lengths(part: str) -> tuple[int, ...]:
    return {"year": (2, 4), "half": (1,)}.get(part, (1, 2))


def _digits(part: str, length: int) -> str:
    if part == "half":
        return "[aApP][mM]"
    return r"\d{1,2}" if length == 1 else rf"\d{{{length}}}"
