"""A record of every type in every place that a domain has to that of Genixify, for the walk over all doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from sqlalchemy import select, update

from ale.domains.accounts.records import Account, Contact
from ale.domains.actions.records import ActionRule, ActionType, Recommendation
from ale.domains.imports.publications import Publication
from ale.domains.imports.staging import ImportSet, StagingRow
from ale.domains.onboarding.records import OnboardingCase
from ale.domains.people.records import Role
from ale.domains.playbooks.instances import Context
from ale.domains.playbooks.run import load
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.attachments import attach, keep
from ale.foundation.changes import create
from ale.foundation.db import Base, Separated, session
from ale.foundation.field import fields_of
from ale.foundation.history import Audit, Journal, say
from ale.foundation.ledger import enqueue
from ale.foundation.outbox import Email, post
from ale.foundation.record import RECORDS, Record, new_id
from tests.declared.contract import OWN
from tests.factories import SYSTEM, make
from tests.imports import import_task

NONE = "none"
PLACES = {"own": OWN, "child": f"{OWN}/North", "sibling": "TOP/Boxeo", "parent": ROOT_DOMAIN}
"""Each place with its domain."""

SHARED = (
    "customer_account", "customer_contact", "sn_acct_lc_onb_case", "sn_acct_lc_engagement", "sn_ti_core_task",
    "sn_acct_lc_success_objective", "sn_acct_lc_success_outcome", "sn_acct_lc_internal_play", "sys_pd_context",
)  # fmt: skip
"""Records that much hangs on: what is made at a place hangs on the ones there."""


@dataclass
class World:
    """`keys[table][place]` is the sys_id of a record there; `more` the further parts of its doors' addresses."""

    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    more: dict[str, dict[str, str]] = field(default_factory=dict)
    nothing: str = field(default_factory=new_id)

    def key(self, table: str, place: str) -> str:
        """The record of a table at a place; where it has none there, an id that nothing has."""
        return self.keys.get(table, {}).get(place) or self.nothing

    def places(self, table: str) -> list[str]:
        """Where records of this table are, and nowhere."""
        return [*self.keys.get(table, ()), NONE]


def build() -> World:
    """Everything, in the running transaction of a test."""
    world, accounts = World(), _accounts()
    world.keys["customer_account"] = {place: one.sys_id for place, one in accounts.items()}
    for table in dict.fromkeys((*SHARED, *RECORDS)):
        if table not in world.keys:
            record_type = RECORDS[table]
            places = PLACES if issubclass(record_type, Separated) else ["own"]
            world.keys[table] = {place: _made(world, record_type, place) for place in places}
    for place, domain in PLACES.items():
        _imports(world, place, domain)
        case = session.get_one(OnboardingCase, world.keys["sn_acct_lc_onb_case"][place])
        context = session.scalars(select(Context).where(Context.record == case.sys_id)).one()
        world.keys["sys_pd_context"][place] = context.sys_id
        world.more[context.sys_id] = {"activity": next(iter(load(context).activities)), "action": "add"}
        post("test", place, "a@example.org", "Subject", "Body", domain=domain)
    world.keys["sys_email"] = {
        place: session.scalars(select(Email.sys_id).where(Email.kind == "test", Email.sys_domain == domain)).one()
        for place, domain in PLACES.items()
    }
    rule = make(ActionRule, table_name="customer_account", active=True).sys_id
    card = make(Recommendation, rule=rule, active=True, action_type=ActionType.DECISION_TREE).sys_id
    for key in world.keys["customer_account"].values():
        world.more[key] = {"table": "customer_account", "card": card}
    _said(world)
    role = session.scalars(select(Role.sys_id).limit(1)).one()
    world.more |= {key: {"role": role} for key in world.keys["sys_user"].values()}
    session.flush()
    return world


def _said(world: World) -> None:
    """The history and a comment of the contact at each place."""
    for place, key in world.keys["customer_contact"].items():
        contact = session.get_one(Contact, key)
        say(contact, "comments", place, SYSTEM)
        session.flush()
        for name, kind in (("sys_audit", Audit), ("sys_journal_field", Journal)):
            found = select(kind.sys_id).where(kind.record == key).limit(1)
            world.keys.setdefault(name, {})[place] = session.scalars(found).one()


def _accounts() -> dict[str, Account]:
    """An account at each place, with the domain of that place."""
    named = {one.name: one for one in session.scalars(select(Account))}
    genixify = named["Genixify"]
    north = create(Account, {"name": "North", "parent": genixify.sys_id}, by=SYSTEM)
    found = {"own": genixify, "child": north, "sibling": named["Boxeo"], "parent": make(Account)}
    for place, one in found.items():
        _lay(one, PLACES[place])
    return found


def _made(world: World, record_type: type[Record], place: str) -> str:
    """A record at a place; it hangs on what is there already."""
    wanted: dict[str, str] = {}
    for name, item in fields_of(record_type).items():
        there = world.keys.get(item.to or "", {}) if item.to in SHARED else {}
        if there and not item.facts.read_only and (item.mandatory or item.facts.required_when or name == "account"):
            key = there.get(place) or there["own"]
            wanted |= {name: key} if key not in wanted.values() else {}
    one = make(record_type, Actor.system(PLACES[place]), **wanted)
    if isinstance(one, Separated):
        _lay(one, PLACES[place])
    return one.sys_id


def _lay(record: Base, domain: str) -> None:
    """Put a record into a domain, whatever it hangs on."""
    kind: Any = type(record)
    session.flush()
    session.execute(update(kind).where(kind.sys_id == record.sys_id).values(sys_domain=domain))  # type: ignore[attr-defined]
    session.expire(record)


def _imports(world: World, place: str, domain: str) -> None:
    """A task with a file, a row, a publication and a job."""
    task, by = import_task(), Actor.system(domain)
    file = attach(task, keep(BytesIO(place.encode())), "rows.csv", by=SYSTEM)
    loaded = make(ImportSet, import_task=task.sys_id, attachment=file.sys_id)
    row = StagingRow(
        sys_domain=domain, import_task=task.sys_id, import_set=loaded.sys_id, line=2, cells="{}", version=0
    )
    session.add(row)
    published = make(Publication, import_task=task.sys_id)
    job = enqueue("import.validate", {}, by=by, domain=domain, about=task.sys_id)
    for one in (task, file, loaded, published):
        _lay(one, domain)
    session.flush()
    table = task.source_table
    for known in ("sn_ti_core_imp_task", "job"):
        key = task.sys_id if known != "job" else job.sys_id
        world.keys.setdefault(known, {})[place] = key
        world.more[key] = {
            "row": row.sys_id, "publication": published.sys_id, "attachment": file.sys_id, "table": table,
        }  # fmt: skip
    world.keys.setdefault(table, {})[place] = row.sys_id
