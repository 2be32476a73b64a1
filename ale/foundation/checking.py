"""What is wrong with a record before it is stored: what follows by rule, what is missing, what points nowhere."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, UniqueConstraint, literal, select
from sqlalchemy.dialects import postgresql

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.problem import Problem
from ale.foundation.record import RECORDS, Record, unique_groups
from ale.foundation.statements import among

IN_USE = Problem("IN_USE", "Other records refer to this one; remove those first.")

_POSTGRESQL = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]


def derived(
    record_type: type[Record], values: Values, before: Values | None, given: Iterable[str], by: Actor
) -> Values:
    """`values` after the type's own rules filled what follows from them; pure.

    `sent` comes with the values: the fields that the save means, also where they do not differ. A form gives all it
    shows, so there nothing is known; other doors mean each of the `given` ones.
    """
    known = fields_of(record_type)
    values = values | {"sent": () if by.via == "form" else frozenset(given)}
    for rule in record_type.__sheet__.derive:
        values = values | {name: _stored(known.get(name), value) for name, value in rule(values, before).items()}
    del values["sent"]
    return values


def _stored(item: Field | None, value: Any) -> Any:
    """What a rule gave, as the record holds it: rules say choices by their plain values."""
    return item.choices(value) if item and item.choices and value is not None else value


def checked(record_type: type[Record], rows: list[Values], before: list[Values | None]) -> list[list[Problem]]:
    """The problems of each row: mandatory fields, references, and the type's own rules."""
    sheet = record_type.__sheet__
    facts = sheet.needs(rows) if sheet.needs else [{} for _ in rows]
    found = [_missing(record_type, row, old) for row, old in zip(rows, before, strict=True)]
    _check_references(record_type, rows, before, found)
    for row, old, fact, problems in zip(rows, before, facts, found, strict=True):
        for rule in sheet.check:
            problems.extend(rule(row | fact, old))
    return found


def _missing(record_type: type[Record], row: Values, before: Values | None) -> list[Problem]:
    """What is required and empty; a text that was left empty when the record was begun may wait (see `begun`)."""
    return [
        is_required(record_type, item.name)
        for item in _requirable(record_type)
        if _is_blank(row.get(item.name))
        and (before is None or before.get(item.name) != UNWRITTEN)
        and (item.mandatory or (item.facts.required_when is not None and item.facts.required_when(row)))
    ]


def is_required(record_type: type[Record], name: str) -> Problem:
    """The problem of a field that must be filled and is empty."""
    label = fields_of(record_type)[name].label
    return Problem("REQUIRED_FIELD", record_type.__sheet__.required, name, label=label)


UNWRITTEN = ""
"""What a mandatory text of a record holds that was begun and is still to be filled; anything else empty is None."""


def begun(record_type: type[Record]) -> Values:
    """The mandatory texts of a type, unwritten."""
    texts = (Kind.TEXT, Kind.LONG_TEXT)
    return {one.name: UNWRITTEN for one in _requirable(record_type) if one.mandatory and one.kind in texts}


def _is_blank(value: Any) -> bool:
    return value in (None, "", []) or (isinstance(value, str) and not value.strip())


@cache
def _requirable(record_type: type[Record]) -> tuple[Field, ...]:
    """The fields that are required, always or at times; numbers come by themselves."""
    known = fields_of(record_type).values()
    return tuple(one for one in known if (one.mandatory or one.facts.required_when) and one.name != "number")


def _check_references(
    record_type: type[Record], rows: list[Values], before: list[Values | None], found: list[list[Problem]]
) -> None:
    """Every changed reference must point to a record this session can see; one statement per field."""
    for name, item in fields_of(record_type).items():
        if not item.to or name.startswith("sys_"):
            continue
        wanted = {}
        for place, (row, old) in enumerate(zip(rows, before, strict=True)):
            value = row.get(name)
            if value and (old is None or value != old.get(name) or _moves(item, row, old)):
                wanted[place] = set(value) if isinstance(value, list) else {value}
        if not wanted:
            continue
        keys = set().union(*wanted.values())
        owners = _owners(item, keys)
        for place, new in wanted.items():
            if not new <= owners.keys():
                found[place].append(Problem("INVALID_REFERENCE", "This record was not found.", name))
            elif not _is_own(item, rows[place], [owners[key] for key in new]):
                found[place].append(Problem(*item.facts.other_account, name))


def _moves(item: Field, row: Values, old: Values) -> bool:
    """Whether the record goes to another account, so that what it refers to must be looked at again."""
    within = item.facts.within
    return within is not None and within in row and row[within] != old.get(within)


def _owners(item: Field, keys: set[str]) -> dict[str, str | None]:
    """The records that exist and this session sees, each with the account it belongs to where that matters."""
    target = RECORDS[str(item.to)]
    owner = getattr(target, item.facts.within) if item.facts.within else literal(None)
    found = select(target.sys_id, owner).where(among(target.sys_id, keys))
    owners: dict[str, str | None] = dict(session.execute(found).all())
    if item.to == "sys_user":
        owners[Actor.system().id] = None  # the application opens and completes too, and is no row
    return owners


def _is_own(item: Field, row: Values, owners: Sequence[str | None]) -> bool:
    """Whether the referred records belong to the same account as the row; an account itself is meant by its own id."""
    mine = row.get(item.facts.within, row["sys_id"]) if item.facts.within else None
    return mine is None or all(whose in (None, mine) for whose in owners)


def distinct(problems: Sequence[Problem]) -> list[Problem]:
    """Each thing said once; a value that could not be read is not said to be missing as well."""
    wrong = {one.field for one in problems if one.field and one.code != "REQUIRED_FIELD"}
    said = {(one.code, one.field): one for one in problems if one.code != "REQUIRED_FIELD" or one.field not in wrong}
    return list(said.values())


def duplicate(record_type: type[Record], group: Sequence[str]) -> Problem:
    """The problem of two records that agree on all fields of `group`: the sheet's own, else on the first declared."""
    if record_type.__sheet__.duplicate is not None:
        return record_type.__sheet__.duplicate
    known = fields_of(record_type)
    name = next(one for one in known if one in group)
    return Problem("DUPLICATE", "{label}: another record already has this value.", name, label=known[name].label)


def broken_group(record_type: type[Record], message: str) -> Sequence[str]:
    """The unique fields that the database's message speaks of: SQLite names columns, PostgreSQL the constraint."""
    table = cast(Table, record_type.__table__)
    named = {tuple(one.columns.keys()): one for one in table.constraints if isinstance(one, UniqueConstraint)}
    for group, names in unique_groups(record_type).items():
        constraint = f'"{_POSTGRESQL.format_constraint(named[names])}"' if names in named else ""
        if (constraint and constraint in message) or ", ".join(f"{table.name}.{name}" for name in names) in message:
            return group
    return (record_type.__sheet__.display,)
