"""What was counted stays true until somebody writes: counts are kept until the database says that something changed.

A count of a million rows takes a hundred milliseconds and is asked for with every page. Each connection keeps its own
counts with the state of the database they belong to; whoever asks learns that state first, in one cheap statement.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import Connection, Engine, event, text

from ale.foundation.db import current_domain, session

T = TypeVar("T")

_KEPT, _BEGUN = "kept", "changes at begin"
_MOST = 500
_POSTGRESQL = text("SELECT pg_current_snapshot()::text WHERE pg_current_xact_id_if_assigned() IS NULL")


def while_unchanged(key: Hashable, work_out: Callable[[], T]) -> T:
    """What `work_out` answers, worked out anew only when anything in the database may have changed since.

    `key` holds all it depends on but the domain and the data: who asks, and the present moment where that matters.
    """
    connection, whole = session.connection(), (current_domain(), key)
    state = state_of(connection)
    if state is None:
        return work_out()
    known, kept = connection.info.get(_KEPT, (None, {}))
    if known != state or len(kept) > _MOST:
        known, kept = connection.info[_KEPT] = (state, {})
    if whole not in kept:
        kept[whole] = work_out()
    answer: T = kept[whole]
    return answer


def state_of(connection: Connection) -> Hashable | None:
    """A word for what this connection sees, another one after every change; None where that cannot be said.

    On PostgreSQL the transactions that are under way and over, but for one that writes itself; on SQLite what other
    connections changed, and what this one did.
    """
    if connection.dialect.name == "postgresql":
        snapshot: str | None = connection.scalar(_POSTGRESQL)
        return snapshot
    return connection.exec_driver_sql("PRAGMA data_version").scalar(), _changes(connection)


def _changes(connection: Connection) -> int:
    return getattr(connection.connection.dbapi_connection, "total_changes", 0)


@event.listens_for(Engine, "begin")
def _note(connection: Connection) -> None:
    connection.info[_BEGUN] = _changes(connection)


@event.listens_for(Engine, "rollback")
@event.listens_for(Engine, "rollback_savepoint")
def _forget(connection: Connection, *_rest: object) -> None:
    """What a connection saw of its own changes goes with them; pages that only read end so too."""
    if connection.info.get(_BEGUN) != _changes(connection):
        connection.info.pop(_KEPT, None)
