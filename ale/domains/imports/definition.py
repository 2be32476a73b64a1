"""An import as administrators define it in rows: its columns, checks and keys, loaded once for a job or a page."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.imports.headings import Column
from ale.domains.imports.pairs import pairs_in
from ale.domains.imports.records import FieldMap, ImportTask, TransformMap, ValidationAssist
from ale.domains.imports.validation import Validation
from ale.domains.imports.values import Choices, reader, reference_key
from ale.foundation.db import session
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.record import RECORDS, Record

ACCOUNT_COLUMN = "u_company"
"""The staging column that names the account; empty means the account of the onboarding case."""

_LEGIBLE = 16  # characters of a key

_SUB_TYPES = {
    Kind.BOOLEAN: "boolean", Kind.INTEGER: "integer_or_decimal", Kind.DECIMAL: "integer_or_decimal",
    Kind.DATE: "date", Kind.DATETIME: "datetime", Kind.CHOICE: "choice",
}  # fmt: skip


@dataclass(frozen=True)
class Transfer:
    """How one column fills one field of the target; `match` is the field by which a referred record is found."""

    column: str
    target: Field
    read: Callable[[str], Any]
    coalesce: bool
    match: str | None
    within_account: bool


@dataclass(frozen=True)
class Definition:
    """One import: what `supplied.yaml` says of the default ones, as it stands in the rows now."""

    staging_table: str
    target: type[Record]
    columns: tuple[Column, ...]
    labels: Mapping[str, Label]
    validations: tuple[Validation, ...]
    transfers: tuple[Transfer, ...]
    account: Account | None
    key_columns: tuple[tuple[str, Callable[[str], str]], ...]

    def complete(self, cells: dict[str, str]) -> dict[str, str]:
        """The cells of a row with the account of the case where the row names none."""
        if self.account is not None and not cells.get(ACCOUNT_COLUMN):
            return cells | {ACCOUNT_COLUMN: self.account.name}
        return cells

    def key(self, cells: dict[str, str]) -> str | None:
        """What rows that mean the same record share; None when a coalesce column is empty. `cells` are complete.

        It begins with the text itself, since neighbours in a file then mostly are so in the index too, and ends with
        a digest of all.
        """
        parts = [spelled(cells.get(name, "")) for name, spelled in self.key_columns]
        if not parts or "" in parts:
            return None
        return parts[0][:_LEGIBLE] + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()

    @property
    def key_field(self) -> str:
        """The column on which a duplicate is shown."""
        names = [name for name, _ in self.key_columns]
        return next((name for name in names if name != ACCOUNT_COLUMN), names[0] if names else "")


def definition_of(task: ImportTask) -> Definition:
    """The import that `task` runs. Rejected (NO_TRANSFORM_MAP) when nobody has defined it."""
    chosen = session.scalars(select(TransformMap).where(TransformMap.source_table == task.source_table)).one_or_none()
    if chosen is None or chosen.target_table not in RECORDS:
        message = sentence("There is no transform map from {source} to {target}.")
        raise Rejected(
            [Problem("NO_TRANSFORM_MAP", message, "source_table", source=task.source_table, target=task.target_table)]
        )
    maps = list(session.scalars(select(FieldMap).where(FieldMap.map == chosen.sys_id).order_by(FieldMap.order)))
    checks = list(
        session.scalars(
            select(ValidationAssist)
            .where(ValidationAssist.staging_table == chosen.source_table, ValidationAssist.active.is_(True))
            .order_by(ValidationAssist.order, ValidationAssist.sys_id)
        )
    )
    target = RECORDS[chosen.target_table]
    transfers = tuple(_transfer(one, target) for one in maps if one.target_field)
    return Definition(
        staging_table=chosen.source_table,
        target=target,
        columns=tuple(_column(one, checks) for one in maps),
        labels={one.source_field: Label(one.label, one.label_fr or one.label) for one in maps},
        validations=tuple(validation_of(one, maps) for one in checks),
        transfers=transfers,
        account=session.get(Account, task.account) if task.account else None,
        key_columns=tuple((one.column, _spelled(one)) for one in transfers if one.coalesce),
    )


def _column(one: FieldMap, checks: list[ValidationAssist]) -> Column:
    mandatory = any(check.mandatory and check.staging_field == one.source_field for check in checks)
    aliases = tuple((one.heading_aliases or "").splitlines())
    label = Label(one.label, one.label_fr or one.label)
    example, meanings = one.example or "", tuple(pairs_in(one.value_aliases))
    return Column(one.source_field, label, mandatory=mandatory, aliases=aliases, example=example, meanings=meanings)


def validation_of(check: ValidationAssist, maps: Sequence[FieldMap]) -> Validation:
    """A validation as it is run, switched on or not; `maps` are the columns of its staging table."""
    narrowed = any(one.within_account and one.source_field == check.staging_field for one in maps)
    sub_type = check.validation_sub_type.value if check.validation_sub_type else ""
    return Validation(
        id=check.sys_id,
        kind=check.validation_type.value,
        field=check.staging_field or "",
        sub_type=sub_type,
        mandatory=check.mandatory,
        reference_table=check.reference_table or "",
        reference_field=check.reference_field or "",
        within=ACCOUNT_COLUMN if narrowed and sub_type == "reference" else "",
        choices=_choices(RECORDS[str(check.target_table)], str(check.target_field)) if sub_type == "choice" else {},
        date_format=check.date_format or "",
        max_length=check.max_length,
        script=check.script or "",
        order=check.order,
        error_message=check.error_message or "",
    )


def _choices(target: type[Record], name: str) -> Choices:
    """What may be written for each choice of a field: labels in both languages, and other spellings."""
    kind = fields_of(target)[name].choices
    return {one.value: (*one.label, *one.aliases) for one in kind} if kind else {}


def _transfer(one: FieldMap, target: type[Record]) -> Transfer:
    item = fields_of(target)[str(one.target_field)]
    choices = _choices(target, item.name)
    read: Callable[[str], Any] = str
    if item.kind in _SUB_TYPES:
        read = reader(_SUB_TYPES[item.kind], date_format=one.date_format or "", choices=choices)
    match = (one.reference_match_field or RECORDS[item.to].__sheet__.display) if item.to else None
    return Transfer(one.source_field, item, read, one.coalesce, match, one.within_account)


def _spelled(transfer: Transfer) -> Callable[[str], str]:
    """How the texts of a key column are compared: names and choices loosely, ids to the letter."""
    if transfer.match:
        return reference_key
    if transfer.target.kind is Kind.CHOICE:
        return lambda text: str(_read_or_text(transfer, text))
    return str.casefold if transfer.target.facts.format == "email" else str


def _read_or_text(transfer: Transfer, text: str) -> Any:
    try:
        return transfer.read(text)
    except ValueError:
        return text
