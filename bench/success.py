"""The pages of customer success with 50 and with 500 engagements: 20,000 touchpoints and 50,000 tasks at the most.

As many accounts have a health score of each day of half a year, and the open risks of the matrix.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import func, select

from ale.demo.people import user_named
from ale.domains.accounts.records import Account
from ale.domains.estate.records import Contract
from ale.domains.onboarding.teams import SquadMember
from ale.domains.people.records import Responsibility
from ale.domains.reports.records import Report as KeptReport
from ale.domains.scores.records import HealthScore
from ale.domains.signals.records import RiskSignal
from ale.domains.success.actions import SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.records import Engagement, EngagementContract
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.clock import now, today
from ale.foundation.db import session, transaction
from ale.foundation.history import Audit
from ale.foundation.record import Record, new_ids
from ale.foundation.statements import insert_rows, tell_the_planner
from bench.engines import engines, installation
from bench.pages import log_on, measure
from bench.report import Report

SIZES = (50, 500)
TOUCHPOINTS, TASKS, BELOW = 40, 100, 4  # of each engagement; outcomes and initiatives of its objective
SCORED, CHUNK = 182, 5_000  # days
MOST = 150  # milliseconds that a page may take, at the 95th percentile
_number = count(1)


def run(report: Report) -> None:
    """Measure each engine at each size; afterwards say whether each page sends as many statements at both."""
    for engine in engines():
        with installation(engine) as (app, _):
            client = app.test_client()
            log_on(client, "csm")
            with transaction():
                squad = _squad()
            for size in SIZES:
                with transaction():
                    _fill(size, squad)
                for name, address in _addresses():
                    measure(report, client, name, address, engine=engine, engagements=size)


def _squad() -> list[str]:
    """Ten members for the squads of tasks."""
    by = Actor.system()
    users = [user_named(name).sys_id for name in ("admin", "agent", "analyst", "csm", "viewer")]
    duties = session.scalars(select(Responsibility.sys_id).order_by(Responsibility.sys_id).limit(2)).all()
    return [
        create(SquadMember, {"user": user, "responsibility": duty}, by=by).sys_id for user in users for duty in duties
    ]


def _fill(size: int, squad: list[str]) -> None:
    """Bring the number of engagements to `size`, each with all that hangs on it: copies of those of the demo."""
    have = session.scalar(select(func.count()).select_from(Engagement)) or 0
    manager = user_named("csm").sys_id
    health = ("green", "yellow", "red", "unknown")
    more = size - have
    engagements = _copies(Engagement, more, lambda at: {
        "title": f"Engagement {at}", "customer_success_manager": manager, "perceived_health": health[at % 4],
        "renewal_date": today() + timedelta(days=at % 400 - 30), "initial_go_live": None,
    })  # fmt: skip
    contracts = _copies(Contract, more, lambda at: {"value": at, "ends": today() + timedelta(days=at % 400)})
    _copies(EngagementContract, more, lambda at: {"engagement": engagements[at], "contract": contracts[at]})
    goals = _copies(Objective, more, lambda at: {"engagement": engagements[at]})
    outcomes = _copies(Outcome, more * BELOW, lambda at: {"success_objective": goals[at // BELOW]} | _ended(at))
    work = _copies(Initiative, more * BELOW, lambda at: {"success_outcome": outcomes[at], "due_date": _day(at)})
    _copies(SuccessCase, more, lambda at: {"engagement": engagements[at]})
    _copies(Touchpoint, more * TOUCHPOINTS, lambda at: {
        "engagement": engagements[at // TOUCHPOINTS], "meeting_date": _day(at), "due_date": _day(at + 1),
        "assigned_to": manager if at % 40 == 0 else None,
    })  # fmt: skip
    _copies(SuccessTask, more * TASKS, lambda at: {
        "parent": work[at * BELOW // TASKS], "due_date": _day(at), "squad": [squad[at % 10], squad[at // 10 % 10]],
    })  # fmt: skip
    _copies(RiskSignal, more, lambda at: {"engagement": engagements[at], "open_cause": str(engagements[at])})
    accounts = _copies(Account, more, lambda at: {"name": f"Account {size} {at}"})
    for start in range(0, more, 50):
        some = accounts[start : start + 50]
        _copies(HealthScore, len(some) * SCORED, lambda at, some=some: {
            "account": some[at // SCORED], "day": today() - timedelta(days=at % SCORED), "score": at * 7 % 101,
        })  # fmt: skip
    domain = session.get_one(Engagement, engagements[0]).sys_domain
    insert_rows(Audit, [_fell(key, domain) for key in engagements for _ in range(5)])
    for kind in (Engagement, Objective, Outcome, Initiative, Touchpoint, SuccessTask, Audit, HealthScore, RiskSignal):
        tell_the_planner(kind)


def _copies(kind: type[Record], number: int, differs: Any) -> list[str]:
    """So many rows like the first of this type, each with what `differs` says of its place; their ids."""
    first = session.scalars(select(kind).order_by(kind.sys_id)).first()
    if first is None:
        raise LookupError(f"the demo has no {kind.__name__}")
    like = {column.key: getattr(first, column.key) for column in kind.__mapper__.columns}
    keys = new_ids(number)
    named = {"number": ""} if "number" in like else {}
    rows: Iterator[dict[str, Any]] = (
        like | {"sys_id": key} | {name: f"BNCH{next(_number):07}" for name in named} | differs(at)
        for at, key in enumerate(keys)
    )
    while chunk := list(islice(rows, CHUNK)):
        insert_rows(kind, chunk)
    return keys


def _day(at: int) -> Any:
    """Moments around today, as many before as after."""
    return now() + timedelta(days=at % 240 - 120)


def _ended(at: int) -> dict[str, Any]:
    """Every third outcome was reached, over two years."""
    if at % 3:
        return {}
    return {"state": "closed", "closure_code": "achieved", "closed_at": now() - timedelta(days=at % 730)}


def _fell(key: str, domain: str) -> dict[str, Any]:
    """A change of health in the history of an engagement."""
    return {
        "sys_id": new_ids(1)[0], "table_name": Engagement.__tablename__, "record": key, "reason": "form",
        "field_name": "perceived_health", "old_value": "green", "new_value": "yellow", "user": "system", "at": now(),
        "change_set": None, "sys_domain": domain,
    }  # fmt: skip


def _addresses() -> list[tuple[str, str]]:
    newest = select(Engagement.sys_id).order_by(Engagement.sys_id.desc()).limit(1)
    engagement = session.scalars(newest).one()
    objective = session.scalars(select(Objective.sys_id).where(Objective.engagement == engagement)).one()
    account = session.scalars(select(HealthScore.account).order_by(HealthScore.sys_id.desc()).limit(1)).one()
    reports = session.scalars(select(KeptReport).order_by(KeptReport.name)).all()
    return [
        ("portfolio", "/success"),
        ("portfolio, all listed", "/success?tile=total"),
        ("portfolio, initiatives", f"/success?engagement={engagement}&tab=initiatives"),
        ("engagement", f"/success/engagements/{engagement}"),
        ("engagement, blueprint", f"/success/engagements/{engagement}?tab=blueprint"),
        ("objective", f"/success/objectives/{objective}"),
        ("health", "/health"),
        ("health, one account", f"/health/{account}"),
        ("risks", "/signals"),
        *((f"report, {one.name.lower()}", f"/reports/{one.sys_id}/run") for one in reports),
    ]
