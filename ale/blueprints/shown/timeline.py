"""What happened on an engagement and what is planned, as a picture of lanes and as the lines of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import func, select

from ale.domains.estate.records import Contract
from ale.domains.landing.portfolio import initiatives_of
from ale.domains.success.actions import Touchpoint
from ale.domains.success.choices import PerceivedHealth
from ale.domains.success.plan import Initiative
from ale.domains.success.records import Engagement, EngagementContract
from ale.foundation.actor import Actor
from ale.foundation.clock import now, today
from ale.foundation.db import session
from ale.foundation.history import Audit
from ale.foundation.reading import may, visible
from ale.foundation.record import display_of, table_name
from ale.web.addresses import record_href
from ale.web.language import date_text, label
from ale.web.values import TONES

EACH_WAY = 40  # events of a kind before today, and as many after
TICKS = 5
LEFT, WIDTH = 2.0, 96.0  # of the picture, in percent
TONE = {"green": "ok", "yellow": "warn", "red": "bad"}


@dataclass(frozen=True)
class Event:
    """Something that happened or is planned: when, what, how it stands, where it leads; `since` where it lasts."""

    day: date
    kind: str
    text: str
    tone: str
    href: str | None = None
    state: str = ""
    since: date | None = None

    @property
    def when(self) -> str:
        """The day in words."""
        return date_text(self.day)

    @property
    def is_past(self) -> bool:
        """Whether it lies behind us."""
        return self.day < today()


@dataclass
class Timeline:
    """The time of one engagement, as its reader may see it."""

    record: Engagement
    by: Actor

    @cached_property
    def events(self) -> list[Event]:
        """Touchpoints, initiatives, changes of health, renewals; oldest first."""
        return sorted((one for lane in self.lanes for one in lane["events"]), key=lambda one: one.day)

    @cached_property
    def lanes(self) -> list[dict[str, Any]]:
        """A lane for each kind that has events."""
        found = (
            (_("Touchpoints"), self._touchpoints()),
            (_("Initiatives"), self._initiatives()),
            (_("Perceived health"), self._health()),
            (_("Renewals"), self._renewals()),
        )
        return [{"label": text, "events": events} for text, events in found if events]

    def _touchpoints(self) -> list[Event]:
        day = func.coalesce(Touchpoint.meeting_date, Touchpoint.due_date)
        rows = self._around(Touchpoint, Touchpoint.engagement == self.record.sys_id, day)
        return [self._work(one, one.meeting_date or one.due_date, _("Touchpoint")) for one in rows]

    def _initiatives(self) -> list[Event]:
        rows = self._around(Initiative, initiatives_of(self.record.sys_id), Initiative.due_date)
        return [self._work(one, one.due_date, _("Initiative"), one.opened_at.date()) for one in rows]

    def _around(self, kind: Any, mine: Any, day: Any) -> Sequence[Any]:
        """The records of a kind that lie nearest to today, on both sides."""
        if not may(kind, "read", self.by):
            return ()
        rows = visible(kind, self.by).where(mine, day.is_not(None))
        past = session.scalars(rows.where(day < now()).order_by(day.desc()).limit(EACH_WAY)).all()
        return [*past, *session.scalars(rows.where(day >= now()).order_by(day).limit(EACH_WAY)).all()]

    @staticmethod
    def _work(one: Any, moment: datetime, kind: str, since: date | None = None) -> Event:
        href = record_href(table_name(type(one)), one.sys_id)
        tone = TONES.get(one.state.value, "")
        return Event(moment.date(), kind, one.subject, tone, href, label(one.state), since)

    def _health(self) -> list[Event]:
        """From the history: what the health was and became."""
        lines = select(Audit.at, Audit.old_value, Audit.new_value).where(
            Audit.record == self.record.sys_id, Audit.field_name == "perceived_health"
        )
        rows = session.execute(lines.order_by(Audit.sys_id.desc()).limit(EACH_WAY)).all()
        named = {one.value: label(one) for one in PerceivedHealth}
        return [
            Event(at.date(), _("Perceived health"), f"{named[old]} → {named[new]}", TONE.get(new, ""))
            for at, old, new in reversed(rows)
            if old in named and new in named
        ]

    def _renewals(self) -> list[Event]:
        """The renewal itself, and the ends of other contracts that the engagement covers."""
        due = self.record.renewal_date
        found = [Event(due, _("Renewal"), self.record.title, "warn")] if due else []
        if not may(Contract, "read", self.by):
            return found
        mine = select(EngagementContract.contract).where(EngagementContract.engagement == self.record.sys_id)
        ending = visible(Contract, self.by).where(Contract.sys_id.in_(mine), Contract.ends.is_not(None))
        rows = session.scalars(ending.order_by(Contract.ends.desc()).limit(EACH_WAY)).all()
        return found + [
            Event(one.ends, _("End of contract"), display_of(one), TONES.get(one.state.value, ""),
                  record_href(table_name(Contract), one.sys_id), label(one.state))
            for one in rows if one.ends and one.ends != due
        ]  # fmt: skip

    @cached_property
    def _span(self) -> tuple[date, date]:
        days = [today(), *(one.day for one in self.events), *(one.since for one in self.events if one.since)]
        return min(days) - timedelta(days=7), max(days) + timedelta(days=7)

    def x(self, day: date) -> float:
        """Where a day stands in the picture, in percent of its width."""
        first, last = self._span
        return round(LEFT + WIDTH * (day - first).days / (last - first).days, 2)

    @property
    def now_at(self) -> float:
        """Where today stands."""
        return self.x(today())

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The beginnings of months that are named below the picture."""
        first, last = self._span
        months = range(first.year * 12 + first.month, last.year * 12 + last.month)
        every = -(-len(months) // TICKS) or 1
        days = [date(month // 12, month % 12 + 1, 1) for month in months[::every]]
        return [(self.x(day), format_date(day, "MMM y")) for day in days]
