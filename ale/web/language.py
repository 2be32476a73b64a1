"""The reader's language: which one it is, and how dates, numbers and labels are written in it."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import dates, numbers
from flask import Flask, g, request, session
from flask_babel import Babel, format_timedelta, get_locale, gettext
from flask_babel import format_currency as _currency
from markupsafe import Markup

from ale.foundation.choice import Choice
from ale.foundation.clock import today
from ale.foundation.label import Label
from ale.web.identity import known_actor

LANGUAGES = ("en", "fr")
DAY, MOMENT = "d MMM y", "d MMM y, HH:mm"


def init_app(app: Flask) -> None:
    """Translations and the filters that depend on the language."""
    Babel(app, locale_selector=_chosen)
    app.jinja_env.filters.update(
        date=date_text, datetime=datetime_text, relative=relative, number=number, money=money, label=label
    )
    app.jinja_env.globals["_"] = said


def _chosen() -> str:
    """The actor's language, else the one picked on the log-on page, else what the browser asks for."""
    by = known_actor()
    if by is not None:
        return by.language
    return session.get("language") or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def locale() -> str:
    """The language of this request, "en" or "fr"; a page asks hundreds of times."""
    known: str | None = g.get("locale")
    if known is None:
        known = g.locale = str(get_locale())
    return known


def plain(text: str, /) -> str:
    """A sentence without values in the reader's language, for what is said in every row of a list."""
    return _translated(locale(), text)


def said(text: str, /, **values: Any) -> Markup:
    """`_` of the templates: the sentence in the reader's language with these values in it, escaped."""
    sentence = _marked(locale(), text)
    return sentence % values if values else sentence


@lru_cache(4096)
def _translated(_language: str, text: str) -> str:
    """The library looks for language and catalogue each time it is asked."""
    return gettext(text)


@lru_cache(4096)
def _marked(language: str, text: str) -> Markup:
    return Markup(_translated(language, text))  # noqa: S704 -- a sentence of ours


def label(value: Label | Choice) -> str:
    """A declared label, or that of a choice, in the reader's language."""
    return (value.label if isinstance(value, Choice) else value).text(locale())


def date_text(value: date | None) -> str:
    """31 Oct 2026; empty without a day."""
    return _day(locale(), value) if value else ""


@lru_cache(4096)
def _day(language: str, value: date) -> str:
    return dates.format_date(value, DAY, locale=language)


def datetime_text(value: datetime | None) -> str:
    """31 Oct 2026, 09:41; empty without a moment. Times are UTC."""
    return _moment(locale(), value) if value else ""


@lru_cache(4096)
def _moment(language: str, value: datetime) -> str:
    return dates.format_datetime(value, MOMENT, locale=language)


def relative(value: date | None) -> str:
    """How far a day is: "in 18 days", "3 days ago", "today"."""
    if value is None:
        return ""
    return str(format_timedelta(value - today(), granularity="day", threshold=60, add_direction=True))


def number(value: int | Decimal | None) -> str:
    """A number with the separators of the language."""
    return "" if value is None else _number(locale(), value)


@lru_cache(4096)
def _number(language: str, value: int | Decimal) -> str:
    return numbers.format_decimal(value, locale=language)


def signed(value: int | Decimal) -> str:
    """A difference with its sign; one in decimals has two of them: +12, −3.50."""
    pattern = "#,##0.00" if isinstance(value, Decimal) else "#,##0"
    return numbers.format_decimal(value, f"+{pattern};−{pattern}" if value else pattern, locale=locale())


def points(hundredths: int) -> str:
    """Hundredths of a point as points: 12.50."""
    return numbers.format_decimal(Decimal(hundredths) / 100, "#,##0.00;−#,##0.00", locale=locale())


def money(value: Decimal | None, currency: str) -> str:
    """An amount with its currency."""
    return "" if value is None else str(_currency(value, currency))
