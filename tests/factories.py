"""`make(Type, ...)`: a valid record of any type, from its declaration alone."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select

from ale.domains.accounts.records import Account, Contact
from ale.domains.estate.records import Contract
from ale.domains.onboarding.teams import AccountTeamMember
from ale.domains.people.records import Responsibility, User
from ale.domains.plays.launches import Blueprint, Definition, Subflow
from ale.domains.plays.records import InternalPlay
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.records import Engagement, EngagementContract
from ale.domains.system.platform import Message
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, attach, keep
from ale.foundation.changes import create, save
from ale.foundation.db import session
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.record import RECORDS, Record

T = TypeVar("T", bound=Record)

SYSTEM = Actor.system()
_number = count(1)


def make(record_type: type[T], by: Actor = SYSTEM, **given: Any) -> T:
    """A record with `given`, every other mandatory field filled with something valid; what it refers to is made too."""
    if issubclass(record_type, Attachment):
        number = next(_number)
        return attach(make(Contact), keep(BytesIO(b"%d" % number)), f"file {number}.txt", by=by)
    return create(record_type, valid(record_type, **given), by=by)


def valid(record_type: type[Record], **given: Any) -> Values:
    """The values with which `make` would make a record: what is given, and whatever else is then mandatory."""
    values = {name: item.default for name, item in fields_of(record_type).items() if item.default is not None} | given
    for name, item in fields_of(record_type).items():
        wanted = item.mandatory or (item.facts.required_when is not None and item.facts.required_when(_full(values)))
        if wanted and name not in values:
            values[name] = _value(item, values)
    if record_type is Message:  # which nobody else sees
        values["user"] = given.get("user") or user("admin")
    if record_type is EngagementContract and "contract" not in given:
        values["contract"] = make(Contract, account=session.get_one(Engagement, values["engagement"]).account).sys_id
    if record_type is Solution and "solution_record" not in given:
        values["solution_record"] = make(
            InternalPlay, account=session.get_one(RiskSignal, values["risk_signal"]).account
        ).sys_id
    if record_type is Subflow:  # without steps it could not be published on
        values.setdefault("steps", [{"find": "sn_acct_lc_engagement", "values": {"account": "{account}"}}])
    if record_type is Blueprint and "definition" not in given:  # which is launched at once
        flow = make(Subflow, published=True).sys_id
        values["definition"] = make(Definition, flow=flow, state="published").sys_id
    if record_type is AccountTeamMember and "user" not in given:
        values["user"] = _holder(values["responsibility"])
    return values


def _full(values: Values) -> defaultdict[str, Any]:
    """The values as rules see them: what is not given is empty."""
    return defaultdict(lambda: None, values)


def _value(item: Field, values: Values) -> Any:
    number = next(_number)
    if item.kind is Kind.REFERENCE or item.facts.tables:
        target, within = RECORDS[item.to or item.facts.tables[0]], item.facts.within
        shared = {within: values[within]} if within and values.get(within) and within in fields_of(target) else {}
        return make(target, **shared).sys_id
    if item.kind is Kind.CHOICE:
        assert item.choices is not None
        return next(iter(item.choices))
    if item.kind in (Kind.TEXT, Kind.LONG_TEXT):
        return _text(item, number)
    low, high = item.facts.minimum or 0, item.facts.maximum or 10**6
    return {
        Kind.INTEGER: low + number % (high - low),
        Kind.DECIMAL: Decimal(number),
        Kind.BOOLEAN: True,
        Kind.DATE: date(2025, 6, 30),
        Kind.DATETIME: datetime(2025, 6, 30, 12),  # noqa: DTZ001 -- stored as UTC without zone
        Kind.JSON: {"number": number},
    }[item.kind]


WORDS = {
    "target_table": "customer_contact",
    "reference_table": "customer_contact",
    "record_table": "customer_contact",
    "table_name": "customer_contact",
    "target_field": "email",
    "reference_field": "email",
    "field_name": "email",
    "task_table": "sn_acct_lc_onb_case",
    "handler": "landing_snapshots",
}
"""Text fields that name something which must be there."""


def _text(item: Field, number: int) -> str:
    """A text of its own, in the format of the field."""
    formats = {"email": f"somebody.{number}@example.org", "url": f"https://example.org/{number}"}
    return (
        WORDS.get(item.name) or formats.get(item.facts.format or "") or f"{item.label.en} {number}"[: item.max_length]
    )


def _holder(responsibility: str) -> str:
    """A user who holds a responsibility; one is made who does, when nobody does."""
    duty = session.get_one(Responsibility, responsibility)
    if not duty.eligible_users:
        save(duty, {"eligible_users": [make(User).sys_id]}, by=SYSTEM)
    return duty.eligible_users[0]


def responsibility(name: str) -> str:
    """The sys_id of a supplied responsibility."""
    return session.scalars(select(Responsibility.sys_id).where(Responsibility.name == name)).one()


def user(user_name: str) -> str:
    """The sys_id of a demo user."""
    return session.scalars(select(User.sys_id).where(User.user_name == user_name)).one()


def account(name: str) -> Account:
    """A demo account, which has a domain of its own."""
    return session.scalars(select(Account).where(Account.name == name)).one()
