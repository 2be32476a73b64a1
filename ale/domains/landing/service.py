"""Writing the daily figures (LND-06): one value a day, the later run wins."""

from sqlalchemy import select

from ale.domains.landing.queries import CARDS, count_of
from ale.domains.landing.records import Snapshot
from ale.domains.people.records import User, UserType
from ale.domains.people.service import actor_for
from ale.domains.system.service import handler
from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.db import inside, session
from ale.foundation.reading import may


@handler("landing_snapshots")
def store_snapshots(_by: Actor) -> str:
    """Store the value of each card for today, per user for the personal ones."""
    users = session.scalars(select(User.sys_id).where(User.active.is_(True), User.user_type == UserType.INTERNAL))
    actors = [actor for key in users if (actor := actor_for(key)) is not None]
    written = 0
    for card in CARDS:
        readers = [actor for actor in actors if may(card.record_type, "read", actor)]
        for actor in readers if card.personal else {one.domain: one for one in readers}.values():
            with inside(actor.domain):
                store(card.key, actor.id if card.personal else "", actor.domain, count_of(card, actor))
            written += 1
    return f"{written} figures"


def store(metric: str, user: str, domain: str, value: int) -> None:
    """Keep one figure for today, in place of an earlier one of the day."""
    found = select(Snapshot).where(
        Snapshot.metric == metric, Snapshot.user == user, Snapshot.day == today(), Snapshot.sys_domain == domain
    )
    row = session.scalars(found).one_or_none()
    if row is None:
        session.add(Snapshot(metric=metric, user=user, day=today(), value=value, sys_domain=domain))
    else:
        row.value = value
    session.flush()
