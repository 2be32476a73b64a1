"""The one way to change records: guard, apply, derive, check, flush, react; pages, API, imports and jobs take it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ale.foundation import fulltext, history
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.checking import IN_USE, UNWRITTEN, begun, broken_group, checked, derived, distinct, duplicate
from ale.foundation.clock import now
from ale.foundation.convert import convert
from ale.foundation.db import Separated, current_domain, is_inside, session
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.numbering import next_numbers
from ale.foundation.objections import objections
from ale.foundation.problem import Conflict, Forbidden, Problem, Rejected
from ale.foundation.reading import is_visible, may, may_change, may_set
from ale.foundation.record import RECORDS, Record, new_id, table_name, values_of
from ale.foundation.recurrence import repeated
from ale.foundation.referrers import is_named
from ale.foundation.work import reads_notes

T = TypeVar("T", bound=Record)

Reaction = Callable[[Any, Values | None, Actor], None]

_reactions: dict[tuple[type[Record], str], list[Reaction]] = defaultdict(list)
_depth: ContextVar[tuple[str, ...]] = ContextVar("depth", default=())
_DEEPEST = 8
_ID = re.compile(r"[0-9A-Za-z]{32}")


def after(record_type: type[Record], *events: str) -> Callable[[Reaction], Reaction]:
    """Listen to "create", "save" or "remove" of a type: `reaction(record, before, by)` runs in the same transaction."""

    def register(reaction: Reaction) -> Reaction:
        for event in events:
            _reactions[record_type, event].append(reaction)
        return reaction

    return register


def listened_to(record_type: type[Record], event: str, but: type[Record] | None = None) -> bool:
    """Whether any reaction waits for this event of this type, other than those that listen to the type `but`."""
    return any(_reactions.get((base, event)) for base in record_type.__mro__ if base is not but)


def create(record_type: type[T], values: Mapping[str, Any], *, by: Actor, texts_follow: bool = False) -> T:
    """Make a record, or find the one that it only repeats (see `recurrence`).

    Rejected with all problems when it breaks rules, Forbidden when `by` may not.
    With `texts_follow` the mandatory texts that are not given stay unwritten: a playbook asks for them in a later step.
    """
    if not may(record_type, "create", by):
        raise Forbidden(f"{by.name} may not create {record_type.__name__}")
    given, problems = _applied(record_type, values, by)
    unwritten = begun(record_type) if texts_follow else {}
    full = _defaults(record_type, by) | unwritten | _own_id(values, by) | given
    full = derived(record_type, full, None, given, by)
    _sign(record_type, full, by)
    found = checked(record_type, [full], [None])[0]
    _refuse(problems + [one for one in found if one.code != "REQUIRED_FIELD" or one.field not in unwritten])
    if (known := repeated(record_type, full, by)) is not None:
        _journal(known, values, by)
        return known
    if record_type.__sheet__.prefix:
        full["number"] = next_numbers(record_type.__sheet__.prefix)[0]
    record = record_type(**full)
    with _flushing(record):
        session.add(record)
    history.note_creation(record, by)
    fulltext.note(record_type, [(values_of(record), None)])
    _journal(record, values, by)
    _react(record, "create", None, by)
    return record


def save(record: T, values: Mapping[str, Any], *, by: Actor, version: int | None = None) -> T:
    """Change a record; Conflict when `version` is given and somebody saved meanwhile."""
    _guard(record, "write", by)
    record_type = type(record)
    if version is not None and version != record.sys_mod_count:
        raise Conflict(record)
    before = values_of(record)
    given, problems = _applied(record_type, values, by, before)
    full = derived(record_type, before | given, before, given, by)
    _refuse(problems + checked(record_type, [full], [before])[0])
    changed = {name: value for name, value in full.items() if value != before[name]}
    if changed:
        if "closed_at" in changed:
            changed["closed_by"] = by.id if changed["closed_at"] else None
        domain = moved_to(record_type, full, before)
        placed = {"sys_domain": domain} if domain else {}
        with _flushing(record):
            for name, value in (changed | placed | {"sys_updated_on": now(), "sys_updated_by": by.id}).items():
                setattr(record, name, value)
        if domain:
            history.carry(record_type, [record.sys_id], domain)
        history.note_changes(record, before, by)
        fulltext.note(record_type, [(values_of(record), before)])
    if _journal(record, values, by) or changed:
        _react(record, "save", before, by)
    return record


def move(record: T, step: str, values: Mapping[str, Any], *, by: Actor, version: int | None = None) -> T:
    """Take a step of the flow: a save with what the step sets; Rejected when it is not offered now."""
    _guard(record, "write", by)
    chosen = next((one for one in record.__sheet__.flow if one.name == step), None)
    if chosen is None or not chosen.offered(values_of(record)):
        raise Rejected([Problem("STEP_NOT_AVAILABLE", "This step is not available now.")])
    _refuse(objections(record, step))
    return save(record, dict(values) | dict(chosen.sets), by=by, version=version)


def remove(record: Record, *, by: Actor) -> None:
    """Delete a record; Rejected when others refer to it."""
    _guard(record, "delete", by)
    before = values_of(record)
    _react(record, "remove", before, by)
    _refuse([IN_USE] if is_named(record) else [])
    try:
        with session.begin_nested():
            session.delete(record)
            fulltext.forget(type(record), [record.sys_id])
            history.note_removal(record, by)
    except IntegrityError as error:
        raise Rejected([IN_USE]) from error


def _guard(record: Record, operation: str, by: Actor) -> None:
    if not may_change(record, by, operation):
        raise Forbidden(f"{by.name} may not {operation} {record!r}")


def preview(record_type: type[Record], values: Mapping[str, Any], *, by: Actor, record: Record | None = None) -> Values:
    """What a save would store, without storing it; Rejected as the save would be."""
    before = values_of(record) if record is not None else None
    given, problems = _applied(record_type, values, by, before)
    full = derived(record_type, (before or _defaults(record_type, by)) | given, before, given, by)
    _refuse(problems + checked(record_type, [full], [before])[0])
    return full


def _applied(
    record_type: type[Record], values: Mapping[str, Any], by: Actor, before: Values | None = None
) -> tuple[Values, list[Problem]]:
    """The given values in stored form; names that are no field or not open to `by` are left out, as promised."""
    given: Values = {}
    problems = []
    known = fields_of(record_type)
    for name, raw in values.items():
        item = known.get(name)
        if item is None or not may_set(item, by):
            continue
        value, problem = convert(item, raw)
        if by.is_customer and not by.is_system and problem is None:
            problem = _not_for_customers(item, value, before, by)
        if problem:
            problems.append(problem)
        elif value is None and item.default is not None and not _nullable(record_type, name):
            given[name] = item.default
        elif value is None and before is not None and before[name] == UNWRITTEN:
            given[name] = UNWRITTEN
        else:
            given[name] = value
    return given, problems


def _not_for_customers(item: Field, value: Any, before: Values | None, by: Actor) -> Problem | None:
    """What is wrong with a value that a customer gives: not open to customers, or of a record that is not theirs."""
    facts = item.facts
    if before is not None and value == before.get(item.name):
        return None
    if value not in facts.customer_sets and ("create" if before is None else "write") not in facts.customer_gives:
        return Problem("NOT_FOR_CUSTOMERS", "{label}: this value is not open to you.", item.name, label=item.label)
    if item.kind is Kind.REFERENCE and value and not is_visible(RECORDS[str(item.to)], value, by):
        return Problem(*facts.other_account, item.name)
    return None


def _nullable(record_type: type[Record], name: str) -> bool:
    return bool(record_type.__mapper__.columns[name].nullable)


def _defaults(record_type: type[Record], by: Actor) -> Values:
    """A new record before anything is given."""
    moment = now()
    values: Values = {
        name: ([] if item.kind is Kind.LIST else item.default) for name, item in fields_of(record_type).items()
    }
    stamp: Values = dict.fromkeys(("sys_created_on", "sys_updated_on"), moment)
    stamp |= dict.fromkeys(("sys_created_by", "sys_updated_by"), by.id)
    stamp |= {name: by.id for name in ("opened_by", "granted_by") if name in values}
    stamp |= {"opened_at": moment} if "opened_at" in values else {}
    return values | stamp | {"sys_id": new_id(), "sys_mod_count": 0}


def _own_id(values: Mapping[str, Any], by: Actor) -> Values:
    """The sys_id that a caller chose, kept from those who see every domain: to others it would tell which ids exist."""
    wanted = values.get("sys_id")
    sees_all = by.domain == ROOT_DOMAIN and not by.is_customer
    return {"sys_id": wanted} if sees_all and isinstance(wanted, str) and _ID.fullmatch(wanted) else {}


def _sign(record_type: type[Record], values: Values, by: Actor) -> None:
    """Say where a new record belongs, and who closed it if it comes closed."""
    _place(record_type, values, by)
    if values.get("closed_at"):
        values["closed_by"] = by.id


def _place(record_type: type[Record], values: Values, by: Actor) -> None:
    """Give a separated record its domain: that of the record it hangs on, else the actor's."""
    if not issubclass(record_type, Separated) or values.get("sys_domain"):
        return
    values["sys_domain"] = by.domain if is_inside(by.domain, current_domain()) else current_domain()
    source = record_type.__sheet__.domain_of
    if callable(source):
        values["sys_domain"] = source(values, by)
    elif hangs_on := _hangs_on(record_type, values):
        values["sys_domain"] = _domain_behind(record_type, *hangs_on) or values["sys_domain"]


def _hangs_on(record_type: type[Record], values: Values) -> tuple[str, str] | None:
    """The reference that the domain comes from, and its value: the first of those named by the sheet that is filled."""
    source = record_type.__sheet__.domain_of
    names = (source,) if isinstance(source, str) else source if isinstance(source, tuple) else ()
    return next(((name, values[name]) for name in names if values.get(name)), None)


def _domain_behind(record_type: type[Record], name: str, key: str) -> str | None:
    """The domain of the record that the reference `name` points to."""
    target = RECORDS[str(fields_of(record_type)[name].to)]
    return getattr(session.get(target, key), "sys_domain", None)


def moved_to(record_type: type[Record], values: Values, before: Values) -> str | None:
    """The domain that a stored record goes to because it hangs on another record now; None when it stays (CSB-01)."""
    hangs_on = _hangs_on(record_type, values) if issubclass(record_type, Separated) else None
    if hangs_on is None or hangs_on == _hangs_on(record_type, before):
        return None
    return _domain_behind(record_type, *hangs_on)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Rejected(distinct(problems))


@contextmanager
def _flushing(record: Record) -> Iterator[None]:
    """Send what is changed inside; a broken unique constraint is a problem, a version passed meanwhile a conflict.

    The savepoint comes first, since opening it flushes: a refusal must leave the transaction usable.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except StaleDataError as error:
        raise Conflict(record) from error
    except IntegrityError as error:
        if "unique" not in str(error.orig).lower():
            raise  # our own fault, not the caller's
        raise Rejected([duplicate(type(record), broken_group(type(record), str(error.orig)))]) from error


def _journal(record: Record, values: Mapping[str, Any], by: Actor) -> bool:
    """Append the journal entries among the given values; whether there was one."""
    given = [(name, str(values.get(name) or "").replace("\x00", "").strip()) for name in record.__sheet__.journals]
    said = [(element, text) for element, text in given if text]
    if not reads_notes(by) and any(element == "work_notes" for element, _ in said):
        raise Rejected([Problem("NOT_ALLOWED", "You cannot write here.", "work_notes")])
    for element, text in said:
        history.say(record, element, text, by)
    if said:
        record.sys_updated_on, record.sys_updated_by = now(), by.id
        session.flush()
    return bool(said)


def _react(record: Record, event: str, before: Values | None, by: Actor) -> None:
    chain = (*_depth.get(), f"{table_name(type(record))}.{event}")
    if len(chain) > _DEEPEST:
        raise RuntimeError("reactions go in a circle: " + " > ".join(chain))
    token = _depth.set(chain)
    try:
        for base in type(record).__mro__:
            for reaction in _reactions.get((base, event), ()):
                reaction(record, before, by)
    finally:
        _depth.reset(token)
