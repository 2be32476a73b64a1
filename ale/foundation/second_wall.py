"""The second wall: PostgreSQL itself keeps rows from whoever is not in their domain (row-level security).

The first wall is a condition that `db` puts on our statements; this one holds for every statement, whoever wrote it.
Each transaction tells the database the domain of its session; where nobody has told it, no separated row is read,
changed or inserted. Superusers and roles with BYPASSRLS stand above it, so ALE should be neither.
"""

from typing import Any

from sqlalchemy import Connection, Engine, MetaData, event, inspect
from sqlalchemy.orm import Session, SessionTransaction

from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.db import WALL, Base, Shared

SETTING = "ale.domain"
_SESSION, _TOLD = "ale_session", "ale_told"
_SAVEPOINTS = ("SAVEPOINT", "ROLLBACK TO", "RELEASE")  # may stand in a transaction that takes nothing else any more

# A domain begins with the path when both end in a slash: the path itself or below it. The subquery is asked once a
# statement, and what is unset is NULL, which nothing begins with.
_INSIDE = f"starts_with(sys_domain || '/', (SELECT nullif(current_setting('{SETTING}', true), '') || '/'))"

_WALL = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",  # for its owner too
    "DROP POLICY IF EXISTS domain ON {0}",
    f"CREATE POLICY domain ON {{0}} USING ({_INSIDE})",
    "DROP POLICY IF EXISTS shared ON {0}",
)
_SHARED = (  # what is global is read by whoever said a domain, and changed only where the policy above lets it
    f"CREATE POLICY shared ON {{0}} FOR SELECT USING (sys_domain = '{ROOT_DOMAIN}'"
    f" AND nullif(current_setting('{SETTING}', true), '') IS NOT NULL)",
)


def raise_up(connection: Connection) -> None:
    """Put the wall around every separated table that there is; doing it again changes nothing."""
    if connection.dialect.name != "postgresql":
        return
    there = set(inspect(connection).get_table_names())
    quote = connection.dialect.identifier_preparer.quote
    shared = {str(mapper.local_table) for mapper in Base.registry.mappers if issubclass(mapper.class_, Shared)}
    for name in [table.name for table in Base.metadata.sorted_tables if "sys_domain" in table.c]:
        if name not in there:
            continue
        for statement in (*_WALL, *(_SHARED if name in shared else ())):
            connection.exec_driver_sql(statement.format(quote(name)))


def keep(engine: Engine) -> None:
    """Tell the database behind `engine`, before each statement that needs it, in which domain its session is."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _forget)
        event.listen(engine, "rollback_savepoint", _doubt)
        event.listen(engine, "before_cursor_execute", _tell)


@event.listens_for(Base.metadata, "after_create")
def _around_new_tables(_metadata: MetaData, connection: Connection, **_rest: Any) -> None:
    raise_up(connection)


@event.listens_for(Session, "after_begin")
def _speaks_for(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.info[_SESSION] = session.info


def _forget(connection: Connection) -> None:
    """A transaction begins: whoever used the connection before is nobody now, and the setting went with it."""
    connection.info.pop(_SESSION, None)
    connection.info.pop(_TOLD, None)


def _doubt(connection: Connection, *_rest: Any) -> None:
    """What was told since the savepoint is taken back with it."""
    connection.info.pop(_TOLD, None)


def _tell(connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
    info = connection.info
    path = info.get(_SESSION, {}).get(WALL)
    if (_TOLD in info and info[_TOLD] == path) or statement.startswith(_SAVEPOINTS):
        return
    connection.connection.cursor().execute("SELECT set_config(%s, %s, true)", (SETTING, path or ""))
    info[_TOLD] = path
