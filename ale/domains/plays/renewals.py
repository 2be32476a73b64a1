"""SUC-17: the plays of the rules for renewals, which a job starts in the time before."""

from datetime import timedelta

from sqlalchemy import select

from ale.domains.plays.launches import Definition
from ale.domains.plays.starting import active_rules, start
from ale.domains.plays.starts import PlayRule, Trigger
from ale.domains.success.records import Engagement
from ale.domains.system.service import handler
from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.described import is_described
from ale.foundation.label import Label

NAME = Label("Renewal plays", "Scénarios de renouvellement")


@handler("renewal_plays")
def renewal_plays(by: Actor) -> str:
    """Launch the plays of the active rules once for each active engagement and renewal date in their time before it."""
    published = set(session.scalars(select(Definition.sys_id).where(Definition.active.is_(True))))
    rules = [one for one in active_rules(Trigger.RENEWAL) if one.definition in published]
    if not rules:
        return "no published definition"
    return f"{sum(_started(one, by) for one in rules)} plays"


def _started(rule: PlayRule, by: Actor) -> int:
    """How many plays a rule starts now; the cause is the day of the renewal."""
    first, last = (today() + timedelta(days=days or 0) for days in (rule.from_days, rule.to_days))
    due = select(Engagement).where(Engagement.active.is_(True), Engagement.renewal_date.between(first, last))
    return sum(
        start(rule, one, str(one.renewal_date), by)
        for one in session.scalars(due.order_by(Engagement.sys_id)).all()
        if is_described(one, rule.condition or "", by)
    )
