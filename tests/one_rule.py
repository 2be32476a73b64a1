"""One import with a column for each kind of validation, and ten thousand values for each, most of them near an edge."""

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from ale.domains.imports.confined.cells import shown
from ale.domains.imports.headings import Column
from ale.domains.imports.validation import Validation
from ale.domains.imports.values import CELL_ERRORS, FALSE_WORDS, TRUE_WORDS, reference_key
from ale.foundation.label import Label

AMOUNT = 10_000
LANGUAGES = {"en": ("English", "Anglais"), "fr": ("French", "Français", "Francais"), "de": ("German", "Allemand")}
KNOWN = ("Genixify", "Boxeo", "Alderis")
"""Accounts that there are."""

Held = str | float
"""What a cell holds: a text, or a number, which in a column of dates is the serial number of a moment."""


@dataclass(frozen=True, eq=False)
class Kind:
    """A column with its validations; `is_text` where Excel keeps what is typed as it is."""

    column: Column
    checks: tuple[Validation, ...]
    is_text: bool = True

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def is_day(self) -> bool:
        return self.checks[0].sub_type in ("date", "datetime")

    def text(self, held: Held) -> str:
        """What ALE reads in a cell."""
        if isinstance(held, float) and self.is_day and held >= 1:
            return shown(datetime.fromisoformat("1899-12-30" if held >= 60 else "1899-12-31") + timedelta(held))
        return held if isinstance(held, str) else shown(held)


def _kind(name: str, sub_type: str, *, is_text: bool = True, mandatory: bool = False, **more: object) -> Kind:
    check = Validation(name, f"u_{name}", sub_type, mandatory=mandatory, **more)  # type: ignore[arg-type]
    limit = Validation(f"{name} limit", f"u_{name}", "string_limit", max_length=60, order=200)
    checks = (check, limit) if sub_type in ("email", "url") else (check,)
    return Kind(Column(f"u_{name}", Label(name, f"{name} (fr)"), mandatory=mandatory), checks, is_text)


KINDS = (
    _kind("reference", "reference", reference_table="customer_account", reference_field="name"),
    _kind("choice", "choice", choices=LANGUAGES),
    _kind("date", "date", is_text=False, date_format="yyyy-MM-dd"),
    _kind("day", "date", is_text=False, date_format="dd/MM/yyyy"),
    _kind("moment", "datetime", is_text=False, date_format="yyyy-MM-dd HH:mm:ss"),
    _kind("minute", "datetime", is_text=False, date_format="dd.MM.yyyy HH:mm"),
    _kind("short", "date", is_text=False, date_format="d.M.yy"),
    _kind("boolean", "boolean"),
    _kind("text", "string_limit", max_length=20, mandatory=True),
    _kind("number", "integer_or_decimal", is_text=False),
    _kind("email", "email"),
    _kind("url", "url"),
)
CHECKS = tuple(check for kind in KINDS for check in kind.checks)
REFERENCES = {("customer_account", "name"): {reference_key(name) for name in KNOWN}}


@cache
def values_of(kind: Kind) -> tuple[Held, ...]:
    """The generated values of a kind, the same in every run."""
    chance = random.Random(kind.name)
    make = _MAKERS[kind.checks[0].sub_type]
    given: dict[Held, None] = {"": None} | dict.fromkeys(sorted(CELL_ERRORS)) | dict.fromkeys(_LONG)
    while len(given) < AMOUNT:
        value = make(chance, kind)
        while isinstance(value, str) and chance.random() < 0.35:
            value = chance.choice(_CHANGES)(value, chance)
        given[value] = None
    return tuple(given)


_LONG = ("x" * 32_767, "x" * 32_768, "é" * 33_000)
_INVISIBLE = (" ", "  ", "\u00a0", "\t", "\n", "\r\n", "\u200b", "\ufeff", "\u200e", "\u2028", "\u3000", "\x00", "\x07")


def _inserted(value: str, chance: random.Random, what: str) -> str:
    at = chance.randint(0, len(value))
    return value[:at] + what + value[at:]


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    lambda value, chance: chance.choice(_INVISIBLE) + value,
    lambda value, chance: value + chance.choice(_INVISIBLE),
    lambda value, chance: _inserted(value, chance, chance.choice(_INVISIBLE)),
    lambda value, chance: _inserted(value, chance, chance.choice("0123456789.,;-+/:@()<>'\"= eETx%*?~")),
    lambda value, chance: value[: (at := chance.randint(0, len(value)))] + value[at + 1 :],
    lambda value, _chance: value.upper(),
    lambda value, _chance: value.title(),
    lambda value, _chance: unicodedata.normalize("NFD", value),
    lambda value, _chance: value.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)}),
    lambda value, chance: chance.choice(("'", "=", "-", "+", "@", "''")) + value,
    lambda value, _chance: f'="{value}"',
    lambda value, chance: _inserted(value, chance, chance.choice(("😀", "é", "ß", "İ", "\u0301", "漢", "\U00020000"))),
    lambda value, _chance: value.replace(" ", "  "),
)


def _word(chance: random.Random, letters: str = "abcdefgéßñ", most: int = 8) -> str:
    return "".join(chance.choice(letters) for _ in range(chance.randint(1, most)))


def _reference(chance: random.Random, _kind: Kind) -> Held:
    return chance.choice((*KNOWN, *KNOWN, "Genixfy", "Nobody Ltd", _word(chance)))


def _choice(chance: random.Random, _kind: Kind) -> Held:
    words = [word for value, labels in LANGUAGES.items() for word in (value, *labels)]
    return chance.choice((*words, "Dutch", "nl", "e", "English, French", _word(chance)))


def _boolean(chance: random.Random, _kind: Kind) -> Held:
    return chance.choice((*sorted(TRUE_WORDS | FALSE_WORDS), "on", "off", "2", "01", "ja", "x", _word(chance)))


def _text(chance: random.Random, _kind: Kind) -> Held:
    length = chance.choice((1, 2, 10, 18, 19, 20, 20, 21, 22, 40, 41))
    return "".join(chance.choice("ab é漢😀\U00020000") if chance.random() < 0.3 else "x" for _ in range(length))


def _number(chance: random.Random, _kind: Kind) -> Held:
    size = chance.choice((1, 2, 5, 14, 15, 16, 19, 20, 21, 25, 52, 53))
    whole = str(chance.randrange(10**size))
    text = chance.choice(("", "", "-", "+", "--")) + whole
    if chance.random() < 0.6:
        text += chance.choice(".,") + str(chance.randrange(10 ** chance.choice((1, 2, 15, 29, 30, 31))))
    if chance.random() < 0.5:
        return text
    number = chance.choice((1.0, -1.0)) * float(f"{chance.random():.14f}") * 10.0 ** chance.randint(-18, 22)
    return float(f"{number:.15g}")  # what Excel keeps of it


def _day(chance: random.Random, kind: Kind) -> Held:
    if chance.random() < 0.35:
        return _serial(chance)
    year, month, day = chance.choice(_YEARS), chance.randint(0, 13), chance.randint(0, 32)
    hour, minute, second = chance.randint(0, 25), chance.randint(0, 61), chance.randint(0, 61)
    shape = chance.choice((kind.checks[0].date_format, kind.checks[0].date_format, *_SHAPES))
    parts = {
        "yyyy": f"{year:04}", "MM": f"{month:02}", "dd": f"{day:02}", "HH": f"{hour:02}", "mm": f"{minute:02}",
        "ss": f"{second:02}", "yy": f"{year % 100:02}", "M": f"{month}", "d": f"{day}",
    }  # fmt: skip
    for letters, text in parts.items():
        shape = shape.replace(letters, text)
    return shape


def _serial(chance: random.Random) -> float:
    """A moment as Excel keeps it, often at the edge of a day, never within a tenth of where a second is rounded."""
    day = float(chance.choice((1, 2, 58, 61, 36_525, 45_000, 2_958_464, chance.randint(61, 2_958_464))))
    seconds = chance.choice((0, 0, 0, 0.3, -0.3, 0.7, -0.7, 1, 43_200, 86_399, chance.randrange(86_400)))
    return max(day + seconds / 86_400, 1.0)


_YEARS = (1, 99, 1600, 1850, 1900, 1999, 2000, 2023, 2024, 2025, 2100, 9999)
_SHAPES = (
    "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd 00:00:00", "yyyy-MM-ddTHH:mm:ss", "dd/MM/yyyy", "MM/dd/yyyy",
    "d/M/yyyy", "dd.MM.yyyy HH:mm", "dd.MM.yyyy", "d.M.yy", "yyyy/MM/dd", "yyyyMMdd", "HH:mm", "yyyy-MM", "today",
)  # fmt: skip


def _email(chance: random.Random, _kind: Kind) -> Held:
    name, host = _word(chance, "ab.c+-é'", 12), ".".join(_word(chance, "abé-") for _ in range(chance.randint(1, 3)))
    filling = "x" * chance.choice((0, 0, 0, 40, 50, 60))
    return chance.choice((f"{name}@{host}", f"{name}{filling}@{host}", name, f"{name}@@{host}", f"{host}@.{name}"))


def _url(chance: random.Random, _kind: Kind) -> Held:
    scheme = chance.choice(("http://", "https://", "HTTPS://", "ftp://", "http:/", "//", "", "javascript:"))
    host = chance.choice(("x", "a.example", "a:b@x.example", "[::1]", "x:80", ":80", "", "@x", "u@", "[x"))
    return scheme + host + chance.choice(("", "/", "/a b", "?q=é", "#x", "/" + "x" * chance.choice((1, 40, 60))))


_MAKERS: dict[str, Callable[[random.Random, Kind], Held]] = {
    "reference": _reference, "choice": _choice, "boolean": _boolean, "string_limit": _text,
    "integer_or_decimal": _number, "date": _day, "datetime": _day, "email": _email, "url": _url,
}  # fmt: skip


def rows() -> Iterator[tuple[Held, ...]]:
    """The values side by side: a row has one of each kind."""
    return zip(*map(values_of, KINDS), strict=True)
