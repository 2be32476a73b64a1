"""Text from outside becomes the value of a field, or a problem; the same for form, API, import and playbook."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from ale.foundation.field import Field, Kind
from ale.foundation.problem import Problem, sentence

TRUE_WORDS = frozenset({"true", "yes", "y", "1", "oui", "vrai", "on"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "non", "faux", "off"})
EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>().]+(\.[^@\s,;<>().]+)+")


class Unreadable(ValueError):
    """The text is no value of that kind."""


def convert(field: Field, value: Any) -> tuple[Any, Problem | None]:
    """The stored form of `value` (text or already typed) and the problem it has, if any; empty text is None."""
    if isinstance(value, str):
        value = value.replace("\x00", "").encode(errors="replace").decode()  # half a surrogate pair cannot be stored
        value = value if field.kind is Kind.LONG_TEXT else value.strip()
    if value is None or value in ("", []):
        return ([] if field.kind is Kind.LIST else None), None
    try:
        if isinstance(value, dict | list) and field.kind not in (Kind.LIST, Kind.JSON):
            raise Unreadable
        return _READ[field.kind](field, value), None
    except (Unreadable, ValueError, InvalidOperation, TypeError, RecursionError):
        return None, _problem(field, value)


def _problem(field: Field, value: Any) -> Problem:
    code, message = field.facts.unreadable or _SENTENCES[field.kind]
    if field.facts.unreadable:
        return Problem(code, message, field.name, value=str(value)[:80])
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        if field.max_length and len(str(value)) > field.max_length:
            return Problem("TOO_LONG", "Use at most {max} characters.", field.name, max=field.max_length)
        if field.facts.format == "email":
            return Problem("INVALID_EMAIL", "Enter a valid email address.", field.name)
        if field.facts.format == "url":
            return Problem("INVALID_URL", "Enter an address that begins with https:// or http://.", field.name)
    if field.kind is Kind.INTEGER and field.facts.minimum is not None and field.facts.maximum is not None:
        low, high = field.facts.minimum, field.facts.maximum
        return Problem("OUT_OF_RANGE", "Enter a whole number from {min} to {max}.", field.name, min=low, max=high)
    return Problem(code, message, field.name, value=str(value)[:80])


def _text(field: Field, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if field.max_length and len(text) > field.max_length:
        raise Unreadable
    if field.facts.format == "email" and not EMAIL.fullmatch(text):
        raise Unreadable
    if field.facts.format == "url" and urlsplit(text).scheme not in ("http", "https"):
        raise Unreadable
    return text


def _figures(value: Any) -> str:
    """The text of a number; Python's own "1_000" is none."""
    if "_" in str(value):
        raise Unreadable
    return str(value).strip()


def _integer(field: Field, value: Any) -> int:
    number = int(_figures(value))
    low, high = field.facts.minimum, field.facts.maximum
    if (low is not None and number < low) or (high is not None and number > high) or abs(number) > 2**31 - 1:
        raise Unreadable
    return number


def _decimal(field: Field, value: Any) -> Decimal:
    number = Decimal(_figures(value).replace(",", "."))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        raise Unreadable
    return number


def _boolean(field: Field, value: Any) -> bool:
    word = str(value).casefold()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise Unreadable
    return word in TRUE_WORDS


def _date(field: Field, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value)
    return datetime.fromisoformat(text).date() if len(text) > len("2025-03-01") else date.fromisoformat(text)


def _datetime(field: Field, value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None, microsecond=0)


def _choice(field: Field, value: Any) -> Any:
    assert field.choices is not None
    member = field.choices.read(str(value))
    if member is None:
        raise Unreadable
    return member


def _list(field: Field, value: Any) -> list[str]:
    parts = [str(part).replace("\x00", "") for part in value] if isinstance(value, list) else str(value).split(",")
    "".join(parts).encode()
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _json(field: Field, value: Any) -> Any:
    """What JSON itself allows but no database stores (NaN, half a surrogate pair) is refused."""
    known = json.loads(value) if isinstance(value, str) else value
    json.dumps(known, ensure_ascii=False, allow_nan=False).encode()
    return known


_READ: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.CHOICE: _choice,
    Kind.REFERENCE: lambda _, value: str(value),
    Kind.LIST: _list,
    Kind.JSON: _json,
}

_SENTENCES: dict[Kind, tuple[str, str]] = {
    Kind.TEXT: ("INVALID_VALUE", sentence("This text cannot be stored.")),
    Kind.LONG_TEXT: ("INVALID_VALUE", sentence("This text cannot be stored.")),
    Kind.INTEGER: ("INVALID_NUMBER", sentence("Enter a whole number; “{value}” is not one.")),
    Kind.DECIMAL: ("INVALID_NUMBER", sentence("Enter a number; “{value}” is not one.")),
    Kind.BOOLEAN: ("INVALID_BOOLEAN", sentence("Enter yes or no; “{value}” is neither.")),
    Kind.DATE: ("INVALID_DATE", sentence("Enter a date as YYYY-MM-DD; “{value}” is not one.")),
    Kind.DATETIME: ("INVALID_DATETIME", sentence("Enter a date and time as YYYY-MM-DD HH:MM; “{value}” is not one.")),
    Kind.CHOICE: ("INVALID_CHOICE", sentence("Choose one of the listed values; “{value}” is not one of them.")),
    Kind.REFERENCE: ("INVALID_REFERENCE", sentence("This record was not found.")),
    Kind.LIST: ("INVALID_REFERENCE", sentence("This record was not found.")),
    Kind.JSON: ("INVALID_JSON", sentence("This is not valid JSON.")),
}


def as_text(value: Any) -> str:
    """A stored value as the API, the history and exports write it; empty is the empty text."""
    if type(value) is str:  # most values by far
        return value
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)  # the plain value of a choice
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ",".join(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
