"""Taking a publication back, and doing it again: record by record, without touching what people did since.

What a publication did is read from the history, newest first. A record is *reversed*, *kept* when somebody changed it
since, or *blocked* when something else hangs on it or a rule forbids its former state.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update

from ale.domains.imports.change_sets import Change, changes_of, edits
from ale.domains.imports.publications import LeftAlone, Publication, PublicationState
from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import PUBLISHED, READY, hold, resting_state, set_state, settle_duplicates, shift
from ale.domains.imports.staging import StagingRow
from ale.domains.playbooks.service import follow_the_task
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many, remove_many, save_many
from ale.foundation.clock import now
from ale.foundation.db import inside, session
from ale.foundation.drafts import Draft, check_unique, drafted
from ale.foundation.ledger import Chunks, Job, Progress
from ale.foundation.problem import Problem
from ale.foundation.record import RECORDS, Record, new_id
from ale.foundation.referrers import referrers
from ale.foundation.statements import among, insert_rows, update_rows

Reason = dict[str, Any]


@dataclass(slots=True)
class Verdicts:
    """What becomes of the records of some changes; `left` says why those that stay do: (kept or blocked, reason)."""

    removed: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    left: dict[str, tuple[str, Reason]] = field(default_factory=dict)

    @property
    def done(self) -> list[str]:
        """The records that are changed."""
        return [*self.removed, *self.saved]

    def count(self, verdict: str) -> int:
        """How many are left so."""
        return sum(one == verdict for one, _reason in self.left.values())


def undo(job: Job, by: Actor) -> Chunks:
    """Take back what the publication that `job` names did."""
    return _chunks(job, by, backwards=True)


def redo(job: Job, by: Actor) -> Chunks:
    """Do again what the undo of the publication that `job` names took back."""
    return _chunks(job, by, backwards=False)


def foresee(publication: Publication, by: Actor) -> Iterator[Verdicts]:
    """What an undo would do, some records at a time; writes nothing."""
    way = _Way(publication, by, backwards=True)
    place, gone = None, set[str]()
    while changes := way.changes(place):
        verdicts = way.judge(changes, gone, lock=False)
        verdicts.left |= way.refusals(changes, verdicts)
        gone |= set(verdicts.removed)
        place = changes[-1].first
        yield verdicts


def begin(publication: Publication, state: PublicationState) -> None:
    """Make a publication ready for an undo or a redo, from its beginning; the task is held."""
    values: dict[str, Any] = {"state": state, "place": None}
    if state is PublicationState.UNDOING:
        values |= dict.fromkeys(("reversed", "kept", "blocked"), 0)
        session.execute(delete(LeftAlone).where(LeftAlone.publication == publication.sys_id))
    session.execute(update(Publication).where(Publication.sys_id == publication.sys_id).values(values))


def _chunks(job: Job, by: Actor, *, backwards: bool) -> Chunks:
    publication = session.get_one(Publication, str(job.args["publication"]))
    way = _Way(publication, by, backwards)
    done, total = job.done, publication.created + publication.updated
    while changes := way.changes(way.place()):
        done += len(changes)
        yield partial(way.chunk, changes, {"message": way.message, "done": done, "total": max(done, total)})
    yield way.end
    return ""


class _Way:
    """One publication on its way back, or forth again."""

    def __init__(self, publication: Publication, by: Actor, backwards: bool) -> None:
        self.key, self.task, self.domain = publication.sys_id, publication.import_task, publication.sys_domain
        self.target: type[Record] = RECORDS[publication.target_table]
        self.backwards, self.by = backwards, by
        self.as_system = by.for_system().through("undo" if backwards else "redo").as_part_of(self.key)
        self.message = "Undoing" if backwards else "Redoing"
        self.until = publication.last_change or new_id()
        self.since = None if backwards else publication.undone_at

    def place(self) -> str | None:
        """How far it has come."""
        return session.scalar(select(Publication.place).where(Publication.sys_id == self.key))

    def changes(self, place: str | None) -> list[Change]:
        """The next changes of the publication after `place`; none when it is through."""
        return changes_of(self.key, self.until, self.target, place, backwards=self.backwards)

    def chunk(self, changes: Sequence[Change], progress: Progress) -> Progress:
        """Take some changes back, or do them again, in the running transaction."""
        hold(self.task)
        verdicts = self._undone(changes) if self.backwards else self._redone(changes)
        self._note(verdicts)
        self._move_rows(verdicts.done)
        tally: dict[str, Any] = {"place": changes[-1].first if self.backwards else changes[-1].last}
        if self.backwards:
            tally |= {
                "reversed": Publication.reversed + len(verdicts.done),
                "kept": Publication.kept + verdicts.count("kept"),
                "blocked": Publication.blocked + verdicts.count("blocked"),
            }
        self._set(**tally)
        return progress

    def _undone(self, changes: Sequence[Change]) -> Verdicts:
        verdicts = self.judge(changes, set(), lock=True)
        remove_many(self.target, verdicts.removed, by=self.as_system)
        former = [(one.record, one.old) for one in changes if one.record in set(verdicts.saved)]
        _sort_out(verdicts, save_many(self.target, former, by=self.as_system))
        return verdicts

    def _redone(self, changes: Sequence[Change]) -> Verdicts:
        """What the undo left alone is as the publication made it, or as somebody made it since."""
        left = self._left([one.record for one in changes])
        todo = [one for one in changes if one.record not in left]
        verdicts = Verdicts()
        present, edited = self._locked(todo, lock=True), self._edits(todo)
        for one in todo:
            if one.made_with is not None and one.record in present:
                verdicts.left[one.record] = "kept", {"code": "THERE"}
            elif one.made_with is None and (why := edited.get(one.record)):
                verdicts.left[one.record] = "kept", why
            elif one.made_with is None and one.record not in present:
                verdicts.left[one.record] = "kept", {"code": "GONE"}
        fine = [one for one in todo if one.record not in verdicts.left]
        again = [one.made_with | {"sys_id": one.record} for one in fine if one.made_with is not None]
        changed = [(one.record, one.new) for one in fine if one.made_with is None]
        drafts = create_many(self.target, again, by=self.as_system) if again else []
        drafts += save_many(self.target, changed, by=self.as_system) if changed else []
        verdicts.saved = [one.record for one in fine]
        _sort_out(verdicts, drafts)
        return verdicts

    def judge(self, changes: Sequence[Change], gone: Collection[str], *, lock: bool) -> Verdicts:
        """Who is to be removed, set back or left; `gone` are records that would be removed before these."""
        verdicts = Verdicts()
        present, edited = self._locked(changes, lock), self._edits(changes)
        made = {one.record for one in changes if one.made_with is not None}
        needed = referrers(self.target, made & present, but=gone) if made else {}
        for one in changes:
            if one.record not in present:
                verdicts.left[one.record] = "kept", {"code": "GONE"}
            elif why := edited.get(one.record):
                verdicts.left[one.record] = "kept", why
            elif one.record in needed:
                label, record = needed[one.record]
                verdicts.left[one.record] = "blocked", {"code": "NEEDED", "label": list(label), "record": record}
            elif one.record in made:
                verdicts.removed.append(one.record)
            else:
                verdicts.saved.append(one.record)
        return verdicts

    def refusals(self, changes: Sequence[Change], verdicts: Verdicts) -> dict[str, tuple[str, Reason]]:
        """What rules would say of the former states, without storing them."""
        former = [(one.record, one.old) for one in changes if one.record in set(verdicts.saved)]
        drafts = drafted(self.target, former, by=self.as_system, lock=False)
        check_unique(self.target, drafts)
        trial = Verdicts(saved=list(verdicts.saved))
        _sort_out(trial, drafts)
        verdicts.saved = trial.saved
        return trial.left

    def _locked(self, changes: Sequence[Change], lock: bool) -> set[str]:
        """Those of the records that are there; nobody changes them, or hangs something on them, until we are done."""
        target = self.target
        rows = select(target.sys_id).where(among(target.sys_id, [one.record for one in changes]))
        return set(session.scalars(rows.order_by(target.sys_id).with_for_update() if lock else rows))

    def _edits(self, changes: Sequence[Change]) -> dict[str, Reason]:
        """Who changed the records last since the publication, or since it was undone, and when."""
        return edits({one.record: one.last for one in changes}, self.key, self.since)

    def _move_rows(self, records: Sequence[str]) -> None:
        """The rows of what was taken back are ready again, those of what was done again are published."""
        before, then = (PUBLISHED, READY) if self.backwards else (READY, PUBLISHED)
        mine = StagingRow.import_task == self.task, StagingRow.state == before, StagingRow.publication == self.key
        rows = select(StagingRow.sys_id, StagingRow.key).where(*mine, among(StagingRow.target_record, records))
        found = session.execute(rows).all()
        update_rows(StagingRow, [{"sys_id": row.sys_id} for row in found], state=then)
        shift(self.task, {before: -len(found), then: len(found)})
        settle_duplicates(self.task, {row.key for row in found})

    def end(self) -> Progress:
        """The publication rests, and so does its import; the playbook may have waited for it (PBK-06)."""
        if self.backwards:
            self._set(state=PublicationState.UNDONE, undone_at=now(), place=None)
        else:
            self._set(state=PublicationState.PUBLISHED, undone_at=None, place=None)
        set_state(self.task, resting_state(self.task))
        with inside(self.by.domain):
            follow_the_task(session.get_one(ImportTask, self.task), None, self.by)
        return {}

    def _set(self, **values: Any) -> None:
        mine = update(Publication).where(Publication.sys_id == self.key)
        session.execute(mine.values(values).execution_options(synchronize_session=False))

    def _note(self, verdicts: Verdicts) -> None:
        """Keep what was left alone and why, once for each record."""
        there = self._left(verdicts.left)
        shared = {"sys_domain": self.domain, "publication": self.key}
        rows = [
            shared | {"record": key, "verdict": verdict, "reason": reason}
            for key, (verdict, reason) in verdicts.left.items()
            if key not in there
        ]
        insert_rows(LeftAlone, rows)

    def _left(self, records: Collection[str]) -> set[str]:
        mine = LeftAlone.publication == self.key, among(LeftAlone.record, records)
        return set(session.scalars(select(LeftAlone.record).where(*mine)))


def _sort_out(verdicts: Verdicts, drafts: Sequence[Draft]) -> None:
    """Move those that a rule refuses from the changed records to the blocked ones."""
    refused: Mapping[str, Draft] = {draft.sys_id: draft for draft in drafts if draft.problems}
    verdicts.saved = [key for key in verdicts.saved if key not in refused]
    for key, draft in refused.items():
        verdicts.left[key] = "blocked", {"code": "REFUSED", "problems": [_kept(one) for one in draft.problems]}


def _kept(problem: Problem) -> dict[str, Any]:
    """A problem as JSON: labels among its params as lists."""
    params = {name: list(one) if isinstance(one, tuple) else one for name, one in problem.params.items()}
    return {"code": problem.code, "message": problem.message, "params": params}
