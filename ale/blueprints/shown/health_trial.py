"""Weights tried on what was kept: what the scores of the last six months would have been. Nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, func, select

from ale.blueprints.shown.health import MOST, TREND, line
from ale.blueprints.shown.health_receipts import measure_text
from ale.domains.scores import engine, queries
from ale.domains.scores.records import HealthScore, Weighting
from ale.foundation.actor import Actor
from ale.foundation.clock import today
from ale.foundation.db import session
from ale.foundation.reading import names_of, visible
from ale.web.addresses import form_href
from ale.web.language import date_text, signed

DRAWN = 6
"""Accounts drawn on one page."""


@dataclass
class TrialPage:
    """A version of the weights and the accounts; `arguments` of the address: page."""

    weighting: Weighting
    by: Actor
    arguments: Mapping[str, str]

    @property
    def title(self) -> str:
        """Which weights are tried."""
        name = _("%(name)s, version %(version)s", name=self.weighting.name, version=self.weighting.version)
        return _("Trial of %(name)s", name=name)

    @property
    def crumbs(self) -> list[dict[str, str | None]]:
        """Back to the weights."""
        above = {"label": self.weighting.name, "href": form_href(Weighting, self.weighting.sys_id)}
        return [
            {"label": _("Health weightings"), "href": url_for("scores.health_weightings_list")}, above,
            {"label": _("Trial"), "href": None},
        ]  # fmt: skip

    @cached_property
    def _weights(self) -> dict[str, engine.Weight]:
        return queries.weights_of(self.weighting.sys_id)

    def _tried(self, one: HealthScore) -> int | None:
        return engine.scored(engine.counted(one.receipts), self._weights).score

    @cached_property
    def _latest(self) -> Sequence[HealthScore]:
        """The newest score of each account within six months."""
        newest = (
            select(HealthScore.account, func.max(HealthScore.day).label("day"))
            .where(HealthScore.day >= today() - TREND)
            .group_by(HealthScore.account)
            .subquery()
        )
        same = and_(HealthScore.account == newest.c.account, HealthScore.day == newest.c.day)
        return session.scalars(visible(HealthScore, self.by).join(newest, same).limit(MOST)).all()

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """By account its newest score as it is and as it would be; what would move most first."""
        called = names_of("customer_account", [one.account for one in self._latest])
        rows = [self._row(one, called.get(one.account, "")) for one in self._latest]
        return sorted(rows, key=lambda one: (-abs(one["change"]), one["name"]))

    def _row(self, one: HealthScore, name: str) -> dict[str, Any]:
        new = self._tried(one)
        change = (new or 0) - one.score if new is not None else 0
        return {"key": one.account, "name": name, "href": url_for("scores.show", sys_id=one.account, to=one.day),
                "old": one.score, "new": new, "change": change, "moved": signed(change)}  # fmt: skip

    @property
    def summary(self) -> str:
        """How many accounts would rise and fall."""
        rising, falling = (sum(one["change"] * way > 0 for one in self.rows) for way in (1, -1))
        return _("%(rising)s rise, %(falling)s fall, %(same)s stay as they are.", rising=rising, falling=falling,
                 same=len(self.rows) - rising - falling)  # fmt: skip

    @property
    def unkept(self) -> list[str]:
        """Measures with weight of which the newest receipts of no account hold anything."""
        kept = {measure for one in self._latest for measure in one.receipts}
        return [measure_text(one) for one in self._weights if one not in kept]

    @property
    def _page(self) -> int:
        asked = self.arguments.get("page", "")
        return int(asked) if asked.isdecimal() and int(asked) * DRAWN < len(self.rows) else 0

    @cached_property
    def drawn(self) -> list[dict[str, Any]]:
        """Some accounts with their scores of six months, as they are and as they would be: lines and numbers."""
        some = self.rows[self._page * DRAWN : (self._page + 1) * DRAWN]
        mine = HealthScore.account.in_([one["key"] for one in some]), HealthScore.day >= today() - TREND
        found: dict[str, list[tuple[date, int, int | None]]] = {one["key"]: [] for one in some}
        for score in session.scalars(visible(HealthScore, self.by).where(*mine).order_by(HealthScore.day)):
            found[score.account].append((score.day, score.score, self._tried(score)))
        return [_drawn(one["name"], found[one["key"]]) for one in some]

    @property
    def further(self) -> tuple[str | None, str | None]:
        """The addresses of the accounts drawn before and after these."""
        here, last = self._page, (len(self.rows) - 1) // DRAWN
        at = [url_for("scores.trial", sys_id=self.weighting.sys_id, page=place) for place in (here - 1, here + 1)]
        return at[0] if here else None, at[1] if here < last else None


def _drawn(name: str, days: list[tuple[date, int, int | None]]) -> dict[str, Any]:
    since, until = days[0][0], days[-1][0]
    tried = [(day, new) for day, _old, new in days if new is not None]
    lines = [line([(day, old) for day, old, _new in days], since, until, _("as it is"))]
    return {
        "name": name, "since": date_text(since), "until": date_text(until),
        "lines": [*lines, line(tried, since, until, _("with these weights"), "other")] if tried else lines,
        "rows": [(date_text(day), old, new) for day, old, new in reversed(days)],
    }  # fmt: skip
