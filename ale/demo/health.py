"""Half a year of health scores of the demo: figures of usage, reviews that were kept or missed, and the scores."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from ale.demo.people import user_named
from ale.domains.accounts.records import Account
from ale.domains.plays.records import InternalPlayTask
from ale.domains.scores import engine, queries, service
from ale.domains.scores.records import HealthScore, HealthWeight, UsageFigure, Weighting
from ale.domains.success.actions import Touchpoint
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.bulk import create_many
from ale.foundation.changes import create, move, save
from ale.foundation.clock import now, today
from ale.foundation.db import session

MEASURE, WEEKS, TURN, CHANGED = "active_users", 26, 35, 60
"""The figure that is sent, for how many weeks, how many days ago it turned, and how many the weights changed."""

USERS = {"Genixify": (6, 54, 36), "Boxeo": (12, 30, 44)}
"""Active users half a year ago, when it turned, and now."""

REVIEWS = {"Genixify": {84: True, 70: True, 56: True, 42: False, 35: True, 28: True, 21: False, 14: True, 7: False},
           "Boxeo": {75: True, 45: True, 15: True}}  # fmt: skip
"""Reviews by how many days ago they were, and whether they were kept."""

SHARES = {"outcomes_reached": 30, "touchpoints_kept": 20, "overdue_work": 15, "open_risks": 20}


def make_health(accounts: dict[str, Account], by: Actor) -> None:
    """Scores every week and, of the last four, every day; today's is made as the daily job makes it."""
    for name, account in accounts.items():
        _usage(account, USERS[name], by)
        _reviews(account, REVIEWS[name], by)
    _late(by)
    before = queries.in_force()
    weightings = {False: before, True: _with_usage(before, by)} if before else {}
    past = [*range(WEEKS * 7, 28, -7), *range(28, 0, -1)]
    rows = [row for back in past if (weighting := weightings.get(back < CHANGED))
            for row in _scores([one.sys_id for one in accounts.values()], back, weighting)]  # fmt: skip
    create_many(HealthScore, rows, by=by)
    service.store_scores(by)


def _usage(account: Account, users: tuple[int, int, int], by: Actor) -> None:
    first, turn, last = users
    rows = []
    for back in range(WEEKS * 7, -1, -7):
        rise, fall = max(0, back - TURN) / (WEEKS * 7 - TURN), max(0, TURN - back) / TURN
        value = round(turn + (first - turn) * rise + (last - turn) * fall)
        rows.append({"account": account.sys_id, "measure": MEASURE, "day": _day(back), "value": value})
    create_many(UsageFigure, rows, by=by)


def _day(back: int) -> date:
    return today() - timedelta(days=back)


def _reviews(account: Account, reviews: dict[int, bool], by: Actor) -> None:
    engagement = session.scalars(select(Engagement.sys_id).where(Engagement.account == account.sys_id)).first()
    for back, kept in reviews.items():
        when = datetime.combine(_day(back), time(9))
        words = {"subject": f"Review of {when:%d/%m}", "description": "Figures, open points, next steps."}
        facts = {"engagement": engagement, "meeting_date": when, "assigned_to": user_named("csm").sys_id}
        notes = "Held." if kept else "Nobody joined."
        closed = {"state": "closed", "closure_code": "achieved" if kept else "missed", "close_notes": notes}
        save(create(Touchpoint, words | facts, by=by), closed, by=by)


def _late(by: Actor) -> None:
    """The tasks of the play that should win the sponsor back wait too long."""
    for number, task in enumerate(session.scalars(select(InternalPlayTask).order_by(InternalPlayTask.sys_id)).all(), 1):
        save(task, {"due_date": now() - timedelta(days=number * 3)}, by=by)


def _with_usage(before: Weighting, by: Actor) -> Weighting:
    """The second version of the weights, in which usage counts."""
    draft = service.new_version(before, by)
    save(draft, {"name": "With usage", "reason": "Accounts that stop logging on leave."}, by=by)
    for one in session.scalars(select(HealthWeight).where(HealthWeight.weighting == draft.sys_id)).all():
        save(one, {"weight": SHARES[one.measure]}, by=by)
    usage = {"measure": engine.USAGE, "usage": MEASURE, "weight": 15, "zero_at": 0, "full_at": 50}
    create(HealthWeight, usage | {"weighting": draft.sys_id}, by=by)
    return move(draft, "publish", {}, by=by)


def _scores(keys: list[str], back: int, weighting: Weighting) -> list[dict[str, object]]:
    """The scores of a past day: what has a date counts as it was, outcomes had a shorter way behind them."""
    weights, rows = queries.weights_of(weighting.sys_id), []
    for account, found in queries.counted(keys, datetime.combine(_day(back), time(12))).items():
        for group in found[engine.OUTCOMES].values():
            group |= {key: str(int(value) * max(0, 260 - back) // 260) for key, value in group.items()}
        made = engine.scored(found, weights)
        facts = {"account": account, "day": _day(back), "weighting": weighting.sys_id}
        rows.append(facts | {"score": made.score, "receipts": made.receipts})
    return rows
