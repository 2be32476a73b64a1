"""Plays start by rules: when health falls or a risk signal opens a job is written, which launches once a cause."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.people.records import User
from ale.domains.plays.launches import Definition
from ale.domains.plays.rules import HEALTH, STATUS, falls
from ale.domains.plays.service import engagement_of, launch_alone
from ale.domains.plays.starts import PlayRule, PlayStart, Trigger
from ale.domains.signals.records import OVER, RiskSignal
from ale.domains.success.records import Engagement
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.changes import after, create, remove, save
from ale.foundation.clock import today
from ale.foundation.db import current_domain, inside, session
from ale.foundation.described import is_described
from ale.foundation.documents import named
from ale.foundation.field import Values
from ale.foundation.ledger import Chunks, Job, Progress, enqueue
from ale.foundation.problem import Rejected
from ale.foundation.record import Record, table_name

KIND = "play.start"
"""The background work that launches what a rule starts."""


@after(Engagement, "save")
def perceived_health_falls(engagement: Engagement, before: Values | None, by: Actor) -> None:
    """The people around an engagement see it worse than before."""
    if before is not None and falls(before["perceived_health"], engagement.perceived_health, HEALTH):
        _health_fell(engagement)


@after(Account, "save")
def health_status_falls(account: Account, before: Values | None, by: Actor) -> None:
    """The health of an account falls, and with it that of its engagements."""
    if before is None or not falls(before["health_status"], account.health_status, STATUS):
        return
    mine = select(Engagement).where(Engagement.account == account.sys_id, Engagement.active.is_(True))
    for engagement in session.scalars(mine.order_by(Engagement.sys_id)).all():
        _health_fell(engagement)


def _health_fell(engagement: Engagement) -> None:
    """However often it falls on one day, that is one cause."""
    if engagement.active:
        _ask(Trigger.HEALTH, engagement, today().isoformat())


@after(RiskSignal, "create", "save")
def signal_opens(signal: RiskSignal, before: Values | None, by: Actor) -> None:
    """A new signal, or one that was closed; what is told to an open one opens nothing."""
    if signal.state not in OVER and (before is None or before["state"] in OVER):
        _ask(Trigger.RISK, signal, signal.number)


def _ask(trigger: Trigger, record: Record, cause: str) -> None:
    """Have the plays of the rules that meet a record started, when what happens now is safe.

    Not at once: their failure must not hinder whoever works, and they may lie outside this domain.
    """
    for rule in active_rules(trigger):
        if is_described(record, rule.condition or "", Actor.system()):
            about = {"rule": rule.sys_id, "table": table_name(type(record)), "record": record.sys_id, "cause": cause}
            enqueue(KIND, about, by=Actor.system(), domain=current_domain())


def active_rules(trigger: Trigger) -> list[PlayRule]:
    """The rules that start plays at this time."""
    found = select(PlayRule).where(PlayRule.trigger == trigger, PlayRule.active.is_(True))
    return list(session.scalars(found.order_by(PlayRule.name, PlayRule.sys_id)))


def start_play(job: Job, by: Actor) -> Chunks:
    """The work of a job: launch the play, where the provider's plays are at home."""
    about = job.args

    def launch() -> Progress:
        with inside(ROOT_DOMAIN):
            rule, record = session.get(PlayRule, about["rule"]), named(about["table"], about["record"])
            if rule is not None and rule.active and record is not None:
                start(rule, record, about["cause"], Actor.system())
        return {"done": 1, "total": 1}

    yield launch
    return ""


def start(rule: PlayRule, record: Record, cause: str, by: Actor) -> bool:
    """Launch the play of a rule for a record, unless it was for this cause or is not published; whether it was.

    It speaks the language of the customer success manager and gives that person the work.
    """
    definition = session.get(Definition, rule.definition)
    if definition is None or not definition.active:
        return False
    about: dict[str, Any] = {"rule": rule.sys_id, "source_record": record.sys_id, "cause": cause}
    if session.scalar(select(PlayStart.sys_id).filter_by(**about)):
        return False
    engagement = engagement_of(record)
    manager = session.get(User, engagement.customer_success_manager or "") if engagement is not None else None
    speaking = replace(by, language=manager.language) if manager is not None else by
    system = speaking.for_system()
    try:
        begun = create(PlayStart, about | {"source_table": table_name(type(record))}, by=system)
    except Rejected:  # somebody else was quicker
        return False
    inputs = {"assigned_to": manager.sys_id} if manager is not None else {}
    save(begun, {"launch": launch_alone(definition, record, inputs, by=speaking).sys_id}, by=system)
    return True


@after(Engagement, "remove")
@after(RiskSignal, "remove")
def starts_go_along(source: Engagement | RiskSignal, _before: Values | None, by: Actor) -> None:
    """That a play was started for a record is part of the record."""
    for start in session.scalars(select(PlayStart).where(PlayStart.source_record == source.sys_id)).all():
        remove(start, by=by.for_system())
