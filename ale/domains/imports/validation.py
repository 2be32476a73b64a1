"""Rows of text × validations → what is wrong with each cell. Pure, and fast: a column at a time, each text once.

A problem is stored as `{"rule", "field", "code", "params"}`, so that `message` can say it in either language later.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ale.domains.imports.confined.cells import LONGEST
from ale.domains.imports.confined.marks import FORMULA
from ale.domains.imports.values import CELL_ERRORS, DEFAULT_FORMATS, Choices, reader, reference_key
from ale.foundation.label import Label

Row = Mapping[str, str]  # staging field → text, "" when empty
Stored = dict[str, Any]  # a problem as it is stored
References = Mapping[tuple[str, str], Collection[str]]  # (table, field) → `reference_key` of every value known

MESSAGES = {
    "VAL_MANDATORY": Label("{field}: a value is required.", "{field} : une valeur est obligatoire."),
    "VAL_REFERENCE": Label("{field}: {value} was not found.", "{field} : {value} est introuvable."),
    "VAL_CHOICE": Label(
        "{field}: {value} is not an available choice.", "{field} : {value} ne fait pas partie des choix."
    ),
    "VAL_DATE": Label(
        "{field}: {value} is not a date in the format {format}.",
        "{field} : {value} n’est pas une date au format {format}.",
    ),
    "VAL_DATETIME": Label(
        "{field}: {value} is not a date and time in the format {format}.",
        "{field} : {value} n’est pas une date et heure au format {format}.",
    ),
    "VAL_BOOLEAN": Label("{field}: {value} is neither true nor false.", "{field} : {value} n’est ni vrai ni faux."),
    "VAL_LENGTH": Label("{field}: longer than {max} characters.", "{field} : plus de {max} caractères."),
    "VAL_NUMBER": Label("{field}: {value} is not a number.", "{field} : {value} n’est pas un nombre."),
    "VAL_EMAIL": Label("{field}: {value} is not an email address.", "{field} : {value} n’est pas une adresse e-mail."),
    "VAL_URL": Label(
        "{field}: {value} is not a web address that begins with http:// or https://.",
        "{field} : {value} n’est pas une adresse web qui commence par http:// ou https://.",
    ),
    "VAL_DUPLICATE": Label(
        "{field}: {value} is in more than one row.", "{field} : {value} figure dans plusieurs lignes."
    ),
    "VAL_CELL_ERROR": Label(
        "{field}: the cell shows the error {value} instead of a value.",
        "{field} : la cellule affiche l’erreur {value} au lieu d’une valeur.",
    ),
    "VAL_FORMULA": Label(
        "{field}: the result of the formula is not in the file; open it in Excel and save it, or type the value.",
        "{field} : le résultat de la formule n’est pas dans le fichier ; ouvrez-le dans Excel et enregistrez-le, "
        "ou saisissez la valeur.",
    ),
    "VAL_RECORD": Label("{message}", "{message}"),
    "VAL_SCRIPT": Label("The script failed: {message}", "Le script a échoué : {message}"),
    "VAL_SCRIPT_LIMIT": Label(
        "The script took longer than 2 s or needed too much memory.",
        "Le script a duré plus de 2 s ou a demandé trop de mémoire.",
    ),
}
_RULES = {
    "reference": ("reference", "VAL_REFERENCE"),
    "choice": ("choice", "VAL_CHOICE"),
    "date": ("date", "VAL_DATE"),
    "datetime": ("datetime", "VAL_DATETIME"),
    "boolean": ("boolean", "VAL_BOOLEAN"),
    "string_limit": ("length", "VAL_LENGTH"),
    "integer_or_decimal": ("number", "VAL_NUMBER"),
    "email": ("format", "VAL_EMAIL"),
    "url": ("format", "VAL_URL"),
}
_KEPT = 100  # characters of a wrong value that its problem repeats


@dataclasses.dataclass(frozen=True)
class Validation:
    """One check, as administrators write it; `kind` is "field" or "record" (a script).

    `sub_type`: reference, choice, date, datetime, boolean, string_limit, integer_or_decimal, email, url, or "" for a
    check that is mandatory and no more. `within` names the field of the same row that a reference is narrowed by.
    """

    id: str
    field: str = ""
    sub_type: str = ""
    kind: str = "field"
    mandatory: bool = False
    reference_table: str = ""
    reference_field: str = ""
    within: str = ""
    choices: Choices = dataclasses.field(default_factory=dict)
    date_format: str = ""
    max_length: int | None = None
    script: str = ""
    order: int = 100
    error_message: str = ""


class _Check(NamedTuple):
    """A validation made ready: `fits` takes the value, or with `within` that of the narrowing field as well."""

    field: str
    mandatory: Stored | None
    fits: Callable[..., bool]
    within: str
    fail: Callable[[str], Stored]


def needed_references(rows: Iterable[Row], validations: Iterable[Validation]) -> dict[tuple[str, str], set[str]]:
    """The texts to be looked up before `validate_rows`, by (table, field)."""
    needed: dict[tuple[str, str], set[str]] = {}
    wanted = [
        (check.field, needed.setdefault((check.reference_table, check.reference_field), set()))
        for check in validations
        if check.sub_type == "reference"
    ]
    for row in rows:
        for name, values in wanted:
            if value := row.get(name):
                values.add(value)
    return needed


def validate_rows(rows: Sequence[Row], validations: Iterable[Validation], references: References) -> list[list[Stored]]:
    """For each row its problems in the order of the validations, none when it is ready. Scripts are left to `Sandbox`.

    `references` must hold what is known of `needed_references`; for a validation with `within` the keys are
    `reference_key(value, that of the field)`. Where the narrowing field itself is not found, only that is a problem.
    """
    columns = {name: [row.get(name, "") for row in rows] for name in dict.fromkeys(chain.from_iterable(rows))}
    nothing = [""] * len(rows)
    found: list[list[Stored]] = [[] for _ in rows]
    unreadable = _unreadable(columns)
    for (place, _), problem in unreadable.items():
        found[place].append(problem)
    for check in _compiled(validations, references):
        texts = columns.get(check.field, nothing)
        keys: Sequence[Any] = list(zip(texts, columns.get(check.within, nothing), strict=True))
        for place in _misfits(check, keys if check.within else texts):
            if (place, check.field) not in unreadable:
                found[place].append(check.fail(texts[place]))
        if check.mandatory and "" in texts:
            for place in _places(texts, {""}):
                found[place].append(check.mandatory)
    return found


def _unreadable(columns: Mapping[str, Sequence[str]]) -> dict[tuple[int, str], Stored]:
    """The problems of cells that hold no value at all, whatever is asked of them, by row and column."""
    problems = {}
    for name, texts in columns.items():
        for place in _places(texts, {text for text in set(texts) if text in CELL_ERRORS or len(text) > LONGEST}):
            problems[place, name] = _reading_problem(name, texts[place])
    return problems


def _reading_problem(name: str, text: str) -> Stored:
    if text == FORMULA:
        return stored("format", name, "VAL_FORMULA")
    if text in CELL_ERRORS:
        return stored("format", name, "VAL_CELL_ERROR", value=text)
    return stored("length", name, "VAL_LENGTH", max=LONGEST)


def _misfits(check: _Check, keys: Sequence[Any]) -> Iterable[int]:
    """The places where what stands there, or the pair with what narrows it, does not fit."""
    if check.within:
        return _places(keys, {key for key in set(keys) if key[0] and not check.fits(*key)})
    return _places(keys, {key for key in set(keys) if key and not check.fits(key)})


def _places(keys: Sequence[Any], wanted: Collection[Any]) -> Iterable[int]:
    return [place for place, key in enumerate(keys) if key in wanted] if wanted else ()


def _compiled(validations: Iterable[Validation], references: References) -> Iterator[_Check]:
    validations = sorted(validations, key=lambda check: check.order)
    owners = {one.field: _known(one, references) for one in validations if one.sub_type == "reference"}
    asked: set[str] = set()
    for check in validations:
        if check.kind == "field":
            mandatory = None
            if check.mandatory and check.field not in asked:
                mandatory = _problem(check, "mandatory", "VAL_MANDATORY")
                asked.add(check.field)
            fits = _within(_known(check, references), owners.get(check.within)) if check.within else None
            yield _Check(check.field, mandatory, fits or _test(check, references), check.within, _failure(check))


def _known(check: Validation, references: References) -> Collection[str]:
    return references.get((check.reference_table, check.reference_field), frozenset())


def _within(known: Collection[str], owners: Collection[str] | None) -> Callable[[str, str], bool]:
    """A name that counts within an owner fits where that is not found: its own check, where there is one, says so."""

    def fits(value: str, owner: str) -> bool:
        if reference_key(value, owner) in known:
            return True
        return bool(owner) and owners is not None and reference_key(owner) not in owners

    return fits


def _test(check: Validation, references: References) -> Callable[[str], bool]:
    if not check.sub_type:
        return bool  # never empty here
    if check.sub_type == "string_limit":
        longest = check.max_length or LONGEST
        return lambda value: len(value) <= longest
    if check.sub_type == "reference":
        known = _known(check, references)
        return lambda value: reference_key(value) in known
    return _reads(reader(check.sub_type, date_format=check.date_format, choices=check.choices))


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    """Whether `read` accepts a text: so that what passes can be converted, by the same function."""

    def fits(value: str) -> bool:
        try:
            read(value)
        except ValueError:
            return False
        return True

    return fits


def _failure(check: Validation) -> Callable[[str], Stored]:
    rule, code = _RULES.get(check.sub_type, ("", ""))
    if check.sub_type == "string_limit":
        too_long = _problem(check, rule, code, max=check.max_length or LONGEST)
        return lambda _: too_long
    asked = (
        {"format": check.date_format or DEFAULT_FORMATS[check.sub_type]} if check.sub_type in DEFAULT_FORMATS else {}
    )
    return lambda value: _problem(check, rule, code, value=shortened(value), **asked)


def _problem(check: Validation, rule: str, code: str, **params: object) -> Stored:
    if check.error_message:
        return stored(rule, check.field, "VAL_RECORD", **params | {"message": check.error_message})
    return stored(rule, check.field, code, **params)


def message(problem: Stored, label: str, locale: str) -> str:
    """The sentence of a stored problem; `label` is that of its field in the same language."""
    return MESSAGES[problem["code"]].text(locale).format(field=label, **problem["params"])


def shortened(value: str) -> str:
    """As much of a wrong value as its problem repeats."""
    return value if len(value) <= _KEPT else value[: _KEPT - 1] + "…"


def stored(rule: str, name: str, code: str, **params: object) -> Stored:
    """A problem in the form in which a row keeps it."""
    return {"rule": rule, "field": name, "code": code, "params": params}
