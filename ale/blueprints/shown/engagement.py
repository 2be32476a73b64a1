"""The page of an engagement as its templates read it (C230 to C232)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from ale.blueprints.shown.portfolio import Lines
from ale.domains.accounts.records import Contact
from ale.domains.landing.portfolio import TABS
from ale.domains.onboarding.teams import CustomerTeamMember, SquadMember
from ale.domains.people.records import Responsibility
from ale.domains.success.actions import SuccessCase, Touchpoint
from ale.domains.success.plan import Initiative, Objective
from ale.domains.success.records import Engagement
from ale.domains.success.rules import OVER
from ale.foundation.actor import Actor
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.label import Label
from ale.foundation.reading import displays, may, names_of, visible
from ale.foundation.record import Record, table_name
from ale.web.addresses import form_href, list_href, record_href
from ale.web.language import date_text, label
from ale.web.values import Shown, shown, title_of

MOST = 10
DETAILS = ("contract_value", "health_score", "perceived_health", "stage", "account", "renewal_date", "parent")
CONTACT = ("first_name", "last_name", "title", "email", "phone", "mobile_phone")


@dataclass(frozen=True)
class Event:
    """Something that happened or is planned: when, what, where it leads; `tone` is its colour."""

    day: date
    kind: str
    text: str
    href: str | None
    tone: str

    @property
    def when(self) -> str:
        """The day in words."""
        return date_text(self.day)

    @property
    def is_past(self) -> bool:
        """Whether it lies behind us."""
        return self.day < today()


@dataclass
class EngagementPage:
    """One engagement; `arguments` of the address: tab (overview or blueprint)."""

    record: Engagement
    by: Actor
    arguments: Mapping[str, str]

    @property
    def title(self) -> str:
        """What it is called."""
        return title_of(self.record)

    @property
    def crumbs(self) -> list[dict[str, str | None]]:
        """Back to the portfolio."""
        return [{"label": _("Success portfolio"), "href": url_for("portfolio.show")}, {"label": self.record.number}]

    @property
    def state(self) -> Shown:
        """Its state as a badge."""
        return shown(self.record, ["state"], self.by)[0]

    @property
    def details(self) -> list[Shown]:
        """The figures of the engagement."""
        return [one for one in shown(self.record, DETAILS, self.by) if one.value]

    @property
    def form_href(self) -> str | None:
        """The form of the record."""
        return form_href(Engagement, self.record.sys_id)

    @property
    def launches(self) -> list[tuple[str, str]]:
        """What a success agent can launch from here."""
        if not self.by.has("sn_acct_lc.ale_success_agent"):
            return []
        play = url_for("launcher.sn_acct_lc_engagement", sys_id=self.record.sys_id)
        return [(_("Create success play"), play),
                (_("Create success blueprint"), url_for("launcher.blueprint", sys_id=self.record.sys_id))]  # fmt: skip

    @property
    def contact(self) -> list[Shown]:
        """The key customer contact."""
        key = self.record.key_customer_contact
        found = session.get(Contact, key) if key and may(Contact, "read", self.by) else None
        return [one for one in shown(found, CONTACT, self.by) if one.value] if found is not None else []

    @property
    def customer_team(self) -> list[tuple[str, str]]:
        """The customer team of the initial onboarding: name and responsibility."""
        mine = CustomerTeamMember.onboarding_case == self.record.initial_onboarding
        members = session.scalars(select(CustomerTeamMember).where(mine).order_by(CustomerTeamMember.sys_id)).all()
        found = session.scalars(select(Contact).where(Contact.sys_id.in_({one.contact for one in members})))
        people = {one.sys_id: one.full_name for one in found}
        duties = self._duties(one.responsibility for one in members)
        return [(people.get(one.contact, ""), duties.get(one.responsibility or "", "")) for one in members]

    @staticmethod
    def _duties(keys: Iterable[str | None]) -> dict[str, str]:
        """What responsibilities are called in the reader's language."""
        found = session.scalars(select(Responsibility).where(Responsibility.sys_id.in_({key for key in keys if key})))
        return {one.sys_id: label(Label(one.name, one.name_fr or one.name)) for one in found}

    @property
    def squad(self) -> list[tuple[str, str]]:
        """The squad: name and responsibility."""
        members = session.scalars(select(SquadMember).where(SquadMember.sys_id.in_(self.record.squad or []))).all()
        people = names_of("sys_user", {one.user for one in members})
        duties = self._duties(one.responsibility for one in members)
        return [(people.get(one.user, ""), duties.get(one.responsibility, "")) for one in members]

    @property
    def tab(self) -> str:
        """The tab that is open."""
        return "blueprint" if self.arguments.get("tab") == "blueprint" else "overview"

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """Overview and Success blueprint."""
        named = (("overview", _("Overview")), ("blueprint", _("Success blueprint")))
        return [
            {"label": text, "current": key == self.tab,
             "href": url_for("portfolio.engagement", sys_id=self.record.sys_id, tab=key)}
            for key, text in named
        ]  # fmt: skip

    @property
    def sections(self) -> list[tuple[str, Lines, str | None]]:
        """The parts of the open tab: title, first rows, the whole list."""
        key = self.record.sys_id
        if self.tab == "blueprint":
            goals = select(Objective).where(Objective.engagement == key, Objective.active.is_(True))
            names = ("title", "progress", "driver", "planned_stop")
            every = list_href(Objective, query=f"account={self.record.account}")
            return self._section(_("Active success objectives"), Objective, names, goals, Objective.planned_stop, every)
        soon = or_(Touchpoint.meeting_date >= now(), Touchpoint.due_date >= now())
        day = func.coalesce(Touchpoint.meeting_date, Touchpoint.due_date)
        coming = select(Touchpoint).where(Touchpoint.engagement == key, Touchpoint.state.not_in(OVER), soon)
        running = next(one for one in TABS if one.key == "initiatives").condition(key)
        cases = select(SuccessCase).where(SuccessCase.engagement == key, SuccessCase.state.not_in(OVER))
        through = "success_outcome.success_objective.engagement"
        return [
            *self._section(_("Upcoming touchpoints"), Touchpoint, ("number", "subject", "meeting_date", "due_date"),
                           coming, day, list_href(Touchpoint, query=f"engagement={key}")),
            *self._section(self._initiatives_title, Initiative, ("number", "subject", "success_outcome", "progress"),
                           select(Initiative).where(running), Initiative.due_date,
                           list_href(Initiative, query=f"{through}={key}")),
            *self._section(_("Success cases"), SuccessCase, ("number", "short_description", "state"), cases,
                           SuccessCase.number, list_href(SuccessCase, query=f"engagement={key}")),
        ]  # fmt: skip

    @property
    def _initiatives_title(self) -> str:
        """With the days that are left until the renewal."""
        if self.record.renewal_date is None:
            return _("Success initiatives")
        days = (self.record.renewal_date - today()).days
        return _("Success initiatives: %(days)s days left until renewal", days=days)

    def _section(
        self, title: str, kind: type[Record], names: tuple[str, ...], rows: Any, order: Any, every: str | None
    ) -> list[tuple[str, Lines, str | None]]:
        if not may(kind, "read", self.by):
            return []
        found = visible(kind, self.by).where(kind.sys_id.in_(rows.with_only_columns(kind.sys_id)))
        return [(title, Lines(kind, names, session.scalars(found.order_by(order).limit(MOST)).all(), self.by), every)]

    @cached_property
    def timeline(self) -> list[Event]:
        """What happened and what is planned, oldest first: touchpoints, initiatives, health, the renewal."""
        events = [*self._dated(Touchpoint, "meeting_date", _("Touchpoint"), "info"),
                  *self._dated(Initiative, "due_date", _("Initiative"), "ok"), *self._health()]  # fmt: skip
        if self.record.renewal_date:
            events.append(Event(self.record.renewal_date, _("Renewal"), self.title, None, "warn"))
        return sorted(events, key=lambda one: one.day)

    def _dated(self, kind: Any, name: str, text: str, tone: str) -> list[Event]:
        if not may(kind, "read", self.by):
            return []
        mine = next(one for one in TABS if one.record_type is kind).condition(self.record.sys_id)
        column = getattr(kind, name)
        if kind is Touchpoint:
            mine = Touchpoint.engagement == self.record.sys_id
        rows = session.scalars(visible(kind, self.by).where(mine, column.is_not(None)).order_by(column).limit(50))
        return [
            Event(getattr(one, name).date(), text, one.subject, record_href(table_name(kind), one.sys_id), tone)
            for one in rows
        ]

    def _health(self) -> list[Event]:
        lines = select(Audit.at, Audit.old_value, Audit.new_value).where(
            Audit.record == self.record.sys_id, Audit.field_name == "perceived_health"
        )
        health = Engagement.__mapper__.columns["perceived_health"].type.enum_class  # type: ignore[attr-defined]
        return [
            Event(_day(at), _("Perceived health"), f"{label(health(old).label)} → {label(health(new).label)}", None,
                  {"green": "ok", "yellow": "warn", "red": "bad"}.get(new, ""))
            for at, old, new in session.execute(lines.order_by(Audit.at)) if old and new
        ]  # fmt: skip

    @property
    def family(self) -> list[dict[str, Any]]:
        """The engagements below this one."""
        below = visible(Engagement, self.by).where(Engagement.parent == self.record.sys_id).order_by(Engagement.number)
        found = session.scalars(below.limit(MOST)).all()
        called = displays(found, ("account",))
        return [
            {"title": title_of(one), "href": url_for("portfolio.engagement", sys_id=one.sys_id),
             "note": called.get(("customer_account", one.account), "")}
            for one in found
        ]  # fmt: skip


def _day(moment: datetime) -> date:
    return moment.date()
