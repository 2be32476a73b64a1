"""SUC-17: internal plays that begin by themselves before a renewal."""

from datetime import timedelta

from sqlalchemy import select

from ale.domains.plays.launches import Definition, Launch, Subflow
from ale.domains.success.records import Engagement
from ale.domains.system.service import handler
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.record import table_name

NAME = "Renewal plays"
FLOW = "Prepare the renewal"
"""The subflow whose published definition prepares a renewal."""

FROM, TO = 90, 120
"""Days before the renewal, first and last, in which the play begins."""


@handler("renewal_plays")
def renewal_plays(by: Actor) -> str:
    """Launch the renewal play once for each active engagement and renewal date 90 to 120 days ahead."""
    definition = session.scalars(
        select(Definition).join(Subflow, Subflow.sys_id == Definition.flow).where(
            Subflow.name == FLOW, Definition.active.is_(True)
        ).order_by(Definition.order)
    ).first()  # fmt: skip
    if definition is None:
        return "no published definition"
    day = today()
    near = Engagement.renewal_date.between(day + timedelta(days=FROM), day + timedelta(days=TO))
    due = select(Engagement).where(Engagement.active.is_(True), near).order_by(Engagement.sys_id)
    return f"{sum(_launched(definition, one, by) for one in session.scalars(due).all())} plays"


def _launched(definition: Definition, engagement: Engagement, by: Actor) -> bool:
    """Launch for this renewal date unless it was before; the date is kept among the inputs."""
    renews = str(engagement.renewal_date)
    mine = Launch.definition == definition.sys_id, Launch.source_record == engagement.sys_id
    if any((one or {}).get("renewal_date") == renews for one in session.scalars(select(Launch.inputs).where(*mine))):
        return False
    inputs = {"renewal_date": renews, "assigned_to": engagement.customer_success_manager}
    source = {"source_table": table_name(Engagement), "source_record": engagement.sys_id}
    create(Launch, {"definition": definition.sys_id, "inputs": inputs} | source, by=by)
    return True
