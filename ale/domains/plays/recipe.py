"""A recipe: what a subflow asks whoever launches it, and the records it then makes, as text that an author writes.

`inputs` is {table, fields, required, start}: the fields of one table, asked as its form asks them. `steps` is a list of
{create: table, as: name, values}, {change: name, values} and {find: table, as: name, values}, each with an optional
`when`. A value is a constant, a text with {names}, one of {en, fr}, or a day such as "+30 days". Names are those of
`KNOWN`, the inputs, and the records of earlier steps.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ale.foundation.field import Values, fields_of
from ale.foundation.label import in_language
from ale.foundation.problem import Problem, sentence
from ale.foundation.record import RECORDS

KNOWN = ("source", "source_table", "source_name", "engagement", "account", "account_name", "user")
"""What every recipe may speak of: the record it is launched from, whose engagement and account, and by whom."""

GIVEN = "given"
"""The value of a condition that holds when its name is filled."""

DEEDS = ("create", "change", "find")
NO_TABLE = sentence("There is no table or record called so: {about}.")
_DAYS = re.compile(r"([+-]\d{1,4}) days")
_NAMES = re.compile(r"\{(\w+)\}")


class Unsound(ValueError):
    """The text of a recipe does not say what it should; `problem` says why."""

    def __init__(self, code: str, message: str, about: object, field: str = "steps") -> None:
        self.problem = Problem(code, message, field, about=str(about)[:80])
        super().__init__(self.problem.text())


@dataclass(frozen=True, slots=True)
class Inputs:
    """The fields of `table` that the launcher asks for, and what they begin with."""

    table: str
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    start: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One deed of a recipe, on a table or on the record called `subject`; what it makes is called `name`."""

    deed: str
    subject: str
    name: str
    values: Mapping[str, Any]
    when: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a subflow asks and does."""

    inputs: Inputs | None
    steps: tuple[Step, ...]


def read(inputs: Any, steps: Any) -> Recipe:
    """The recipe that these two texts say; Unsound where they name what is not there."""
    asked = _inputs(inputs) if inputs else None
    known = {*KNOWN, *(asked.fields if asked else ())}
    made = {"engagement": "sn_acct_lc_engagement", "source": ""}
    found = []
    for number, row in enumerate(_list(steps or [], "steps"), start=1):
        step = _step(row, number, made)
        for name in _spoken_of(step):
            if name not in known:
                raise Unsound(
                    "RECIPE_NAME", sentence("Nothing is called so at this step: {about}."), f"{number}, {name}"
                )
        if step.name:
            known.add(step.name)
            made[step.name] = step.subject
        found.append(step)
    return Recipe(asked, tuple(found))


def _inputs(given: Any) -> Inputs:
    if not isinstance(given, dict) or given.get("table") not in RECORDS:
        raise Unsound("RECIPE_TABLE", NO_TABLE, given.get("table") if isinstance(given, dict) else given, "inputs")
    fields, required, start = given.get("fields"), given.get("required") or [], given.get("start") or {}
    if not isinstance(start, dict):
        raise Unsound("RECIPE_LIST", sentence("“{about}” has to be a list of names and values."), "start", "inputs")
    asked = Inputs(given["table"], tuple(_list(fields, "fields")), tuple(_list(required, "required")), start)
    _refuse_unknown(asked.table, (*asked.fields, *asked.required, *asked.start), "inputs", "inputs")
    return asked


def _step(row: Any, number: int, made: Mapping[str, str]) -> Step:
    deeds = [name for name in DEEDS if isinstance(row, dict) and name in row]
    values, when = (row.get("values") or {}, row.get("when") or {}) if deeds else ({}, {})
    if len(deeds) != 1 or not isinstance(values, dict) or not isinstance(when, dict):
        raise Unsound("RECIPE_STEP", sentence("Step {about} has to create, change or find something."), number)
    deed, subject = deeds[0], str(row[deeds[0]])
    table = made.get(subject) if deed == "change" else subject
    if table is None or (table and table not in RECORDS):
        raise Unsound("RECIPE_TABLE", NO_TABLE, f"{number}, {subject}")
    if table:
        _refuse_unknown(table, values, str(number))
    return Step(deed, subject, str(row.get("as") or ""), values, when)


def _refuse_unknown(table: str, names: Collection[str], place: str, said_in: str = "steps") -> None:
    known = {*fields_of(RECORDS[table]), *RECORDS[table].__sheet__.journals}
    for name in names:
        if name not in known:
            raise Unsound("RECIPE_FIELD", sentence("There is no such field: {about}."), f"{place}, {name}", said_in)


def _list(given: Any, name: str) -> Sequence[Any]:
    if not isinstance(given, list):
        said_in = "steps" if name == "steps" else "inputs"
        raise Unsound("RECIPE_LIST", sentence("“{about}” has to be a list of names and values."), name, said_in)
    return given


def _spoken_of(step: Step) -> Iterator[str]:
    yield from step.when
    for value in step.values.values():
        for text in value.values() if isinstance(value, dict) else (value,):
            yield from _NAMES.findall(text) if isinstance(text, str) else ()


def is_due(step: Step, names: Values) -> bool:
    """Whether the condition of a step holds: every name in it is filled, or is one of the values said there."""
    for name, wanted in step.when.items():
        value = names.get(name)
        if wanted == GIVEN and not value:
            return False
        if wanted != GIVEN and str(value) not in map(str, wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def filled(values: Mapping[str, Any], names: Values, language: str, day: date) -> Values:
    """The values of a step with names, language and days put in."""
    return {name: _filled(value, names, language, day) for name, value in values.items()}


def _filled(value: Any, names: Values, language: str, day: date) -> Any:
    value = in_language(value, language)
    if not isinstance(value, str):
        return value
    if days := _DAYS.fullmatch(value):
        return (day + timedelta(days=int(days[1]))).isoformat()
    if alone := _NAMES.fullmatch(value):
        return names.get(alone[1])  # as it is: a list stays one, nothing stays nothing
    return _NAMES.sub(lambda name: str(names.get(name[1]) or ""), value)


def is_sound(values: Values, before: Values | None) -> Sequence[Problem]:
    """A subflow is stored only when it could run: its tables, fields and names are there."""
    try:
        read(values.get("inputs"), values.get("steps"))
    except Unsound as error:
        return [error.problem]
    return ()
