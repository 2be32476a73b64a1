"""Which columns a file has: by its template, as remembered, or as a person says who saw the proposal (item by item).

A file whose headings are not all known waits for that person; nothing of it is loaded before, and no other file waits
with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from ale.domains.imports import service
from ale.domains.imports.definition import Definition, definition_of
from ale.domains.imports.entering import Meanings
from ale.domains.imports.headings import Column, match_headings
from ale.domains.imports.moments import note
from ale.domains.imports.proposals import Asked, Proposal, meaning, propose, readable, unread
from ale.domains.imports.records import ImportState, ImportTask
from ale.domains.imports.refused import HeadingsUnclear
from ale.domains.imports.remembered import PERSON, REMEMBERED, TEMPLATE, Memory, memory_of
from ale.domains.imports.rows import hold, set_state
from ale.domains.imports.staging import ImportSet, RunState
from ale.domains.imports.surveying import Surveyed, surveyed
from ale.domains.imports.values import reference_key
from ale.foundation.actor import Actor
from ale.foundation.changes import remove
from ale.foundation.clock import now
from ale.foundation.db import session
from ale.foundation.ledger import Job, enqueue
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.reading import name_of

Said = Mapping[int, Mapping[str, str]]
"""What a person said of values: by place of the column in the file, text → the choice that is meant."""

_CHECKS = ("choice", "boolean", "date", "datetime", "email", "url", "integer_or_decimal")
"""The validations by which the content of a column is known, the telling ones first."""


def asked_of(definition: Definition) -> list[Asked]:
    """The columns of an import with the kind of values they take."""
    checks = {(one.field, one.sub_type): one for one in reversed(definition.validations) if one.sub_type in _CHECKS}
    asked = []
    for column in definition.columns:
        check = next((checks[column.name, kind] for kind in _CHECKS if (column.name, kind) in checks), None)
        facts = (check.sub_type, check.date_format, check.choices) if check else ()
        asked.append(Asked(column, *facts))
    return asked


def decided(one: ImportSet, headings: Sequence[str], below: Sequence[str], line: int, task: ImportTask) -> Any:
    """What was taken for what in a file: as it was decided before, or as it is recognised now."""
    return one.mapping or recognised(headings, below, line, one.file_name, task)


def recognised(headings: Sequence[str], below: Sequence[str], line: int, file: str, task: ImportTask) -> dict[str, Any]:
    """What is taken for what in a file: by its template, or as remembered.

    Raises HeadingsUnclear when somebody must say it, FileRefused when nobody could.
    """
    definition = definition_of(task)
    memory, how = memory_of(task, definition.columns), TEMPLATE
    try:
        names: list[str] | None = match_headings(headings, definition.columns, file=file, line=line, below=below)
    except HeadingsUnclear:
        names, how = memory.names(headings, definition.columns), REMEMBERED
        if names is None:
            raise
    values = {name: words for name, words in _meanings(memory, definition).items() if name in (names or ())}
    return {"headings": list(headings), "columns": names, "values": values, "how": how}


def meanings_of(task: ImportTask, definition: Definition) -> Meanings:
    """What words mean in the columns of an import that the account or administrators have taught it."""
    return _meanings(memory_of(task, definition.columns), definition)


def _meanings(memory: Memory, definition: Definition) -> Meanings:
    there = {wanted.name: wanted for wanted in asked_of(definition)}
    known = {name: readable(pairs, there[name]) for name, pairs in memory.meanings.items() if name in there}
    return {name: words for name, words in known.items() if words}


@dataclass(frozen=True)
class WaitingFile:
    """A file that waits for somebody to say which columns it has, with what is proposed.

    `found` are the columns of the file, `columns` those of the import; `asked` says what they take.
    """

    load: ImportSet
    found: list[Surveyed]
    asked: list[Asked]
    memory: Memory
    columns: Sequence[Column]

    @cached_property
    def proposals(self) -> list[Proposal]:
        """The column that each heading probably means."""
        return propose(self.asked, self.found, self.memory.columns)

    @property
    def headings(self) -> list[str]:
        """The headings of the file."""
        return [one.heading for one in self.found]

    def unread(self, place: int, column: str) -> list[str]:
        """The values of a column of the file that its column in the import does not read by itself."""
        wanted = next((one for one in self.asked if one.name == column), None)
        return unread(self.found[place], wanted) if wanted else []

    def proposed(self, place: int, column: str, text: str) -> str:
        """The choice that a value probably means: as remembered, else by its words."""
        wanted = next(one for one in self.asked if one.name == column)
        known = readable(self.memory.meanings.get(column, ()), wanted)
        return known.get(reference_key(text)) or meaning(text, wanted.meanings)

    def objections(self, columns: Sequence[str]) -> list[Problem]:
        """What stands against taking the headings for these columns."""
        known = {column.name for column in self.columns}
        wrong: list[Problem] = []
        seen: set[str] = set()
        twice = sentence(
            "“{heading}” goes to a column of the import that another heading goes to already; leave one out."
        )
        gone = sentence("“{heading}”: the import has no such column any more; choose another one.")
        for place, (heading, name) in enumerate(zip(self.headings, columns, strict=True)):
            if name and name not in known:
                wrong.append(Problem("COLUMN_UNKNOWN", gone, f"column-{place}", heading=heading))
            elif name in seen:
                wrong.append(Problem("COLUMN_TWICE", twice, f"column-{place}", heading=heading))
            seen |= {name} & known
        missing = sentence("Nothing in the file goes to {column}, which is mandatory.")
        needed = [column.label for column in self.columns if column.mandatory and column.name not in columns]
        return wrong + [Problem("COLUMN_MISSING", missing, column=label) for label in needed]


def waiting_files(task: ImportTask) -> list[ImportSet]:
    """The files of a task that wait for their columns, oldest first."""
    mine = (ImportSet.import_task == task.sys_id, ImportSet.state == RunState.WAITING)
    return list(session.scalars(select(ImportSet).where(*mine).order_by(ImportSet.sys_id)))


def waiting_file(task: ImportTask, sys_id: str) -> WaitingFile:
    """A file that waits, with its proposal. Rejected when it does not wait any more, saying why."""
    mine = select(ImportSet).where(ImportSet.import_task == task.sys_id, ImportSet.sys_id == sys_id)
    one = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if one is None:
        message = sentence("This file does not wait any more: it was left out, or the import was started anew.")
        raise Rejected([Problem("FILE_GONE", message)])
    if one.state is not RunState.WAITING or one.survey is None:
        raise Rejected([_decided_already(one)])
    definition = definition_of(task)
    asked, found = asked_of(definition), surveyed(one.survey)
    memory = memory_of(task, definition.columns, of_this_import=True)
    return WaitingFile(one, found, asked, memory, definition.columns)


def _decided_already(one: ImportSet) -> Problem:
    who = name_of("sys_user", (one.mapping or {}).get("by"))
    message = sentence("{who} has already said which columns {file} has; it is being loaded or has been.")
    return Problem("MATCHED_ALREADY", message, who=who or "ALE", file=one.file_name)


def confirm(task: ImportTask, sys_id: str, columns: Sequence[str], said: Said, *, by: Actor) -> Job:
    """Load a file that waits, its headings taken for these columns and its values for these choices.

    Rejected: MATCHED_ALREADY or FILE_GONE when somebody was faster, COLUMN_TWICE, COLUMN_MISSING.
    """
    service.guard(by)
    service.refuse_closed(task)
    hold(task.sys_id)
    waiting = waiting_file(task, sys_id)
    if wrong := waiting.objections(columns):
        raise Rejected(wrong)
    wanted = {one.name: one for one in waiting.asked}
    values = {
        columns[place]: meanings
        for place, texts in said.items()
        if columns[place] and (meanings := readable(texts.items(), wanted[columns[place]]))
    }
    load = waiting.load
    load.mapping = {
        "headings": waiting.headings, "columns": list(columns), "values": values, "how": PERSON, "by": by.id,
        "at": now().isoformat(),
    }  # fmt: skip
    load.state, load.problems, load.message = RunState.QUEUED, None, None
    session.flush()
    set_state(task.sys_id, ImportState.LOADING)
    note(task, "match", by.id, load.file_name)
    return enqueue("import.load", {"import_sets": [sys_id]}, by=by, domain=task.sys_domain, about=task.sys_id)


def leave_out(task: ImportTask, sys_id: str, *, by: Actor) -> None:
    """Do not load a file that waits; it stays attached. Rejected when it does not wait any more."""
    service.guard(by)
    hold(task.sys_id)
    remove(waiting_file(task, sys_id).load, by=by.for_system())
