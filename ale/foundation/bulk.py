"""The one way to change, for a chunk of records at once: the same steps as `changes`, each taken for all rows.

References, uniqueness and what rules need to know are looked up in one statement per field, rows and their history are
written in one each. A row that breaks a rule is refused alone; what the lookups could not foresee, such as a row that
somebody else writes at this very moment, is found by doing the chunk again one by one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from ale.foundation import changes, fulltext, history
from ale.foundation.actor import Actor
from ale.foundation.clock import now
from ale.foundation.db import NoDomain, current_domain, is_inside, session
from ale.foundation.drafts import Draft, check_unique, drafted, leaves, stored_values
from ale.foundation.field import Values
from ale.foundation.numbering import next_numbers
from ale.foundation.problem import Forbidden, Rejected
from ale.foundation.reading import find, may
from ale.foundation.record import Record, new_ids, unique_groups, values_of
from ale.foundation.statements import among, insert_rows, update_rows


def create_many(record_type: type[Record], rows: Sequence[Mapping[str, Any]], *, by: Actor) -> list[Draft]:
    """Make a record of each of `rows`; those with problems are not made. Forbidden when `by` may not."""
    drafts = drafted(record_type, [(None, row) for row in rows], by=by)
    return store(record_type, drafts, rows, by=by)


def save_many(record_type: type[Record], rows: Sequence[tuple[str, Mapping[str, Any]]], *, by: Actor) -> list[Draft]:
    """Change the records of these sys_ids, each at most once; Forbidden when `by` may not."""
    drafts = drafted(record_type, rows, by=by)
    return store(record_type, drafts, [values for _, values in rows], by=by)


def remove_many(record_type: type[Record], keys: Sequence[str], *, by: Actor) -> None:
    """Delete records that nothing refers to or lies beside (see `referrers`); Forbidden when `by` may not.

    IntegrityError when something does refer to one. Who listens to removals of the type is told record by record, as by
    `changes.remove`; who listens to those of every record cares for what lies beside them.
    """
    if not may(record_type, "delete", by):
        raise Forbidden(f"{by.name} may not delete {record_type.__name__}")
    if not keys:
        return
    if changes.listened_to(record_type, "remove", but=Record):
        chosen = select(record_type).where(among(record_type.sys_id, keys)).order_by(record_type.sys_id)
        for record in session.scalars(chosen).all():
            changes.remove(record, by=by)
        return
    going = stored_values(record_type, keys, lock=True)
    past = [
        history.removal_row(record_type, values, values.get("sys_domain") or current_domain(), by)
        for values in going.values()
    ]
    gone = delete(record_type).where(among(record_type.sys_id, keys))
    with session.begin_nested():
        session.execute(gone.execution_options(synchronize_session="fetch"))
    fulltext.forget(record_type, keys)
    insert_rows(history.Audit, [row | {"sys_id": key} for row, key in zip(past, new_ids(len(past)), strict=True)])


def store(
    record_type: type[Record], drafts: list[Draft], given: Sequence[Mapping[str, Any]], *, by: Actor
) -> list[Draft]:
    """Write the drafts without problems, with history, journals and reactions; the drafts again, as they came out.

    `given` are the values that each draft was made of. Constraints are left to the database, which looks anyway: only
    when it objects are the rows at fault looked for, and only when that does not help each is stored alone. Where
    records give unique values up, the order of the rows decides who may take them, not that of the statements.
    """
    names = {name for group in unique_groups(record_type) for name in group}
    if any(leaves(draft, names) for draft in drafts):
        check_unique(record_type, drafts)
    if not _is_written(record_type, drafts, by):
        check_unique(record_type, drafts)
        if not _is_written(record_type, drafts, by):
            return [_one_by_one(record_type, draft, values, by) for draft, values in zip(drafts, given, strict=True)]
    _react(record_type, drafts, given, by)
    return drafts


def _is_written(record_type: type[Record], drafts: Sequence[Draft], by: Actor) -> bool:
    """Write all drafts without problems, or none of them when a constraint forbids one."""
    try:
        with session.begin_nested():
            _write(record_type, drafts, by)
    except IntegrityError:
        return False
    return True


def _write(record_type: type[Record], drafts: Sequence[Draft], by: Actor) -> None:
    fine = [draft for draft in drafts if not draft.problems]
    made = [draft for draft in fine if draft.event == "create"]
    saved = [draft for draft in fine if draft.event == "save"]
    domains = {draft.sys_id: draft.after.get("sys_domain") or current_domain() for draft in fine}
    for domain in set(domains.values()):
        if not is_inside(domain, current_domain()):
            raise NoDomain(f"{record_type.__name__} in {domain!r} written from {current_domain()!r}")
    _update(record_type, saved, by)
    _insert(record_type, made)
    fulltext.note(record_type, [(one.after, one.before) for one in fine])
    past = [history.creation_row(record_type, one.after, domains[one.sys_id], by) for one in made]
    for one in saved:
        if one.before and one.after.get("sys_domain") != one.before.get("sys_domain"):
            history.carry(record_type, [one.sys_id], one.after["sys_domain"])
        past += history.change_rows(record_type, one.before or {}, one.after, domains[one.sys_id], by)
    insert_rows(history.Audit, [row | {"sys_id": key} for row, key in zip(past, new_ids(len(past)), strict=True)])


def _insert(record_type: type[Record], made: Sequence[Draft]) -> None:
    if record_type.__sheet__.prefix:
        new = [draft for draft in made if not draft.after.get("number")]  # one that comes back has its own
        for draft, number in zip(new, next_numbers(record_type.__sheet__.prefix, len(new)), strict=True):
            draft.after["number"] = number
    insert_rows(record_type, [draft.after for draft in made])


def _update(record_type: type[Record], saved: Sequence[Draft], by: Actor) -> None:
    """One UPDATE for all records that change the same fields."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    stamp = {"sys_updated_on": now(), "sys_updated_by": by.id}
    for draft in saved:
        before = draft.before or {}
        own = [name for name in before if not name.startswith("sys_") or name == "sys_domain"]
        changed = {name: draft.after[name] for name in own if draft.after[name] != before[name]}
        if "closed_at" in changed:
            changed["closed_by"] = by.id if changed["closed_at"] else None
        draft.after |= changed | stamp | {"sys_mod_count": before["sys_mod_count"] + 1}
        alike[tuple(changed)].append(draft.after)
    for names, rows in alike.items():
        written = ("sys_id", *names, "sys_mod_count")
        update_rows(record_type, [{name: row[name] for name in written} for row in rows], **stamp)


def _one_by_one(record_type: type[Record], draft: Draft, given: Mapping[str, Any], by: Actor) -> Draft:
    """Store one draft on the way of a single record, which knows what to do with whatever the chunk ran into."""
    if draft.problems or draft.event == "none":
        return draft
    try:
        if draft.before is None:
            record = changes.create(record_type, given, by=by)
        else:
            record = changes.save(find(record_type, draft.sys_id, by), given, by=by)
    except Rejected as refusal:
        draft.problems = refusal.problems
        return draft
    draft.sys_id, draft.after = record.sys_id, values_of(record)
    return draft


def _react(record_type: type[Record], drafts: Sequence[Draft], given: Sequence[Mapping[str, Any]], by: Actor) -> None:
    """Journal entries and reactions of what was stored; records are loaded only where somebody listens."""
    journals = record_type.__sheet__.journals
    heard = {event for event in ("create", "save") if changes.listened_to(record_type, event)}
    told = {
        draft.sys_id: (draft, values)
        for draft, values in zip(drafts, given, strict=True)
        if not draft.problems and (any(values.get(name) for name in journals) or (heard and draft.event in heard))
    }
    if not told:
        return
    stored = select(record_type).where(among(record_type.sys_id, told)).execution_options(populate_existing=True)
    for record in session.scalars(stored.order_by(record_type.sys_id)):
        draft, values = told[record.sys_id]
        said = changes._journal(record, values, by)
        if said or draft.event != "none":
            changes._react(record, "save" if draft.event == "none" else draft.event, draft.before, by)
