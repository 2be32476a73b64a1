"""The health of accounts as its templates read it: all of them, and one with the reasons of its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from ale.blueprints.shown.health_receipts import Receipt, measure_text, names, waterfall
from ale.domains.accounts.records import Account
from ale.domains.scores import engine
from ale.domains.scores.queries import as_scored, scored_days
from ale.domains.scores.records import HealthScore, Weighting
from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.reading import names_of, visible
from ale.web.addresses import form_href
from ale.web.language import date_text, points, signed
from ale.web.values import Shown, shown

TREND, COMPARED, MOST = timedelta(days=182), timedelta(days=28), 500
"""How far back the trend goes, how far apart two days are compared unless asked otherwise, accounts on one page."""

FACTS = ("health_score", "health_status", "churn_risk", "tier", "account_manager")
Days = Sequence[tuple[date, int]]


def line(days: Days, since: date, until: date, text: str, tone: str = "") -> dict[str, Any]:
    """Scores as a line of a chart: places in percent of the time and of a hundred points."""
    span = max(1, (until - since).days)
    spots = [((day - since).days * 100 / span, 100 - score) for day, score in days]
    return {"text": text, "tone": tone, "points": " ".join(f"{x:.2f},{y}" for x, y in spots), "last": spots[-1]}


@dataclass
class HealthOverview:
    """The latest score of each account and how it moved."""

    by: Actor

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """By account: latest score, change over four weeks; those that fell most first."""
        since = today() - COMPARED - timedelta(days=7)
        found = visible(HealthScore, self.by).with_only_columns(HealthScore.account, HealthScore.day, HealthScore.score)
        days: dict[str, list[tuple[date, int]]] = {}
        for account, day, score in session.execute(found.where(HealthScore.day >= since).order_by(HealthScore.day)):
            days.setdefault(account, []).append((day, score))
        called = names_of("customer_account", days)
        rows = [_row(key, called.get(key, ""), scores) for key, scores in days.items()]
        return sorted(rows, key=lambda one: (one["change"], one["score"], one["name"]))[:MOST]


def _row(key: str, name: str, scores: Days) -> dict[str, Any]:
    day, score = scores[-1]
    change = score - dict(scores)[earlier(scores, day)]
    return {"name": name, "href": url_for("scores.show", sys_id=key), "day": date_text(day), "score": score,
            "change": change, "moved": signed(change)}  # fmt: skip


def earlier(scores: Days, day: date) -> date:
    """The day that another one is compared with: four weeks before it or longer, else the first there is."""
    return next((one for one, _score in reversed(scores) if one <= day - COMPARED), scores[0][0])


@dataclass
class HealthPage:
    """The health of one account; `arguments` of the address: from and to, the days that are compared."""

    account: Account
    by: Actor
    arguments: Mapping[str, str]

    @property
    def title(self) -> str:
        """Whose health it is."""
        return _("Health of %(account)s", account=self.account.name)

    @property
    def crumbs(self) -> list[dict[str, str | None]]:
        """Back to all accounts."""
        return [{"label": _("Health"), "href": url_for("scores.overview")}, {"label": self.account.name, "href": None}]

    @property
    def facts(self) -> list[Shown]:
        """What the account itself says, which follows the score only where scores are computed."""
        return [one for one in shown(self.account, FACTS, self.by) if one.value]

    @property
    def form_href(self) -> str | None:
        """The form of the account."""
        return form_href(Account, self.account.sys_id)

    @cached_property
    def scores(self) -> Days:
        """Every day with a score, oldest first: of half a year, and further back when such a day is asked for."""
        asked = [day for name in ("from", "to") if (day := self._asked(name))]
        return scored_days(self.account.sys_id, min([today() - TREND, *asked]))

    def _asked(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.arguments.get(name, ""))
        except ValueError:
            return None

    @cached_property
    def days(self) -> tuple[date, date]:
        """The two days that are compared, the earlier one first; the same twice where there is one alone."""
        known = [day for day, _score in self.scores]
        until = self._asked("to")
        until = until if until in known else known[-1]
        since = self._asked("from")
        since = since if since in known else earlier(self.scores, until)
        return min(since, until), max(since, until)

    @cached_property
    def _compared(self) -> tuple[HealthScore, HealthScore]:
        mine = HealthScore.account == self.account.sys_id
        found = session.scalars(visible(HealthScore, self.by).where(mine, HealthScore.day.in_(self.days))).all()
        by_day = {one.day: one for one in found}
        return by_day[self.days[0]], by_day[self.days[1]]

    @property
    def before(self) -> engine.Scored:
        """The earlier score."""
        return as_scored(self._compared[0])

    @property
    def after(self) -> engine.Scored:
        """The later score."""
        return as_scored(self._compared[1])

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The days to choose from, the newest first."""
        return [(day.isoformat(), f"{date_text(day)} · {score}") for day, score in reversed(self.scores)]

    @property
    def day_texts(self) -> tuple[str, str]:
        """The two days in words."""
        return date_text(self.days[0]), date_text(self.days[1])

    @property
    def trend(self) -> list[dict[str, Any]]:
        """The score over time as a line."""
        return [line(self.scores, self.scores[0][0], self.scores[-1][0], _("Health score"))]

    @property
    def trend_rows(self) -> list[tuple[str, int]]:
        """The same as numbers, the newest first."""
        return [(date_text(day), score) for day, score in reversed(self.scores)]

    @property
    def waterfall(self) -> dict[str, Any]:
        """The way from one score to the other, bar by bar."""
        return waterfall(self.before, self.after, self.day_texts)

    @cached_property
    def receipts(self) -> list[Receipt]:
        """What the later score was made of, beside the earlier one; what has neither weight nor rows is left out."""
        before, after = self.before.receipts, self.after.receipts
        called = names((before, after), self.by)
        measures = [one for one in {**after, **before} if _says(before.get(one)) or _says(after.get(one))]
        return [
            Receipt(one, place, before.get(one, {}), after.get(one, {}), called)
            for place, one in enumerate(measures, start=1)
        ]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The twin of the waterfall: what each measure held of both scores, and where its rows stand."""
        places = {one.measure: one for one in self.receipts}
        return [
            {"text": measure_text(one.measure), "anchor": places[one.measure].anchor if one.measure else None,
             "before": points(one.before), "after": points(one.after), "moved": signed(Decimal(one.points) / 100),
             "note": places[one.measure].note if one.measure else ""}
            for one in engine.parts(self.before, self.after)
            if one.measure or one.before or one.after
        ]  # fmt: skip

    @property
    def sums(self) -> tuple[str, str, str]:
        """What the parts sum to."""
        old, new = self.before.score or 0, self.after.score or 0
        return points(old * 100), points(new * 100), signed(Decimal(new - old))

    @property
    def weighting(self) -> tuple[str, str | None]:
        """The weights of the later day: what they are called, and their page."""
        found = session.scalars(select(Weighting).where(Weighting.sys_id == self._compared[1].weighting)).one()
        return _("%(name)s, version %(version)s", name=found.name, version=found.version), form_href(
            Weighting, found.sys_id
        )


def _says(receipt: Mapping[str, Any] | None) -> bool:
    return bool(receipt and (receipt["weight"] or receipt["rows"]))
