"""What follows when engagements and their contracts change."""

from sqlalchemy import func, select

from ale.domains.estate.records import Contract
from ale.domains.people.records import User
from ale.domains.success import measures, plan, rules  # noqa: F401 -- the records of this domain
from ale.domains.success.actions import Meeting, SuccessCase, SuccessTask, Touchpoint
from ale.domains.success.records import Engagement, EngagementContract, running
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import after, save
from ale.foundation.clock import today
from ale.foundation.db import inside, session
from ale.foundation.field import Values
from ale.foundation.label import Label
from ale.foundation.outbox import post
from ale.foundation.problem import Rejected

RAISED = Label("{number} was raised by {who}", "{number} a été ouvert par {who}")


@after(Engagement, "save")
def touchpoints_follow(engagement: Engagement, before: Values | None, by: Actor) -> None:
    """CSB-05: touchpoints go with their engagement to its new account and leave behind what belongs to the old one."""
    if before is None or engagement.account == before["account"]:
        return
    found = select(Touchpoint).where(Touchpoint.engagement == engagement.sys_id).order_by(Touchpoint.sys_id)
    for touchpoint in session.scalars(found):
        save(touchpoint, {"contact": None, "related_to_product": False}, by=by.for_system())


@after(Touchpoint, "create")
def customer_raises_a_touchpoint(touchpoint: Touchpoint, _before: Values | None, by: Actor) -> None:
    """SUC-13: it comes from whoever wrote it and goes to the customer success manager, who is told.

    That happens where the provider is at home: the account's domain does not know the provider's people.
    """
    if not by.is_customer or by.is_system:
        return
    if not session.get_one(Engagement, touchpoint.engagement).active:
        raise Rejected([rules.not_yours("engagement")])
    with inside(ROOT_DOMAIN):
        _hand_over(session.get_one(Touchpoint, touchpoint.sys_id), by)


def _hand_over(touchpoint: Touchpoint, by: Actor) -> None:
    engagement = session.get_one(Engagement, touchpoint.engagement)
    key = engagement.customer_success_manager
    save(touchpoint, {"contact": by.contact, "assigned_to": key}, by=by.for_system())
    manager = session.get(User, key) if key else None
    if manager is not None and manager.email:
        post(
            "touchpoint",
            f"touchpoint:{touchpoint.sys_id}",
            manager.email,
            RAISED.text(manager.language).format(number=touchpoint.number, who=by.name),
            f"{touchpoint.subject}\n\n{touchpoint.description}\n",
            domain=touchpoint.sys_domain,
            table=Touchpoint.__tablename__,
            record=touchpoint.sys_id,
        )


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
