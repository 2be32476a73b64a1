"""What follows when engagements and their contracts change."""

from sqlalchemy import func, select

from ale.domains.estate.records import Contract
from ale.domains.success import measures, plan  # noqa: F401 -- the records of this domain
from ale.domains.success.actions import Meeting, SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.records import Engagement, EngagementContract, running
from ale.foundation.actor import Actor
from ale.foundation.changes import after, save
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.field import Values


@after(Engagement, "save")
def touchpoints_follow(engagement: Engagement, before: Values | None, by: Actor) -> None:
    """CSB-05: touchpoints go with their engagement to its new account and leave behind what belongs to the old one."""
    if before is None or engagement.account == before["account"]:
        return
    found = select(Touchpoint).where(Touchpoint.engagement == engagement.sys_id).order_by(Touchpoint.sys_id)
    for touchpoint in session.scalars(found):
        save(touchpoint, {"contact": None, "related_to_product": False}, by=by.for_system())


@after(SuccessCase, "save")
@after(Touchpoint, "save")
def tasks_and_meetings_follow(item: SuccessCase | Touchpoint, before: Values | None, by: Actor) -> None:
    """SUC-01: what hangs on a case or a touchpoint goes with it to another account."""
    if before is None or item.account == before["account"]:
        return
    for task in session.scalars(select(SuccessTask).where(SuccessTask.parent == item.sys_id)):
        save(task, {"contact": None}, by=by.for_system())
    for meeting in session.scalars(select(Meeting).where(Meeting.parent_record == item.sys_id)):
        save(meeting, {"customer_attendees": []}, by=by.for_system())


@after(EngagementContract, "create", "save")
def renewal_follows_contracts(link: EngagementContract, before: Values | None, by: Actor) -> None:
    """CSB-59: an engagement renews when the first of its running contracts ends; also the one a link came from."""
    for key in sorted({link.engagement, (before or {}).get("engagement", link.engagement)}):
        renew(key, by)


@after(EngagementContract, "remove")
def renewal_forgets_contract(link: EngagementContract, _before: Values | None, by: Actor) -> None:
    """CSB-60: without the contract whose link is about to go."""
    renew(link.engagement, by, but=link.sys_id)


def renew(key: str, by: Actor, but: str = "") -> None:
    """Say when an engagement renews, while nobody else links contracts to it."""
    engagement = session.scalars(
        select(Engagement)
        .where(Engagement.sys_id == key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    day = today()
    ends = session.scalar(
        select(func.min(Contract.ends))
        .join(EngagementContract, EngagementContract.contract == Contract.sys_id)
        .where(EngagementContract.engagement == key, EngagementContract.sys_id != but, *running(day))
    )
    save(engagement, {"renewal_date": ends}, by=by.for_system())
