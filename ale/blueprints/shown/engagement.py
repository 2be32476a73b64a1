"""The page of an engagement as its templates read it (C230 to C232)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, case, or_, select

from ale.blueprints.shown.portfolio import Lines
from ale.blueprints.shown.timeline import Timeline
from ale.domains.accounts.records import Contact
from ale.domains.landing.portfolio import TABS
from ale.domains.onboarding.teams import CustomerTeamMember, SquadMember
from ale.domains.people.records import Responsibility
from ale.domains.scores.records import HealthScore
from ale.domains.success.actions import SuccessCase, Touchpoint
from ale.domains.success.plan import Initiative, Objective
from ale.domains.success.records import Engagement
from ale.domains.success.rules import OVER
from ale.foundation.actor import Actor
from ale.foundation.calendar_words import day_begins
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.reading import Displays, displays, may, names_of, visible
from ale.foundation.record import Record
from ale.web.addresses import form_href, list_href
from ale.web.language import label
from ale.web.values import Shown, shown, title_of

MOST, FAMILY = 10, 40
DETAILS = ("contract_value", "health_score", "perceived_health", "stage", "account", "renewal_date", "parent")
CONTACT = ("first_name", "last_name", "title", "email", "phone", "mobile_phone")


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
    def health_href(self) -> str | None:
        """The health of the account."""
        return url_for("scores.show", sys_id=self.record.account) if may(HealthScore, "read", self.by) else None

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
            title, first = _("Active success objectives"), Objective.planned_stop
            return self._section(title, Objective, names, goals, first, every, "portfolio.objective")
        begin, meets, due = day_begins(self.by, now()), Touchpoint.meeting_date, Touchpoint.due_date
        soon = or_(meets >= begin, due >= begin)
        is_due_first = and_(due >= begin, or_(meets.is_(None), meets < begin, due < meets))
        day = case((is_due_first, due), else_=meets)
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
        self, title: str, kind: type[Record], names: tuple[str, ...], rows: Any, order: Any, every: str | None,
        page: str | None = None,
    ) -> list[tuple[str, Lines, str | None]]:  # fmt: skip
        if not may(kind, "read", self.by):
            return []
        found = visible(kind, self.by).where(kind.sys_id.in_(rows.with_only_columns(kind.sys_id)))
        some = session.scalars(found.order_by(order).limit(MOST)).all()
        return [(title, Lines(kind, names, some, self.by, page), every)]

    @cached_property
    def timeline(self) -> Timeline:
        """What happened and what is planned."""
        return Timeline(self.record, self.by)

    @cached_property
    def family(self) -> list[dict[str, Any]]:
        """The engagements above, beside and below this one as a tree; empty when it stands alone."""
        top, known = self.record, {self.record.sys_id}
        while (above := self._seen(Engagement.sys_id == top.parent)) and above[0].sys_id not in known:
            top = above[0]
            known.add(top.sys_id)
        below: dict[str | None, list[Engagement]] = {}
        level, every = [top.sys_id], [top]
        while level and len(every) < FAMILY:
            found = self._seen(Engagement.parent.in_(level))
            for one in found:
                below.setdefault(one.parent, []).append(one)
            level, every = [one.sys_id for one in found], [*every, *found]
        called = displays(every, ("account",))
        return [self._node(top, below, called)] if len(every) > 1 else []

    def _seen(self, condition: Any) -> Sequence[Engagement]:
        return session.scalars(
            visible(Engagement, self.by).where(condition).order_by(Engagement.number).limit(FAMILY)
        ).all()

    def _node(self, one: Engagement, below: dict[str | None, list[Engagement]], called: Displays) -> dict[str, Any]:
        href = url_for("portfolio.engagement", sys_id=one.sys_id)
        return {
            "title": one.title, "href": href, "current": one is self.record,
            "note": called.get(("customer_account", one.account), ""),
            "below": [self._node(each, below, called) for each in below.get(one.sys_id, [])],
        }  # fmt: skip
