"""A field is said once, on its typed column: label, limits, rights; everything else reads it from there."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, ForeignKey, Integer, Numeric, String, Text
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import MappedColumn, mapped_column

from ale.foundation.choice import Choice
from ale.foundation.db import IdList
from ale.foundation.label import Label
from ale.foundation.problem import sentence

OTHER_ACCOUNT = ("OTHER_ACCOUNT", sentence("Choose records of the same account."))

Values = dict[str, Any]
When = Callable[[Values], bool]


class Kind(StrEnum):
    """What a field holds; decides widget, JSON type and how text is read."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    REFERENCE = "reference"
    LIST = "list"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a declaration adds to a column: see `field`."""

    label: Label
    to: str | None = None
    within: str | None = None
    other_account: tuple[str, str] = OTHER_ACCOUNT
    table_in: str | None = None
    tables: tuple[str, ...] = ()
    constrained: bool = True
    format: str | None = None
    read_only: bool = False
    hidden: bool = False
    customer: bool = False
    customer_sets: tuple[str, ...] = ()
    customer_gives: tuple[str, ...] = ()
    customer_if: str = ""
    read_roles: tuple[str, ...] = ()
    write_roles: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    unreadable: tuple[str, str] | None = None
    required_when: When | None = None
    visible_when: When | None = None
    hint: Label | None = None
    natural_key: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A declared field as the other floors see it."""

    name: str
    kind: Kind
    mandatory: bool
    max_length: int | None
    choices: type[Choice] | None
    facts: Facts
    default: Any

    @property
    def label(self) -> Label:
        return self.facts.label

    @property
    def to(self) -> str | None:
        return self.facts.to

    @property
    def targets(self) -> tuple[str, ...]:
        """The tables it points to: one, or those a document may be of; none where it points to nothing."""
        return (self.facts.to,) if self.facts.to else self.facts.tables


def field(
    en: str,
    fr: str,
    *,
    long: bool = False,
    max_length: int | None = None,
    default: Any = None,
    index: bool = False,
    **facts: Any,
) -> MappedColumn[Any]:
    """A column with its label in both languages; the annotation gives type and whether it may be empty.

    `long` is text of many lines; `facts` are those of `Facts`: format ("email", "url", "date_format", ...), customer
    (a portal user who may read the record sees it), customer_if (and where the field of this name is true),
    customer_sets (the values such a user may give it), customer_gives ("create", "write": when such a user may give it
    any value; without both none), read_roles and write_roles (narrower than the record's), unreadable (code and
    sentence for a value that cannot be read or is out of range), ...
    """
    kind = (Text(),) if long else (String(max_length),) if max_length else ()
    extra: dict[str, Any] = {"default": default} if default is not None else {}
    return mapped_column(*kind, index=index or None, info={"facts": Facts(Label(en, fr), **facts)}, **extra)


def reference(
    en: str,
    fr: str,
    *,
    to: str,
    table: str | None = None,
    constrained: bool = True,
    many: bool = False,
    index: bool = True,
    **facts: Any,
) -> MappedColumn[Any]:
    """A column that holds the sys_id of a record of `to` (with `many`, a list of them).

    `table` is the physical table where it differs from `to`; `constrained=False` where a foreign key would close a
    circle between two tables; `within` names the field both records must agree on, e.g. the account, `other_account`
    is the code and the sentence when they do not.
    """
    info = {"facts": Facts(Label(en, fr), to=to, **facts)}
    if many:
        return mapped_column(IdList(), info=info)
    key = (ForeignKey(f"{table or to}.sys_id"),) if constrained else ()
    return mapped_column(String(32), *key, index=index, info=info)


def document(en: str, fr: str, *tables: str, table_in: str, **facts: Any) -> MappedColumn[Any]:
    """A column that holds the sys_id of a record of one of `tables`; the field `table_in` beside it says of which.

    With `constrained=False` it tells what was, and does not keep that record from being deleted.
    """
    known = Facts(Label(en, fr), format="document_id", tables=tables, table_in=table_in, **facts)
    return mapped_column(String(32), index=True, info={"facts": known})


@cache
def fields_of(record_type: type[Any]) -> dict[str, Field]:
    """The declared fields of a record type by name, in the order of declaration."""
    columns = [column for column in record_type.__mapper__.columns if "facts" in column.info]
    return {column.key: _field(column) for column in columns}


def _field(column: Any) -> Field:
    facts: Facts = column.info["facts"]
    has_default = column.default is not None
    kind = _kind(column.type, facts)
    default = column.default.arg if has_default and column.default.is_scalar else None
    return Field(
        name=column.key,
        kind=kind,
        mandatory=not column.nullable and not has_default and not facts.read_only and kind is not Kind.LIST,
        max_length=getattr(column.type, "length", None) if not facts.to else None,
        choices=getattr(column.type, "enum_class", None),
        facts=facts,
        default=default,
    )


_KINDS: tuple[tuple[type, Kind], ...] = (
    (EnumType, Kind.CHOICE),
    (IdList, Kind.LIST),
    (Text, Kind.LONG_TEXT),
    (String, Kind.TEXT),
    (Boolean, Kind.BOOLEAN),
    (Integer, Kind.INTEGER),
    (Numeric, Kind.DECIMAL),
    (DateTime, Kind.DATETIME),
    (Date, Kind.DATE),
    (JSON, Kind.JSON),
)


def _kind(column_type: Any, facts: Facts) -> Kind:
    if facts.to and not isinstance(column_type, IdList):
        return Kind.REFERENCE
    return next(kind for sql_type, kind in _KINDS if isinstance(column_type, sql_type))
