"""The database: one session, one way to commit, and the wall between domains."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ClauseElement,
    CompoundSelect,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
    func,
    or_,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.sql import Executable
from sqlalchemy.sql.visitors import iterate

from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.choice import Choice
from ale.foundation.clock import one_moment
from ale.foundation.problem import Conflict

WALL = "domain"
_COLUMNS_ONLY = "columns_only"
_AFTER_COMMIT = "after_commit"
_CROSSED = ("40001", "40P01")  # what PostgreSQL calls a failed serialization and a deadlock
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class IdList(TypeDecorator[list[str]]):
    """Several references in one column, stored as the API sends them: ids joined by commas."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        return value.split(",") if value else []


class Base(DeclarativeBase):
    """The root of all tables; constraints are named so that migrations can speak of them."""

    type_annotation_map: ClassVar = {
        str: String(255),
        datetime: DateTime(),
        date: Date(),
        Decimal: Numeric(18, 4),
        list[str]: IdList(),
        dict[str, Any]: JSON(),
        Choice: Enum(Choice, native_enum=False, length=60, values_callable=lambda kind: [one.value for one in kind]),
    }

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Separated:
    """Mixin of every table that belongs to a domain; the wall knows tables by it.

    Without an index: the wall asks for a domain and those below it, which no index answers, and every row would pay.
    """

    sys_domain: Mapped[str] = mapped_column(String(255))
    seen_by_all: ClassVar[str] = ""
    """The domain whose rows every other one reads too: none, unless the table is shared."""


class Shared(Separated):
    """Mixin of separated tables whose rows in the global domain are there for all: every domain reads them (DOM-02).

    They are changed from the global domain only.
    """

    seen_by_all: ClassVar[str] = ROOT_DOMAIN


db = SQLAlchemy(
    metadata=Base.metadata, session_options={"expire_on_commit": False, "join_transaction_mode": "create_savepoint"}
)
session = db.session


class NoDomain(RuntimeError):
    """A statement touched separated tables before anybody said for which domain."""


def enter_domain(path: str) -> None:
    """From here on this session sees `path` and the domains below it, and nothing else."""
    if session.info.get(WALL) != path:
        if session.is_active:
            session.flush()  # what was written in the domain before must not be forgotten with what was read there
        session.expunge_all()
    session.info[WALL] = path


def leave_domain() -> None:
    """Forget the domain: the next statement on a separated table raises NoDomain."""
    session.info.pop(WALL, None)


def current_domain() -> str:
    """The domain of this session."""
    path = session.info.get(WALL)
    if path is None:
        raise NoDomain("say enter_domain(...) before reading or writing records")
    return str(path)


@contextmanager
def inside(path: str) -> Iterator[None]:
    """Work in `path` for a while, e.g. a job or a log-on, then return to the domain before."""
    before = session.info.get(WALL)
    enter_domain(path)
    try:
        yield
    finally:
        if before is None:
            leave_domain()
        else:
            enter_domain(before)


@contextmanager
def columns_from(path: str) -> Iterator[None]:
    """Ask for columns as they are seen from `path`, while records stay at hand that were read before.

    Records cannot be read so: they would still be there when the domain is the old one again.
    """
    before = current_domain()
    session.flush()
    session.info.update({WALL: path, _COLUMNS_ONLY: True})
    try:
        yield
    finally:
        session.info.update({WALL: before, _COLUMNS_ONLY: False})


def _criteria(statement: Executable, path: str, *, reads: bool) -> Executable:
    """`statement` for the rows of `path` and below; one that only reads also sees those of the global domain."""
    below = f"{path}/"
    width = len(below)
    # substr and not LIKE: exact in case on every database, and no wildcard to escape.
    if reads:
        option = with_loader_criteria(
            Separated,
            lambda cls: or_(
                cls.sys_domain == path,
                func.substr(cls.sys_domain, 1, width) == below,
                cls.sys_domain == cls.seen_by_all,
            ),
            include_aliases=True,
        )
    else:
        option = with_loader_criteria(
            Separated,
            lambda cls: or_(cls.sys_domain == path, func.substr(cls.sys_domain, 1, width) == below),
            include_aliases=True,
        )
    return statement.options(option)


@event.listens_for(Session, "do_orm_execute")
def _behind_the_wall(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return
    path = state.session.info.get(WALL)
    if state.session.info.get(_COLUMNS_ONLY) and not _gives_columns(state):
        raise TypeError("from another domain only columns are asked for")
    if path is None:
        _refuse_separated(state.statement)
    elif isinstance(state.statement, CompoundSelect):
        # Criteria do not reach the arms of a union that stands alone; inside a subquery they do.
        raise TypeError("wrap the union: select(union.subquery())")
    elif state.is_insert:
        _insert_inside_only(state, path)
    else:
        state.statement = _criteria(state.statement, path, reads=state.is_select)


def _gives_columns(state: ORMExecuteState) -> bool:
    asked: list[dict[str, Any]] = getattr(state.statement, "column_descriptions", [])
    return bool(asked) and all(one["expr"] is not one["entity"] for one in asked)


def _refuse_separated(statement: Executable) -> None:
    if _speaks_of_separated(statement):
        raise NoDomain("say enter_domain(...) before reading or writing records")


def _speaks_of_separated(statement: Executable) -> bool:
    parts = iterate(cast(ClauseElement, statement))  # every statement is one, which the library does not say
    return any(isinstance(part, Table) and "sys_domain" in part.c for part in parts)


def _insert_inside_only(state: ORMExecuteState, path: str) -> None:
    """Rows inserted by statement name their domain as parameters, so that it can be seen here."""
    if not _speaks_of_separated(state.statement):
        return
    given = state.parameters or {}
    rows: Sequence[Mapping[str, Any]] = [given] if isinstance(given, Mapping) else given
    for domain in {row.get("sys_domain") for row in rows}:
        if not is_inside(domain, path):
            raise NoDomain(f"rows of {domain!r} inserted from {path!r}")


@event.listens_for(Session, "before_flush")
def _write_inside_only(session_: Session, _context: object, _instances: object) -> None:
    path = session_.info.get(WALL)
    for record in (*session_.new, *session_.dirty, *session_.deleted):
        if isinstance(record, Separated) and not is_inside(record.sys_domain, path):
            raise NoDomain(f"{type(record).__name__} in {record.sys_domain!r} written from {path!r}")


def is_inside(domain: str | None, path: str | None) -> bool:
    """Whether `domain` is `path` or below it; nothing is inside nowhere."""
    return bool(domain and path) and (domain == path or str(domain).startswith(f"{path}/"))


@contextmanager
def transaction() -> Iterator[None]:
    """The only commit. Opened by a door (view, job, command), never nested, never inside a service.

    A reading transaction that is open is ended first, so that on SQLite the write lock is taken at the start
    (BEGIN IMMEDIATE) and never by a page that only reads. What was read before is protected by the version. Conflict
    when two transactions waited for each other and the database ended this one. All that is written has one moment.
    """
    if _writing.get():
        raise RuntimeError("transaction() is opened once, at the door")
    session.commit()
    calls = session.info.setdefault(_AFTER_COMMIT, [])
    token = _writing.set(True)
    try:
        with one_moment():
            yield
            session.commit()
    except BaseException as error:
        session.rollback()
        calls.clear()
        if getattr(getattr(error, "orig", None), "sqlstate", None) in _CROSSED:
            raise Conflict(None) from error
        raise
    finally:
        _writing.reset(token)
    done, calls[:] = calls[:], []
    for call in done:
        call()


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` when the running transaction is safe; forget it when it rolls back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(call)


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _record: object) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see below
    # SQLite knows the small letters of ASCII only.
    connection.create_function("lower", 1, lambda one: one.lower() if isinstance(one, str) else one, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", "cache_size=-32000",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
