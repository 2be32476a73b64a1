"""What must be true of the stored data whatever happened: asked by `flask ale verify`, and after every test that kills.

Each invariant is a query for its breaches over all domains; it never repairs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Integer, String, and_, case, cast, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from ale.domains.imports.moments import Moment
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import COUNTERS, PUBLISHED, READY, WRONG, YET
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.onboarding.rules import CASE_OVER, PROGRESS, STAGES, TASK_OVER
from ale.domains.playbooks.instances import ActivityContext, ActivityState, StageContext
from ale.domains.playbooks.records import Activity
from ale.domains.scores import engine
from ale.domains.scores.queries import as_scored
from ale.domains.scores.records import HealthScore
from ale.domains.signals.records import Occurrence, RiskSignal
from ale.foundation.attachments import Attachment, path_of
from ale.foundation.db import Separated, session
from ale.foundation.field import fields_of
from ale.foundation.history import Audit
from ale.foundation.ledger import Job
from ale.foundation.record import RECORDS, Record, table_name

MOST = 20
"""Breaches of one invariant that are told apart; more mean the same."""


@dataclass(frozen=True)
class Breach:
    """What is not as it must be: the invariant in words, and where it is broken."""

    invariant: str
    where: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.where}"


Find = Callable[[], Iterator[str]]
_invariants: list[tuple[str, Find]] = []


def invariant(sentence: str) -> Callable[[Find], Find]:
    """Register a search for breaches of what `sentence` says."""

    def register(find: Find) -> Find:
        _invariants.append((sentence, find))
        return find

    return register


def breaches() -> list[Breach]:
    """All breaches in the domain of this session and below, some of each kind."""
    return [Breach(sentence, where) for sentence, find in _invariants for where in islice(find(), MOST)]


@invariant("The counters of an import task are the numbers of its rows")
def _counters() -> Iterator[str]:
    numbers = [
        func.coalesce(func.sum(case((StagingRow.state == state, 1), else_=0)), 0).label(name)
        for state, name in COUNTERS.items()
    ]
    counted = (
        select(ImportTask.number, *(getattr(ImportTask, name) for name in COUNTERS.values()), *numbers)
        .outerjoin(StagingRow, StagingRow.import_task == ImportTask.sys_id)
        .group_by(ImportTask.sys_id, ImportTask.number)
    )
    half = len(COUNTERS)
    for number, *both in session.execute(counted):
        stored, there = [one or 0 for one in both[:half]], [int(one) for one in both[half:]]
        if stored != there:
            yield f"{number} says {stored}, there are {there}"


_ADDS_UP = "Rows read = ready + needing attention + yet to validate + published + discarded"
_AMOUNTS = ("ready", "needing attention", "yet to validate", "published", "discarded")


def _unequal(what: str, read: int, *amounts: int) -> Iterator[str]:
    """The sum that does not come out, in words."""
    if read != sum(amounts):
        parts = " + ".join(f"{amount} {name}" for amount, name in zip(amounts, _AMOUNTS, strict=True))
        yield f"{what}: {read} read, but {parts}"


@invariant(f"{_ADDS_UP}, for every file, each row once")
def _conserved() -> Iterator[str]:
    numbers = [func.sum(case((StagingRow.state == state, 1), else_=0)) for state in (READY, WRONG, YET, PUBLISHED)]
    there, lines = func.count(StagingRow.sys_id), func.count(StagingRow.line.distinct())
    told = (ImportSet.number, ImportSet.rows_total, ImportSet.rows_discarded)
    found = (
        select(*told, there, lines, *numbers)
        .outerjoin(StagingRow, StagingRow.import_set == ImportSet.sys_id)
        .group_by(ImportSet.sys_id, *told)
    )
    for number, total, discarded, count, places, *amounts in session.execute(found):
        yield from _unequal(number, total, *amounts, discarded)
        if count != places:
            yield f"{number}: {count} rows of {places} lines"


@invariant(f"{_ADDS_UP}, for every import")
def _imports_conserved() -> Iterator[str]:
    sums = (func.coalesce(func.sum(one), 0) for one in (ImportSet.rows_total, ImportSet.rows_discarded))
    states = (ImportTask.rows_ready, ImportTask.rows_attention, ImportTask.rows_to_validate, ImportTask.rows_published)
    counted = select(ImportTask.number, *states, *sums).outerjoin(ImportSet, ImportSet.import_task == ImportTask.sys_id)
    for number, *amounts, read, discarded in session.execute(
        counted.group_by(ImportTask.sys_id, ImportTask.number, *states)
    ):
        yield from _unequal(number, read, *(one or 0 for one in amounts), discarded)


@invariant(f"{_ADDS_UP}, at every moment that was noted of an import")
def _moments() -> Iterator[str]:
    columns = (
        Moment.rows_read, Moment.rows_ready, Moment.rows_attention, Moment.rows_to_validate, Moment.rows_published,
        Moment.rows_discarded,
    )  # fmt: skip
    rest = columns[1] + columns[2] + columns[3] + columns[4] + columns[5]
    told = select(ImportTask.number, Moment.at, *columns).join(ImportTask, ImportTask.sys_id == Moment.import_task)
    for number, at, *amounts in session.execute(told.where(columns[0] != rest).limit(MOST)):
        yield from _unequal(f"{number} at {at}", *amounts)


@invariant("A ready row has neither problems nor a duplicate")
def _ready() -> Iterator[str]:
    wrong = or_(StagingRow.problems.is_not(None), StagingRow.duplicate.is_(True))
    yield from session.scalars(select(StagingRow.sys_id).where(StagingRow.state == READY, wrong).limit(MOST))


@invariant("Rows are marked as duplicates when unpublished rows of their task share their key, and only then")
def _duplicates() -> Iterator[str]:
    marked = func.sum(cast(StagingRow.duplicate, Integer))
    found = (
        select(StagingRow.import_task, StagingRow.key, func.count(), marked)
        .where(StagingRow.state != PUBLISHED, StagingRow.key.is_not(None))
        .group_by(StagingRow.import_task, StagingRow.key)
        .having(or_(and_(func.count() > 1, marked != func.count()), and_(func.count() == 1, marked != 0)))
        .limit(MOST)
    )
    for task, key, count, number in session.execute(found):
        yield f"key {key} of task {task}: {number} of {count} marked"


@invariant("A published row names the record it became, which exists and was made once, or again after it went")
def _published() -> Iterator[str]:
    odd = and_(StagingRow.target_record.is_(None), StagingRow.state == PUBLISHED)
    yield from session.scalars(select(StagingRow.sys_id).where(odd).limit(MOST))
    for table in session.scalars(select(ImportTask.target_table).distinct()):
        if table in RECORDS:
            yield from _made_once(table, RECORDS[table])


def _made_once(table: str, target: type[Record]) -> Iterator[str]:
    published = (
        select(StagingRow.target_record)
        .join(ImportTask, ImportTask.sys_id == StagingRow.import_task)
        .where(ImportTask.target_table == table, StagingRow.state == PUBLISHED)
    )
    there = exists().where(target.sys_id == StagingRow.target_record)
    for key in session.scalars(published.where(not_(there)).limit(MOST)):
        yield f"{table} {key} is gone"
    made = (
        select(func.coalesce(func.sum(case((Audit.new_value.is_not(None), 1), else_=-1)), 0))
        .where(Audit.record == StagingRow.target_record, Audit.field_name.is_(None))
        .correlate(StagingRow)
        .scalar_subquery()
    )
    for key, count in session.execute(published.add_columns(made).where(made != 1).limit(MOST)):
        yield f"{table} {key} was made {count} times"


@invariant("A number is given once")
def _numbers() -> Iterator[str]:
    for record_type in {RECORDS[name] for name in RECORDS if RECORDS[name].__sheet__.prefix}:
        number = record_type.number  # type: ignore[attr-defined]  # every type with a prefix has it
        for twice in session.scalars(select(number).group_by(number).having(func.count() > 1).limit(MOST)):
            yield f"{table_name(record_type)} {twice}"


def _legal(state: Any, other: Any, pairs: dict[str, tuple[str, ...]]) -> Any:
    """SQL: one of the pairs that the rules allow."""
    return or_(*(and_(state == one, other.in_(allowed)) for one, allowed in pairs.items()))


@invariant("State and stage of a case go together, and so do state and progress of a task")
def _states() -> Iterator[str]:
    fits = _legal(OnboardingCase.state, OnboardingCase.stage, STAGES)
    yield from session.scalars(select(OnboardingCase.number).where(not_(fits)).limit(MOST))
    fits = _legal(CaseTask.state, CaseTask.progress, PROGRESS)
    yield from session.scalars(select(CaseTask.number).where(not_(fits)).limit(MOST))


@invariant("What is closed or canceled is inactive and says when; what is open is active")
def _closure() -> Iterator[str]:
    for record_type, over in ((OnboardingCase, CASE_OVER), (CaseTask, TASK_OVER)):
        ended = record_type.state.in_(over)
        as_ended = and_(record_type.active.is_(False), record_type.closed_at.is_not(None))
        as_open = and_(record_type.active.is_(True), record_type.closed_at.is_(None))
        wrong = or_(and_(ended, not_(as_ended)), and_(not_(ended), not_(as_open)))
        yield from session.scalars(select(record_type.number).where(wrong).limit(MOST))


@invariant("A completed activity says when, and no activity is complete in a stage that has not begun")
def _activities() -> Iterator[str]:
    done = ActivityContext.state == ActivityState.COMPLETE
    unsaid = and_(done, ActivityContext.completed_at.is_(None))
    locked = exists().where(
        Activity.sys_id == ActivityContext.activity,
        StageContext.stage == Activity.stage,
        StageContext.instance == ActivityContext.instance,
        StageContext.state == ActivityState.PENDING,
    )
    yield from session.scalars(select(ActivityContext.sys_id).where(or_(unsaid, and_(done, locked))).limit(MOST))


@invariant("A record lies in the domain of the record it hangs on, or below")
def _domains() -> Iterator[str]:
    for name, record_type in RECORDS.items():
        source = record_type.__sheet__.domain_of
        if not issubclass(record_type, Separated) or not isinstance(source, str):
            continue
        parent = RECORDS[str(fields_of(record_type)[source].to)]
        if issubclass(parent, Separated):
            for key in session.scalars(_outside(record_type, aliased(parent), getattr(record_type, source))):
                yield f"{name} {key}"


def _outside(child: Any, parent: Any, reference: Any) -> Any:
    below = parent.sys_domain + "/"
    inside = or_(child.sys_domain == parent.sys_domain, func.substr(child.sys_domain, 1, func.length(below)) == below)
    return select(child.sys_id).join(parent, parent.sys_id == reference).where(not_(inside)).limit(MOST)


@invariant("A staging row lies in the domain of its task")
def _staging_domains() -> Iterator[str]:
    found = select(StagingRow.sys_id).join(ImportTask, ImportTask.sys_id == StagingRow.import_task)
    yield from session.scalars(found.where(StagingRow.sys_domain != ImportTask.sys_domain).limit(MOST))


@invariant("A risk signal was seen when it was made and at each of its occurrences")
def _occurrences() -> Iterator[str]:
    again = select(func.count()).where(Occurrence.risk_signal == RiskSignal.sys_id).scalar_subquery()
    yield from session.scalars(select(RiskSignal.number).where(RiskSignal.times_seen != again + 1).limit(MOST))


@invariant("Every attachment has its bytes, as many as it says")
def _files() -> Iterator[str]:
    for one in session.scalars(select(Attachment).order_by(Attachment.sys_id)):
        path = path_of(one)
        if not path.is_file() or path.stat().st_size != one.size_bytes:
            yield f"{one.file_name} ({one.sys_id})"


@invariant("A job that is over holds no lease and says when it ended")
def _jobs() -> Iterator[str]:
    over = Job.state.in_(("done", "failed"))
    held = or_(Job.lease_until.is_not(None), Job.ended_at.is_(None))
    yield from session.scalars(select(cast(Job.sys_id, String)).where(over, held).limit(MOST))


@invariant("A health score is what its receipts give")
def _health_scores() -> Iterator[str]:
    for one in session.scalars(select(HealthScore).execution_options(yield_per=500)):
        if engine.recomputed(one.receipts) != as_scored(one):
            yield f"{one.account} on {one.day} ({one.sys_id})"
