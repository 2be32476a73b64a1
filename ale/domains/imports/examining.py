"""What is wrong with rows: the checks of their fields here, the scripts meanwhile in the sandbox beside."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ale.domains.imports.definition import ACCOUNT_COLUMN, Definition
from ale.domains.imports.lookups import ACCOUNTS, Lookups
from ale.domains.imports.records import ImportTask
from ale.domains.imports.sandbox import Sandbox, Verdict
from ale.domains.imports.validation import Stored, needed_references, stored, validate_rows
from ale.domains.imports.walking import Walker
from ale.foundation.actor import Actor
from ale.foundation.closing import Closing
from ale.foundation.db import columns_from

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Examination:
    """Rows under examination: `rows` are their cells, with the account filled in."""

    rows: Sequence[Cells]
    verdicts: Sequence["Future[list[Verdict]]"]

    def is_over(self, seconds: float) -> bool:
        """Whether the scripts have come to an end, or do so within `seconds`."""
        return not wait(self.verdicts, seconds).not_done


class Examiner(Closing):
    """Examines rows of one import for `by`; keeps what it looked up and its sandbox. Use it in `with`."""

    def __init__(self, task: ImportTask, definition: Definition, by: Actor) -> None:
        self.definition, self._home = definition, by.domain
        self._lookups = Lookups()
        self._checks = [one for one in definition.validations if one.kind == "field"]
        self._scripts = [one for one in definition.validations if one.kind == "record"]
        self._walkers = [Walker(one.script, task, definition.labels) for one in self._scripts]
        self._sandbox = Sandbox()
        self._threads = ThreadPoolExecutor(1)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._sandbox.close()

    def begin(self, cells: Sequence[Cells]) -> Examination:
        """Complete the rows and have the scripts look at them, in another process while this one goes on."""
        rows = [self.definition.complete(one) for one in cells]
        verdicts = [
            self._threads.submit(self._sandbox.run, script.script, walker.dressed(rows))
            for script, walker in zip(self._scripts, self._walkers, strict=True)
        ]
        return Examination(rows, verdicts)

    def problems(self, cells: Sequence[Cells]) -> list[list[Stored]]:
        """What is wrong with each row, by the validations of fields, then by the scripts; duplicates are told apart."""
        return self.finish(self.begin(cells))

    def finish(self, begun: Examination) -> list[list[Stored]]:
        """The problems of rows under examination; waits for the scripts."""
        self._look_up(begun.rows)
        found = validate_rows(begun.rows, self._checks, self._lookups.found)
        for script, verdicts in zip(self._scripts, begun.verdicts, strict=True):
            for problems, verdict in zip(found, verdicts.result(), strict=True):
                if not verdict.passed and not _is_moot(script.script, verdict, problems):
                    problems.append(_of_script(verdict, script.error_message))
        return found

    def _look_up(self, rows: Sequence[Cells]) -> None:
        """Learn what the rows refer to: the accounts first, for other names may only count within one.

        Whoever imports may know accounts that the domain of the case does not: they are found, and are not the case's.
        """
        names = {row[ACCOUNT_COLUMN] for row in rows if ACCOUNT_COLUMN in row}
        with columns_from(self._home):
            self._lookups.learn(ACCOUNTS, names)
        accounts = {name: key for name in names if (key := self._lookups.sys_id(ACCOUNTS, name))}
        for narrowed in (False, True):
            checks = [one for one in self._checks if bool(one.within) is narrowed]
            for place, values in needed_references(rows, checks).items():
                self._lookups.learn(place, values, accounts if narrowed else None)


def _is_moot(script: str, verdict: Verdict, problems: Sequence[Stored]) -> bool:
    """Whether a script only objects to a name that is not found, which the row is told already (IMP-05)."""
    return not verdict.error and any(one["rule"] == "reference" and one["field"] in script for one in problems)


def _of_script(verdict: Verdict, instead: str) -> Stored:
    if verdict.limit:
        return stored("script", "", "VAL_SCRIPT_LIMIT")
    if verdict.error:
        return stored("script", "", "VAL_SCRIPT", message=verdict.error)
    return stored("script", "", "VAL_RECORD", message=instead or verdict.message or " ".join(verdict.messages))
