"""The rows that the suites of ServiceNow's own clients expect to find, under the ids they name."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from ale.demo.people import user_named
from ale.domains.conformance.records import Department, LogLine, Metadata, ProblemRecord, TableName
from ale.domains.people.records import Group, GroupRole, Role, User
from ale.domains.people.service import grant
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.record import Record

FINANCE = "a581ab703710200044e0bfc8bcbe5de8"
HEAD = "46c5bf6ca9fe1981010713e3ac7d3384"
PROBLEM_ADMIN = "26fbff173b331300ad3cc9bb34efc4bd"
ADMINISTRATORS = 14
GROUPS = ("Database", "Hardware", "Network", "Service desk", "Software")
LINES = 650
PARTS = 520


def load_conformance() -> None:
    """Make the rows in the running transaction; what is there already is left as it is."""
    by = Actor.system()
    _user("problem.admin", "Problem Administrator", by, PROBLEM_ADMIN)
    _user("natasha.ingram", "Natasha Ingram", by, HEAD)
    _row(Department, "name", "Finance", by, sys_id=FINANCE, dept_head=HEAD)
    admin = user_named("admin")
    facts = {"name": "System Administrator", "email": "admin@example.com", "mobile_phone": "+1 555 0100"}
    save(admin, facts | {"department": FINANCE, "time_zone": "America/Los_Angeles"}, by=by)
    for number in range(1, ADMINISTRATORS):
        grant(_user(f"administrator.{number}", f"Administrator {number}", by), "admin", by)
    role = session.scalars(select(Role.sys_id).where(Role.name == "admin")).one()
    for name in GROUPS:
        group = _row(Group, "name", name, by, manager=HEAD if name == "Database" else admin.sys_id)
        held = select(GroupRole.sys_id).where(GroupRole.group == group.sys_id)
        if not session.scalar(held):
            create(GroupRole, {"group": group.sys_id, "role": role}, by=by)
    for name in ("alm_asset", "bsm_chart"):
        _row(TableName, "name", name, by, label=name)
    for number in range(1, 13):
        _row(ProblemRecord, "short_description", f"Printer {number} does not answer", by)
    _fill(LogLine, LINES, {"source": "demo", "message": "A line of the log"}, by)
    _fill(Metadata, PARTS, {"name": "Part"}, by)


def _user(user_name: str, name: str, by: Actor, sys_id: str | None = None) -> User:
    own = {"sys_id": sys_id} if sys_id else {}
    return _row(User, "user_name", user_name, by, name=name, email=f"{user_name}@example.com", **own)


def _row(record_type: type[Any], key: str, value: str, by: Actor, **values: Any) -> Any:
    """The row with this value, made where it is missing."""
    found = session.scalars(select(record_type).where(getattr(record_type, key) == value)).first()
    return found or create(record_type, {key: value, **values}, by=by)


def _fill(record_type: type[Record], many: int, values: Mapping[str, Any], by: Actor) -> None:
    """As many rows as are missing."""
    there = session.scalar(select(func.count()).select_from(record_type)) or 0
    for _number in range(there, many):
        create(record_type, values, by=by)
