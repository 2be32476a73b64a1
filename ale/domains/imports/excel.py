"""The check of a column as a formula that Excel runs on what is typed, from the same validations as ALE's own. Pure.

Excel refuses nothing that ALE takes, but for blanks and invisible characters at the ends of a text: it counts them, and
loading cuts them off. It can only be weaker, and leaves to ALE: references (a file that gets around does not know what
exists by now, nor may it tell), scripts, a second kind of check on one column, what is pasted or cleared, errors that
a formula comes to (Excel looks at what is typed only), and of texts what does not fit into the 255 characters of a
check: minutes and seconds, formats with parts of no fixed width, dates in another format than that of the column, the
number of digits, a decimal mark in front, white space other than blanks, hosts of unusual forms.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from openpyxl.worksheet.datavalidation import DataValidation

from ale.domains.imports.guide import Entry
from ale.domains.imports.values import DECIMALS, WHOLE_DIGITS, date_parts

_LONGEST_FORMULA = 255  # characters that Excel takes for a check

Parts = Sequence[tuple[str, str]]  # of a date format
Conditions = list[str]
"""Formulas with {c} for the cell, each true of every text that ALE takes; the telling ones stand first."""

Kind = tuple[str, Conditions]
"""What is asked of a kind of values: a formula with {all} for the conditions of a text, and these."""


def check_of(entry: Entry, cell: str, choices: str, lists: str) -> DataValidation | None:
    """What Excel can refuse in a column whose first cell is `cell`; None when nothing.

    `choices` is the range with all spellings of the choices, `lists` the name of its sheet.
    """
    formula = choices if entry.accepted else formula_of(entry, cell, lists)
    if not formula:
        return None
    kind: Literal["list", "custom"] = "list" if entry.accepted else "custom"
    return DataValidation(type=kind, formula1=formula, allow_blank=not entry.mandatory, showErrorMessage=True)


def formula_of(entry: Entry, cell: str, lists: str) -> str:
    """True for what may stand in `cell`; "" where anything may."""
    frame, conditions = _KINDS.get(entry.sub_type, _text)(entry)
    if entry.longest:
        conditions.append(_at_most(entry.longest))
    if not conditions and entry.mandatory:
        conditions.append("LEN({c})>0")
    kept: Conditions = []
    formula = ""
    for condition in conditions:
        every = f"AND({','.join([*kept, condition])})"
        longer = frame.replace("{all}", every).replace("{c}", cell).replace("{lists}", lists)
        if len(longer) <= _LONGEST_FORMULA:
            kept, formula = [*kept, condition], longer
    return formula


def _text(_entry: Entry) -> Kind:
    return "{all}", []


def _at_most(longest: int) -> str:
    """No longer than so many characters, of which one beyond the basic plane (say an emoji) counts as two in LEN.

    UNICODE fails for half of such a pair, and for what lies behind the end; so it fails as often as there are
    characters, or more, when these are at most half of the places looked at.
    """
    return f"LEN({{c}})<=SUMPRODUCT(--ISERR(_xlfn.UNICODE(MID({{c}},{_up_to(2 * longest)},1))))"


def _up_to(count: int) -> str:
    """The numbers from 1 to `count`, from the sheet whose rows nobody deletes."""
    return f"ROW({{lists}}!$1:${count})"


def _number(_entry: Entry) -> Kind:
    """A number that Excel keeps as one, else a text of digits with a sign in front and one mark between them."""
    sign, mark = 'FIND(LEFT({c}),"+-")', 'FIND(".",SUBSTITUTE({c},",","."))'
    without = f'SUMPRODUCT(LEN(SUBSTITUTE({{c}},{_up_to(10)}-1,"")))'  # one digit after the other
    frame = f"IF(ISNUMBER({{c}}),AND(ABS({{c}})<1E{WHOLE_DIGITS},OR({{c}}=0,ABS({{c}})>1E-15)),{{all}})"
    return frame, [
        f"{without}=9*LEN({{c}})+COUNT({sign},{mark})",
        "ISNUMBER(-RIGHT({c}))",
        f"ISNUMBER(-LEFT({{c}},1+COUNT({sign})))",
        f"LEN({{c}})<={WHOLE_DIGITS + DECIMALS + 2}",
    ]


def _date(entry: Entry) -> Kind:
    """A day that Excel keeps as one, without a time to the second; else a text in the format."""
    frame = "IF(ISNUMBER({c}),AND({c}>=1,{c}<2958465.5,MOD(ROUND({c}*86400,0),86400)=0),{all})"
    parts = date_parts(entry.date_format)
    if _begins_iso(parts) and len(parts) == len(_ISO):
        return frame, _iso_day('SUBSTITUTE({c}," 00:00:00","",1)')
    return frame.replace("{all}", _ISO_OR), _in_format(parts)


def _moment(entry: Entry) -> Kind:
    """A moment that Excel keeps as one, else a text in the format."""
    frame = "IF(ISNUMBER({c}),AND({c}>=1,{c}<2958466),{all})"
    parts = date_parts(entry.date_format)
    times = [letters for _part, letters in parts[len(_ISO) :]]
    if _begins_iso(parts) and times[1:4:2] in (["HH", "mm"], ["HH", "MM"]) and list(map(len, times[:3])) == [1, 2, 1]:
        hour, minute = "--(0&MID({c},12,2))<24", "--(0&MID({c},15,2))<60"
        return frame, [*_iso_day("LEFT({c},10)"), 'COUNTIF({c},"*?:??*")+(LEN({c})=10)', hour, minute]
    return frame.replace("{all}", _ISO_OR), _in_format(parts)


_ISO = ("year", "-", "month", "-", "day")
_ISO_OR = 'IF(COUNTIF({c},"????-??-??*"),1,{all})'
"""Dates as ALE writes true ones count beside the format; they are looked at only roughly then."""


def _begins_iso(parts: Parts) -> bool:
    return tuple(part or letters for part, letters in parts[: len(_ISO)]) == _ISO and _is_fixed(parts[: len(_ISO)])


def _is_fixed(parts: Parts) -> bool:
    """Whether each part of a date has its place."""
    return all(len(letters) > 1 or not part for part, letters in parts)


def _iso_day(text: str) -> Conditions:
    """What is true of a text that begins with a date as ALE writes it; `text` is what the date alone is."""
    digits = 'TEXT(--SUBSTITUTE(LEFT({c},10),"-",""),"0000-00-00")'
    return [f"{text}={digits}", _is_day("LEFT({c},4)", "MID({c},6,2)", "MID({c},9,2)")]


def _is_day(year: str, month: str, day: str) -> str:
    """The month has such a day; years are told by where they stand in the 400 after which the calendar repeats."""
    return f"MONTH(DATE(2000+MOD({year},400),{month},{day}))=--{month}"


def _in_format(parts: Parts) -> Conditions:
    """What is true of a text in a format: each digit and mark in its place, and a day that the month has."""
    if not _is_fixed(parts):
        return ['COUNTIF({c},"' + "".join(_wildcards(*one) for one in parts) + '")']
    digits, places, at = "{c}", {}, 1
    for part, letters in parts:
        if part:
            places[part] = f"MID({{c}},{at},{len(letters)})"
        elif f"{_quoted(letters)}," not in digits:
            digits = f'SUBSTITUTE({digits},{_quoted(letters)},"")'
        at += len(letters)
    shape = "".join("0" * len(letters) if part else "".join(f"\\{one}" for one in letters) for part, letters in parts)
    return [
        f"{{c}}=TEXT(--{digits},{_quoted(shape)})",
        _is_day(places["year"], places["month"], places["day"]),
    ]


def _wildcards(part: str, letters: str) -> str:
    if not part:
        return "".join(f"~{one}" if one in "*?~" else one for one in letters).replace('"', '""')
    return "??" if part == "half" else "?" * len(letters) + "*" * (len(letters) == 1)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _email(_entry: Entry) -> Kind:
    """One @ with a name before and a host of two parts or more behind it, and none of the marks that end an address."""
    marks = f'SUMPRODUCT(--ISNUMBER(FIND(MID(" ,;<>()",{_up_to(7)},1),{{c}})))=0'
    return "{all}", [
        'ISNUMBER(SEARCH("?@?*.?",{c}))',
        'COUNT(SEARCH("@*@",{c}),FIND("@.",{c}),SEARCH("@*..",{c}))=0',
        marks,
        'RIGHT({c})<>"."',
    ]


def _url(_entry: Entry) -> Kind:
    """http:// or https://, then a host, and no blank."""
    return "{all}", [
        'OR(LEFT({c},7)="http://",LEFT({c},8)="https://")',
        'ISERR(FIND(" ",{c}))',
        'ISERR(FIND(MID({c}&"/",FIND("//",{c})+2,1),"/?#"))',
    ]


_KINDS: dict[str, Callable[[Entry], Kind]] = {
    "integer_or_decimal": _number,
    "date": _date,
    "datetime": _moment,
    "email": _email,
    "url": _url,
}
