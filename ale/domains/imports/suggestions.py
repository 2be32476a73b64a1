"""What somebody probably meant by a value that was not found, and what may stand there at all."""

from sqlalchemy import ColumnElement, func, or_, select

from ale.domains.imports.definition import Definition
from ale.domains.imports.grouping import Speller
from ale.domains.imports.validation import Validation
from ale.foundation.db import session
from ale.foundation.record import RECORDS

_CANDIDATES = 2_000


def closest(definition: Definition, field: str, value: str) -> str:
    """The value nearest to the wrong one of a reference or choice; "" when none is near."""
    check = _check(definition, field)
    if check is None or not value:
        return ""
    known = _names(definition, check, value) if check.sub_type == "reference" else _spellings(check)
    return Speller(known).suggest(value)


def choices(definition: Definition, field: str) -> list[str]:
    """The values allowed in a column, where there are only a few."""
    check = _check(definition, field)
    return list(check.choices) if check and check.sub_type == "choice" else []


def _check(definition: Definition, field: str) -> Validation | None:
    checks = (one for one in definition.validations if one.field == field)
    return next((one for one in checks if one.sub_type in ("reference", "choice")), None)


def _spellings(check: Validation) -> list[str]:
    return [text for value, labels in check.choices.items() for text in (value, *labels)]


def _names(definition: Definition, check: Validation, value: str) -> list[str]:
    """Names in the reference table that begin or end as the value does; within the account where that counts."""
    target = RECORDS[check.reference_table]
    column = func.lower(getattr(target, check.reference_field))
    begins: ColumnElement[bool] = column.startswith(value[:2].lower(), autoescape=True)
    ends: ColumnElement[bool] = column.endswith(value[-2:].lower(), autoescape=True)
    found = select(getattr(target, check.reference_field)).where(or_(begins, ends)).limit(_CANDIDATES)
    if check.within and definition.account and hasattr(target, "account"):
        found = found.where(target.account == definition.account.sys_id)
    return [str(name) for name in session.scalars(found)]
