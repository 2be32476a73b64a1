"""What storing a chunk of records would lead to: the first half of the way of `bulk`, which writes nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select

from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.checking import checked, derived, distinct, duplicate
from ale.foundation.convert import convert
from ale.foundation.db import Separated, session
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.problem import Forbidden, Problem
from ale.foundation.reading import may, may_set
from ale.foundation.record import Record, new_ids, table_name, unique_groups
from ale.foundation.statements import among

_FEW_VALUES = (Kind.CHOICE, Kind.BOOLEAN, Kind.DATE, Kind.INTEGER, Kind.REFERENCE)


@dataclass(slots=True)
class Draft:
    """A record as it would be stored: `before` is None for a new one, `after` its values; or the `problems` it has."""

    sys_id: str
    before: Values | None
    after: Values
    problems: list[Problem] = field(default_factory=list)

    @property
    def event(self) -> str:
        """What storing it does: "create", "save", or "none" when nothing differs."""
        if self.before is None:
            return "create"
        return "none" if all(self.after[name] == value for name, value in self.before.items()) else "save"


def drafted(
    record_type: type[Record], rows: Sequence[tuple[str | None, Mapping[str, Any]]], *, by: Actor, lock: bool = True
) -> list[Draft]:
    """What storing `rows` would lead to: guard, apply, derive and check; `check_unique` says the rest.

    A row is the sys_id of the record to change, or None for a new one, and the values given. Unless told otherwise the
    records to change are locked until the transaction ends. Forbidden when `by` may not.
    """
    for operation in {"create" if key is None else "write" for key, _ in rows}:
        if not may(record_type, operation, by):
            raise Forbidden(f"{by.name} may not {operation} {record_type.__name__}")
    there = stored_values(record_type, [key for key, _ in rows if key is not None], lock)
    before = [there[key] if key else None for key, _ in rows]
    given = [values for _, values in rows]
    applied = _applied(record_type, given, before, by)
    drafts = _begun(record_type, before, given, applied, by)
    for draft, (meant, _) in zip(drafts, applied, strict=True):
        draft.after = derived(record_type, draft.after, draft.before, meant, by)
    _place(record_type, drafts, by)
    found = checked(record_type, [one.after for one in drafts], [one.before for one in drafts])
    for draft, problems in zip(drafts, found, strict=True):
        if problems or draft.problems:
            draft.problems = distinct([*draft.problems, *problems])
    return drafts


def stored_values(record_type: type[Record], keys: Sequence[str], lock: bool) -> dict[str, Values]:
    """The declared values and versions of the records to change, by sys_id; locked in the order of their ids."""
    if not keys:
        return {}
    names = ("sys_id", *_walled(record_type), *fields_of(record_type))
    columns = [getattr(record_type, name) for name in names]
    wanted = select(*columns).where(among(record_type.sys_id, keys)).order_by(record_type.sys_id)
    found = session.execute(wanted.with_for_update() if lock else wanted)
    return {row[0]: dict(zip(names, row, strict=True)) for row in found}


def _walled(record_type: type[Record]) -> tuple[str, ...]:
    return ("sys_domain",) if issubclass(record_type, Separated) else ()


def _applied(
    record_type: type[Record], rows: Sequence[Mapping[str, Any]], before: Sequence[Values | None], by: Actor
) -> list[tuple[Values, list[Problem]]]:
    """The given values in stored form, and what is wrong with them; names not open to `by` are left out."""
    if by.is_customer and not by.is_system:  # whose values are looked at one by one
        return [changes._applied(record_type, row, by, old) for row, old in zip(rows, before, strict=True)]
    readers = {
        name: _reader(item, fallback=None if changes._nullable(record_type, name) else item.default)
        for name, item in fields_of(record_type).items()
        if may_set(item, by)
    }
    applied = []
    for row in rows:
        given: Values = {}
        problems = []
        for name, raw in row.items():
            if name in readers:
                value, problem = readers[name](raw)
                if problem:
                    problems.append(problem)
                else:
                    given[name] = value
        applied.append((given, problems))
    return applied


def _reader(item: Field, fallback: Any) -> Any:
    """`convert` for one field, with `fallback` for empty values; remembers what it read where values come again."""
    known: dict[Any, tuple[Any, Problem | None]] = {}

    def read(raw: Any) -> tuple[Any, Problem | None]:
        value, problem = convert(item, raw)
        return (fallback if value is None and problem is None else value), problem

    def remembered(raw: Any) -> tuple[Any, Problem | None]:
        if raw not in known:
            known[raw] = read(raw)
        return known[raw]

    def plain(raw: Any) -> tuple[Any, Problem | None]:
        """What `convert` would leave as it is, most texts are, passes at once."""
        if type(raw) is str and 0 < len(raw) <= longest and raw.isprintable() and raw[0] != " " != raw[-1]:
            return raw, None
        return read(raw)

    longest = item.max_length or 0
    if item.kind is Kind.TEXT and item.facts.format not in ("email", "url"):
        return plain
    return remembered if item.kind in _FEW_VALUES else read


def _begun(
    record_type: type[Record],
    before: Sequence[Values | None],
    rows: Sequence[Mapping[str, Any]],
    applied: Sequence[tuple[Values, list[Problem]]],
    by: Actor,
) -> list[Draft]:
    """Each row on what was there before, or on the defaults of a new record with its domain."""
    defaults = changes._defaults(record_type, by)
    if hasattr(record_type, "sys_class_name"):
        defaults["sys_class_name"] = table_name(record_type)
    keys = new_ids(len(before))
    drafts = []
    for old, row, (given, problems), key in zip(before, rows, applied, keys, strict=True):
        if old is None:
            after = defaults | {"sys_id": key} | changes._own_id(row, by) | given
            drafts.append(Draft(after["sys_id"], None, after, problems))
        else:
            drafts.append(Draft(old["sys_id"], old, old | given, problems))
    return drafts


def _place(record_type: type[Record], drafts: Sequence[Draft], by: Actor) -> None:
    """Give separated records their domain; that of the record they hang on is asked once for all."""
    source = record_type.__sheet__.domain_of
    known: dict[Any, str] = {}
    for draft in drafts:
        row = draft.after
        if draft.before is not None:
            if domain := changes.moved_to(record_type, row, draft.before):
                row["sys_domain"] = domain
            continue
        hangs_on = row.get(source) if isinstance(source, str) else None
        if hangs_on in known:
            row["sys_domain"] = known[hangs_on]
        changes._sign(record_type, row, by)
        if hangs_on is not None and "sys_domain" in row:
            known[hangs_on] = row["sys_domain"]


Owners = dict[tuple[str, ...], dict[tuple[Any, ...], str | None]]
"""Whose unique values would be by now: by fields and values a sys_id, or None where they became free."""


def check_unique(record_type: type[Record], drafts: Sequence[Draft], meanwhile: Owners | None = None) -> None:
    """Refuse values that another record has when a draft's turn comes, each as the ones before leave things.

    `meanwhile` is what earlier chunks would have changed that were not stored; what these drafts would is added. One
    statement per constraint.
    """
    groups = unique_groups(record_type)
    now: Owners = {} if meanwhile is None else meanwhile
    for names in groups.values():
        now.setdefault(names, {})
    fine = [draft for draft in drafts if not draft.problems]
    stored = {
        names: matching(record_type, names, {key for draft in fine if (key := _taken(draft, names))})
        for names in groups.values()
    }
    for draft in fine:
        for group, names in groups.items():
            key = _taken(draft, names)
            owner = now[names].get(key, stored[names].get(key)) if key else None
            if owner not in (None, draft.sys_id):
                draft.problems.append(duplicate(record_type, group))
        if not draft.problems:
            for names in groups.values():
                _move(draft, names, now[names])


def _taken(draft: Draft, names: Sequence[str]) -> tuple[Any, ...] | None:
    """The values of these fields if storing the draft takes them anew; fields that are empty take nothing."""
    key = tuple(map(draft.after.get, names))
    return key if None not in key and (draft.before is None or leaves(draft, names)) else None


def _move(draft: Draft, names: Sequence[str], owners: dict[tuple[Any, ...], str | None]) -> None:
    if draft.before is not None and leaves(draft, names):
        owners[tuple(map(draft.before.get, names))] = None
    if key := _taken(draft, names):
        owners[key] = draft.sys_id


def leaves(draft: Draft, names: Iterable[str]) -> bool:
    """Whether a record that is there gives up the values that it has in these fields."""
    before = draft.before or {}
    return any(draft.after.get(name) != before[name] for name in names if name in before)


def matching(
    record_type: type[Record], names: Sequence[str], keys: Collection[tuple[Any, ...]], *further: ColumnElement[bool]
) -> dict[Any, str]:
    """The sys_id of the record that has one of `keys` in the columns `names`, by key; the oldest where several have."""
    if not keys:
        return {}
    columns = [getattr(record_type, name) for name in names]
    # Each column by itself, which an index answers on every database, and the combination here.
    possible = [among(column, set(values)) for column, values in zip(columns, zip(*keys, strict=True), strict=True)]
    found = session.execute(
        select(record_type.sys_id, *columns).where(*possible, *further).order_by(record_type.sys_id.desc())
    )
    return {key: owner for owner, *rest in found if (key := tuple(rest)) in keys}
