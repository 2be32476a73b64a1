"""A chunk of rows on its way to the target: converted, matched with the records they update, stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.imports.change_sets import edits
from ale.domains.imports.definition import ACCOUNT_COLUMN, Definition, Transfer
from ale.domains.imports.lookups import ACCOUNTS, Lookups
from ale.domains.imports.validation import Stored, shortened, stored
from ale.foundation.actor import Actor
from ale.foundation.bulk import store
from ale.foundation.compact import from_json
from ale.foundation.db import Separated, session
from ale.foundation.drafts import Draft, Owners, check_unique, drafted, matching
from ale.foundation.field import Kind, Values
from ale.foundation.problem import Problem, sentence
from ale.foundation.record import unique_groups

CHANGED = sentence("The record was changed after the preview; look at it again.")
_RULES = {
    Kind.BOOLEAN: ("boolean", "VAL_BOOLEAN"), Kind.INTEGER: ("number", "VAL_NUMBER"),
    Kind.DECIMAL: ("number", "VAL_NUMBER"), Kind.DATE: ("date", "VAL_DATE"),
    Kind.DATETIME: ("datetime", "VAL_DATETIME"), Kind.CHOICE: ("choice", "VAL_CHOICE"),
}  # fmt: skip


@dataclass(slots=True)
class Candidate:
    """A ready row on its way: the record it changes (None: a new one), its values, what hinders it.

    `event` says what came of it: "create", "save" or "none", empty as long as nothing did.
    """

    row: Any
    values: Values
    problems: list[Stored]
    target: str | None = None
    event: str = ""


class Publisher:
    """Makes records of rows of one import; keeps what it looked up, and what it foresaw for rows that come later.

    Records that were changed `since` a preview (an id of that time) are not changed again.
    """

    def __init__(self, definition: Definition, by: Actor, since: str | None = None) -> None:
        self.definition, self.by, self.since = definition, by, since
        self._owners: Owners = {}
        self._met: set[str] = set()
        self._lookups = Lookups()
        self._by_target = {one.target.name: one.column for one in definition.transfers}
        self._walled = issubclass(definition.target, Separated)
        self._domains: dict[str | None, str] = {}

    def publish(self, rows: Sequence[Any]) -> list[Candidate]:
        """Create or update the target of each row, which has the attributes sys_id and cells."""
        candidates = self.candidates(rows)
        fine = [one for one in candidates if not one.problems]
        drafts = self._stored(fine)
        if again := self._unmistakable(fine, drafts):
            drafts = _replaced(fine, drafts, again, self._stored(again))
        for one, draft in zip(fine, drafts, strict=True):
            one.target = draft.sys_id
            one.problems = [refusal(self._by_target, problem) for problem in draft.problems]
            one.event = "" if draft.problems else draft.event
        return candidates

    def draft(self, rows: Sequence[Any]) -> list[tuple[Candidate, Draft | None]]:
        """What publishing the rows would do, without doing it; no draft for those that cannot be converted."""
        candidates = self.candidates(rows)
        fine = [one for one in candidates if not one.problems]
        drafts = self._foreseen(fine)
        if again := self._unmistakable(fine, drafts):
            drafts = _replaced(fine, drafts, again, self._foreseen(again))
        self._met.update(draft.sys_id for draft in drafts if draft.before is not None and not draft.problems)
        left = iter(drafts)
        return [(one, None if one.problems else next(left)) for one in candidates]

    def candidates(self, rows: Sequence[Any]) -> list[Candidate]:
        """The rows converted and matched with the records they update."""
        cells = [self.definition.complete(from_json(row.cells)) for row in rows]
        self._look_up(cells)
        candidates = [self._converted(row, texts) for row, texts in zip(rows, cells, strict=True)]
        self._match([one for one in candidates if not one.problems])
        return candidates

    def _stored(self, candidates: Sequence[Candidate]) -> list[Draft]:
        drafts = self._drafted(candidates, lock=True)
        self._refuse_changed(drafts)
        return store(self.definition.target, drafts, [one.values for one in candidates], by=self.by)

    def _foreseen(self, candidates: Sequence[Candidate]) -> list[Draft]:
        """What storing would lead to."""
        drafts = self._drafted(candidates, lock=False)
        check_unique(self.definition.target, drafts, self._owners)
        return drafts

    def _refuse_changed(self, drafts: Sequence[Draft]) -> None:
        """What somebody changed after the preview is not written over."""
        if self.since is not None:
            changing = [draft for draft in drafts if draft.event == "save"]
            changed = edits({draft.sys_id: self.since for draft in changing}, str(self.by.change_set))
            for draft in changing:
                if draft.sys_id in changed:
                    draft.problems.append(Problem("CHANGED_SINCE_PREVIEW", CHANGED))

    def _drafted(self, candidates: Sequence[Candidate], lock: bool) -> list[Draft]:
        rows = [(one.target, one.values) for one in candidates]
        return drafted(self.definition.target, rows, by=self.by, lock=lock)

    def _look_up(self, cells: Sequence[dict[str, str]]) -> None:
        names = {row[ACCOUNT_COLUMN] for row in cells if ACCOUNT_COLUMN in row}
        self._lookups.learn(ACCOUNTS, names)
        accounts = {name: key for name in names if (key := self._lookups.sys_id(ACCOUNTS, name))}
        for transfer in self.definition.transfers:
            if transfer.match:
                values = {row[transfer.column] for row in cells if transfer.column in row}
                self._lookups.learn(_place(transfer), values, accounts if transfer.within_account else None)

    def _converted(self, row: Any, cells: dict[str, str]) -> Candidate:
        """Empty cells leave what is there as it is; where the account is not found, only that is a problem."""
        owner = cells.get(ACCOUNT_COLUMN, "")
        is_lost = bool(owner) and "account" in self._by_target and self._lookups.sys_id(ACCOUNTS, owner) is None
        values: Values = {}
        problems = []
        for transfer in self.definition.transfers:
            text = cells.get(transfer.column)
            if not text or (is_lost and transfer.within_account):
                continue
            if transfer.match:
                value = self._lookups.sys_id(_place(transfer), text, owner if transfer.within_account else None)
                if value is None:
                    problems.append(stored("reference", transfer.column, "VAL_REFERENCE", value=shortened(text)))
            else:
                try:
                    value = transfer.read(text)
                except ValueError:
                    rule, code = _RULES[transfer.target.kind]
                    problems.append(stored(rule, transfer.column, code, value=shortened(text), format="yyyy-MM-dd"))
                    continue
            values[transfer.target.name] = value
        return Candidate(row, values, problems)

    def _match(self, candidates: Sequence[Candidate]) -> None:
        """Find the record that each row updates: the one with the same coalesce fields in the same account."""
        names = [one.target.name for one in self.definition.transfers if one.coalesce]
        if names and hasattr(self.definition.target, "account"):
            names.append("account")
        wanted: dict[tuple[Any, ...], Candidate] = {}
        for one in candidates:
            key = tuple(one.values.get(name) for name in dict.fromkeys(names))
            if names and None not in key:
                wanted.setdefault((*key, *self._domain(one.values)), one)
        names = [*dict.fromkeys(names), *(["sys_domain"] if self._walled else [])]
        for key, sys_id in matching(self.definition.target, names, wanted).items():
            wanted[key].target = sys_id

    def _domain(self, values: Values) -> tuple[str, ...]:
        """The domain of the record to be found: it comes from the account, and lets an index find the record."""
        if not self._walled:
            return ()
        account = values.get("account")
        if account not in self._domains:
            self._domains[account] = session.scalar(select(Account.sys_domain).where(Account.sys_id == account)) or ""
        return (self._domains[account],)

    def _unmistakable(self, fine: Sequence[Candidate], drafts: Sequence[Draft]) -> list[Candidate]:
        """Rows that would double a record which has no key yet: by a natural key, such as the address, they mean it.

        Their `target` is set; they are to be drafted again.
        """
        refused = [
            (one, draft)
            for one, draft in zip(fine, drafts, strict=True)
            if draft.before is None and [problem.code for problem in draft.problems] == ["DUPLICATE"]
        ]
        target = self.definition.target
        coalesce = [getattr(target, one.target.name) for one in self.definition.transfers if one.coalesce]
        found: dict[str, Candidate] = {}
        for names in unique_groups(target).values() if refused else ():
            keys = {tuple(map(draft.after.get, names)): one for one, draft in reversed(refused)}
            for key, sys_id in matching(target, names, keys, *(column.is_(None) for column in coalesce)).items():
                found.setdefault(sys_id, keys[key])
        found = {sys_id: one for sys_id, one in found.items() if sys_id not in self._met}
        for sys_id, one in found.items():
            one.target = sys_id
        return list(found.values())


def refusal(columns: Mapping[str, str], problem: Problem) -> Stored:
    """A business rule's problem as a row keeps it: under its own code, on the column that fills the field."""
    column = columns.get(problem.field or "", "")
    params = {name: list(one) if isinstance(one, tuple) else one for name, one in problem.params.items()}
    return stored(problem.code, column, problem.code, **params) | {"message": problem.message}


def _replaced(
    candidates: Sequence[Candidate], drafts: Sequence[Draft], again: Sequence[Candidate], better: Sequence[Draft]
) -> list[Draft]:
    """The drafts with those of the candidates that were tried again."""
    new = {id(one): draft for one, draft in zip(again, better, strict=True)}
    return [new.get(id(one), draft) for one, draft in zip(candidates, drafts, strict=True)]


def _place(transfer: Transfer) -> tuple[str, str]:
    return str(transfer.target.to), str(transfer.match)
