"""A record type is declared once: its columns, its sheet; the rest of the house reads it from there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Base, Separated
from ale.foundation.field import Facts, Values, field, fields_of
from ale.foundation.label import Label
from ale.foundation.problem import Problem, sentence

Derive = Callable[[Values, Values | None], Values]
Check = Callable[[Values, Values | None], Sequence[Problem]]
Needs = Callable[[Sequence[Values]], Sequence[Values]]
Rows = Callable[[Any, Actor], ColumnElement[bool] | None]


def new_id() -> str:
    """A UUIDv7 as 32 hex characters: unique, and in the order of creation (RFC 9562)."""
    milliseconds = time.time_ns() // 1_000_000
    rest = int.from_bytes(os.urandom(10))
    low = (rest & ((1 << 62) - 1)) | (0b10 << 62)
    return f"{(milliseconds << 80) | (7 << 76) | ((rest >> 62 & 0xFFF) << 64) | low:032x}"


def new_ids(count: int) -> list[str]:
    """`count` new ids that sort in the order given, also those made within one millisecond."""
    first = int(new_id(), 16) & ~(((1 << 24) - 1) << 38)  # a counter in the upper part of what is random
    return [f"{first | number << 38:032x}" for number in range(count)]


def shifted(sys_id: str, seconds: int) -> str:
    """The smallest id of the time so many seconds after (or, negative, before) the one when `sys_id` was made."""
    return f"{((int(sys_id, 16) >> 80) + seconds * 1000) << 80:032x}"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what, by role; `rows` narrows further for some actors, e.g. a customer to the own account.

    `report_view` are those who may make figures of the rows that they read; None: everybody on the staff who reads.
    """

    read: tuple[str, ...] = ()
    report_view: tuple[str, ...] | None = None
    create: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    customer_read: tuple[str, ...] = ()
    customer_create: tuple[str, ...] = ()
    customer_write: tuple[str, ...] = ()
    rows: Rows | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields of the form."""

    label: Label
    fields: tuple[str, ...]

    @staticmethod
    def of(en: str, fr: str, *fields: str) -> Section:
        return Section(Label(en, fr), fields)


@dataclass(frozen=True, slots=True)
class Step:
    """A named move of the flow: a button; `fields` are asked for when it is taken."""

    name: str
    label: Label
    sets: Values
    offered: Callable[[Values], bool]
    fields: tuple[str, ...] = ()
    primary: bool = False


Figure = Decimal | int | Choice | None
Figures = Callable[[Sequence[Values], date], Sequence[Figure]]


def alone(for_many: Figures) -> Callable[[Values, date], Figure]:
    """The figure of one row, as `for_many` calculates it."""
    return lambda values, day: for_many([values], day)[0]


@dataclass(frozen=True, slots=True)
class Calculated:
    """A figure or a state shown like a field and stored nowhere; `compute` takes the values and the day.

    It reads as days from today, unless `is_amount`: then as the number that it is; or `is_state`: then as a badge.
    """

    name: str
    label: Label
    compute: Callable[[Values, date], Figure]
    is_amount: bool = False
    is_state: bool = False
    customer: bool = False
    read_roles: tuple[str, ...] = ()
    for_many: Figures | None = None

    def figures(self, rows: Sequence[Values], day: date) -> Sequence[Figure]:
        """The figure of each row; where `compute` asks the database, `for_many` does so once for all of them."""
        return self.for_many(rows, day) if self.for_many else [self.compute(row, day) for row in rows]


REQUIRED = sentence("{label} is required.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Layout, rules and rights of a record type; `required` is said of a field that must be filled and is empty."""

    label: Label
    plural: Label
    display: str
    columns: tuple[str, ...]
    form: tuple[Section, ...]
    access: Access
    prefix: str | None = None
    order: str = "sys_id"
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    flow: tuple[Step, ...] = ()
    derive: tuple[Derive, ...] = ()
    check: tuple[Check, ...] = ()
    required: str = REQUIRED
    needs: Needs | None = None
    domain_of: str | tuple[str, ...] | Callable[[Values, Actor], str] | None = None
    unique: tuple[tuple[str, ...], ...] = ()
    unique_everywhere: tuple[tuple[str, ...], ...] = ()
    duplicate: Problem | None = None
    journals: tuple[str, ...] = ()
    calculated: tuple[Calculated, ...] = ()
    icon: str = "circle-dot"
    name: str | None = None
    audited: bool = True


RECORDS: dict[str, type[Record]] = {}
"""Every record type by its documented table name; filled when the classes are made."""


class Record(Base):
    """What every record carries: id, who and when, version, and that it is active.

    Types whose records can be switched off, or are over one day, declare `active` anew; in the others what is there
    counts until it is removed.
    """

    __abstract__ = True
    __sheet__: ClassVar[Sheet]

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    sys_created_on: Mapped[datetime] = mapped_column(
        default=now, info={"facts": Facts(Label("Created", "Créé le"), read_only=True)}
    )
    sys_created_by: Mapped[str] = mapped_column(
        String(32),
        default="system",
        info={"facts": Facts(Label("Created by", "Créé par"), read_only=True, to="sys_user")},
    )
    sys_updated_on: Mapped[datetime] = mapped_column(
        default=now, info={"facts": Facts(Label("Updated", "Mis à jour le"), read_only=True)}
    )
    sys_updated_by: Mapped[str] = mapped_column(
        String(32),
        default="system",
        info={"facts": Facts(Label("Updated by", "Mis à jour par"), read_only=True, to="sys_user")},
    )
    sys_mod_count: Mapped[int] = mapped_column(
        Integer, default=0, info={"facts": Facts(Label("Updates", "Mises à jour"), read_only=True)}
    )

    active: Mapped[bool] = field("Active", "Actif", default=True, read_only=True)

    @declared_attr.directive
    def __mapper_args__(cls: Any) -> dict[str, Any]:  # noqa: N805
        args: dict[str, Any] = {}
        if "__tablename__" in cls.__dict__:
            args = {"version_id_col": cls.sys_mod_count, "version_id_generator": lambda at: 0 if at is None else at + 1}
        if hasattr(cls, "sys_class_name"):  # a family of types in one table, told apart by that column
            how = {"polymorphic_on": "sys_class_name"} if args else {"polymorphic_load": "inline"}
            args |= how | {"polymorphic_identity": table_name(cls)}
        return args

    @declared_attr.directive
    def __table_args__(cls: Any) -> tuple[UniqueConstraint, ...]:  # noqa: N805
        sheet = cls.__dict__.get("__sheet__")
        if sheet is None or "__tablename__" not in cls.__dict__:
            return ()
        numbered = ((*_walled(cls), "number"),) if sheet.prefix else ()
        return tuple(UniqueConstraint(*names) for names in (*numbered, *unique_groups(cls).values()))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        sheet = cls.__dict__.get("__sheet__")
        if sheet is not None:
            RECORDS[table_name(cls)] = cls

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.sys_id}>"


def table_name(record_type: type[Record]) -> str:
    """The documented table name: that of API, imports and addresses."""
    return record_type.__sheet__.name or str(record_type.__tablename__)


def unique_groups(record_type: type[Record]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The fields that tell records of a type apart, each group with the columns of its constraint.

    Within a domain, but for what names something in the whole installation (`unique_everywhere`).
    """
    sheet = record_type.__sheet__
    within = {group: (*_walled(record_type), *group) for group in sheet.unique}
    return within | {group: group for group in sheet.unique_everywhere}


def _walled(record_type: type[Any]) -> tuple[str, ...]:
    return ("sys_domain",) if issubclass(record_type, Separated) else ()


def values_of(record: Record) -> Values:
    """The declared fields of a record as a plain dictionary, as the rules see it."""
    return {name: getattr(record, name) for name in ("sys_id", *fields_of(type(record)))}


def display_of(record: Record) -> str:
    """How a record is named where another one refers to it."""
    return str(getattr(record, record.__sheet__.display) or "")


def check_declarations() -> None:
    """Stop the application with a sentence when a sheet names a field its type does not have."""
    for record_type in RECORDS.values():
        sheet, known = record_type.__sheet__, fields_of(record_type)
        named = [*sheet.columns, *sheet.filters, *sheet.search, *(name for part in sheet.form for name in part.fields)]
        named += [name for step in sheet.flow for name in (*step.fields, *step.sets)]
        named += [name for group in unique_groups(record_type) for name in group]
        shown = {item.name for item in sheet.calculated}
        for name in named:
            if name not in known and name not in shown:
                raise TypeError(f"{record_type.__name__}.__sheet__ names {name!r}, which is no field of it")
        for name, item in known.items():
            if item.to and item.to not in RECORDS:
                raise TypeError(f"{record_type.__name__}.{name} refers to {item.to!r}, which is no record type")


def extended(sheet: Sheet, **changes: Any) -> Sheet:
    """The sheet of a type that extends another one."""
    return replace(sheet, **changes)
