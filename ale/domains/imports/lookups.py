"""Records named in cells, found by one statement per table, field and chunk; what was asked once is not asked again."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, func, select

from ale.domains.imports.values import reference_key
from ale.foundation.db import session
from ale.foundation.record import RECORDS
from ale.foundation.statements import among

Place = tuple[str, str]  # table and field
ACCOUNTS: Place = ("customer_account", "name")
_REMEMBERED = 50_000


class Lookups:
    """What the cells of one import refer to. `found` is, by (table, field), the sys_id by `reference_key` of a value.

    With `accounts` (sys_id by the name written) a value is looked up among the records of each of them, and its key is
    `reference_key(value, name of the account)`. Of several records with one name the oldest is meant.
    """

    def __init__(self) -> None:
        self.found: dict[Place, dict[str, str]] = {}
        self._asked: dict[Place, set[str]] = {}

    def learn(self, place: Place, values: Iterable[str], accounts: Mapping[str, str] | None = None) -> None:
        """Look up what is not known yet of `values`; behind the wall."""
        found, asked = self.found.setdefault(place, {}), self._asked.setdefault(place, set())
        if len(asked) > _REMEMBERED:
            found.clear()
            asked.clear()
        for account in [None] if accounts is None else accounts:
            new = {value for value in values if reference_key(value, account) not in asked}
            asked.update(reference_key(value, account) for value in new)
            narrowed = accounts[account] if accounts and account else None
            self._find(place, new, found, account, narrowed)

    def sys_id(self, place: Place, value: str, account: str | None = None) -> str | None:
        """The record meant by `value`, if there is one."""
        return self.found.get(place, {}).get(reference_key(value, account))

    def _find(
        self, place: Place, values: set[str], found: dict[str, str], account: str | None, narrowed: str | None
    ) -> None:
        """As written first, which an index answers; what is left without regard to case and runs of blanks.

        Both sides are compared as `reference_key` compares, so that a text is found or not whatever stands beside it.
        """
        column = getattr(RECORDS[place[0]], place[1])
        for loosely in (False, True):
            if values:
                keys = {reference_key(value) for value in values}
                condition = among(_loosely(column), keys) if loosely else among(column, values)
                for key, text in _named(place, condition, narrowed):
                    found.setdefault(reference_key(text, account), key)
                values = {value for value in values if reference_key(value, account) not in found}


def _loosely(column: Any) -> ColumnElement[Any]:
    """SQL: the `reference_key` of a column."""
    text = func.replace(func.lower(column), "\u00a0", " ")
    for old, new in ((" ", " \x1f"), ("\x1f ", ""), ("\x1f", "")):  # of a run of blanks only the first is left
        text = func.replace(text, old, new, type_=String)
    return text


def _named(place: Place, condition: ColumnElement[bool], account: str | None) -> Iterable[tuple[str, Any]]:
    target = RECORDS[place[0]]
    named = select(target.sys_id, getattr(target, place[1])).where(condition).order_by(target.sys_id)
    if account is not None and hasattr(target, "account"):
        named = named.where(target.account == account)
    return session.execute(named)
