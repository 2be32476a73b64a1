"""Three months of figures behind the demo's landing page; made last, for they lead to those of today."""

import random
from datetime import timedelta

from ale.demo.people import user_named
from ale.domains.landing.queries import CARDS, TREND_DAYS, count_of
from ale.domains.landing.records import Snapshot
from ale.domains.people.service import actor_for
from ale.foundation.actor import ROOT_DOMAIN
from ale.foundation.clock import today
from ale.foundation.db import session


def make_figures() -> None:
    """A slow walk back from today's figure for each card of the onboarding manager; the same at every load."""
    chance, by = random.Random(7), actor_for(user_named("agent").sys_id)  # noqa: S311 -- demo data
    if by is None:
        raise LookupError("agent")
    for card in CARDS:
        value, user = count_of(card, by), by.id if card.personal else ""
        for back in range(1, TREND_DAYS):
            value = max(0, value + chance.choice((-1, 0, 0, 0, 1)))
            day = today() - timedelta(days=back)
            session.add(Snapshot(metric=card.key, user=user, day=day, value=value, sys_domain=ROOT_DOMAIN))
    session.flush()
