"""Cells as text, the way their owner sees them in the spreadsheet."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

LONGEST = 32_767
"""Characters that a cell may hold in Excel; longer text is cut to one more, so that its check sees it is too long."""

GUARDED = re.compile("'*[\x00-\x20]*[=+\\-@\t\r＝＋－＠]")
"""Text that a spreadsheet program would run as a formula, or that was guarded against it with an apostrophe."""

# Blanks, controls, soft hyphen, zero-width and direction marks, as ranges of code points.
_INVISIBLE = "00-20 7f-a0 ad-ad 1680-1680 180e-180e 2000-200f 2028-202f 205f-206f 3000-3000 feff-feff"
_ENDS = "".join(
    chr(code)
    for first, last in (part.split("-") for part in _INVISIBLE.split())
    for code in range(int(first, 16), int(last, 16) + 1)
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NEW_LINES = re.compile("\r\n?|\x85|\u2028|\u2029")


def clean(text: str) -> str:
    """`text` without blanks, invisible characters and direction marks at its ends, and without control characters."""
    text = text.strip(_ENDS)
    if not text.isprintable():
        text = _CONTROL.sub("", _NEW_LINES.sub("\n", text)).strip(_ENDS)
    return text if len(text) <= LONGEST else text[: LONGEST + 1]


def shown(value: object) -> str:
    """A cell's value as the fast reader gives it, as text: ISO dates, whole numbers without a point, true and false."""
    if type(value) is str:
        return clean(value)
    if type(value) is float:
        return number(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _nearest_second(value).isoformat(" ")
    if isinstance(value, time):
        return _nearest_second(datetime.combine(date.min, value)).time().isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)  # a date or a whole number


def number(value: float) -> str:
    """A number with the 15 digits that Excel keeps and shows, never in scientific notation below 1e21."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    digits = f"{value:.15g}"
    if "e" in digits and 1e-15 < abs(value) < 1e21:
        digits = f"{Decimal(digits):f}"
    return digits


def _nearest_second(moment: datetime) -> datetime:
    """Excel counts in fractions of a day, so that 8:30 may be stored as 8:29:59.999999."""
    try:
        return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    except OverflowError:  # the last half second that there is
        return moment.replace(microsecond=0)
