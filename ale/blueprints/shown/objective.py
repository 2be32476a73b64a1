"""The page of an objective as its templates read it (C233)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from ale.blueprints.shown.portfolio import Lines
from ale.domains.success.plan import Initiative, Objective, Outcome
from ale.domains.success.rules import reached
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.reading import may, visible
from ale.web.addresses import form_href, list_href, new_href, record_href
from ale.web.language import label, number
from ale.web.values import TONES, Shown, shown, title_of

HEADER = ("driver", "days_remaining", "planned_stop", "engagement", "account", "objective_owner")
INITIATIVES = ("number", "subject", "progress", "days_remaining")


@dataclass
class ObjectivePage:
    """One objective; `chosen` is the outcome whose initiatives are shown, empty for those of all."""

    record: Objective
    by: Actor
    chosen: str

    @property
    def title(self) -> str:
        """What it is called."""
        return title_of(self.record)

    @property
    def crumbs(self) -> list[dict[str, str | None]]:
        """Back to the portfolio and the engagement."""
        key = self.record.engagement
        (said,) = shown(self.record, ["engagement"], self.by) or (None,)
        above = [{"label": said.value, "href": url_for("portfolio.engagement", sys_id=key)}] if said else []
        return [
            {"label": _("Success portfolio"), "href": url_for("portfolio.show")}, *above,
            {"label": self.record.number, "href": None},
        ]  # fmt: skip

    @property
    def state(self) -> Shown:
        """Its state as a badge."""
        return shown(self.record, ["state"], self.by)[0]

    @property
    def details(self) -> list[Shown]:
        """What drives it, how many days are left, the planned end."""
        return [one for one in shown(self.record, HEADER, self.by) if one.value]

    @property
    def form_href(self) -> str | None:
        """The form of the record."""
        return form_href(Objective, self.record.sys_id)

    @cached_property
    def _outcomes(self) -> Sequence[Outcome]:
        if not may(Outcome, "read", self.by):
            return ()
        mine = visible(Outcome, self.by).where(Outcome.success_objective == self.record.sys_id)
        return session.scalars(mine.order_by(Outcome.number)).all()

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """Each outcome with its way from base to target, and the address that chooses it."""
        return [self._outcome(one) for one in self._outcomes]

    def _outcome(self, one: Outcome) -> dict[str, Any]:
        done = reached(one.base_value, one.current_value, one.target_value)
        values = [number(value) if value is not None else "–" for value in _way(one)]
        behind = {"label": _("reached"), "count": done or 0, "tone": "ok"}
        return {
            "title": title_of(one), "number": one.number, "record": record_href(Outcome.__tablename__, one.sys_id),
            "href": self.address(one.sys_id), "chosen": one.sys_id == self.chosen, "reached": done,
            "state": label(one.state), "tone": TONES.get(one.state.value, ""), "unit": one.unit or "",
            "base": values[0], "current": values[1], "target": values[2],
            "parts": [behind, {"label": _("to go"), "count": 100 - (done or 0), "tone": ""}],
        }  # fmt: skip

    def address(self, outcome: str | None = None) -> str:
        """This page with one outcome chosen, or none."""
        return url_for("portfolio.objective", sys_id=self.record.sys_id, outcome=outcome)

    @property
    def new_outcome(self) -> str | None:
        """Where a further outcome is made."""
        if not may(Outcome, "create", self.by) or not self.record.active:
            return None
        return new_href(Outcome, success_objective=self.record.sys_id)

    @cached_property
    def outcome(self) -> Outcome | None:
        """The outcome that is chosen."""
        return next((one for one in self._outcomes if one.sys_id == self.chosen), None)

    @cached_property
    def initiatives(self) -> Lines:
        """The initiatives of the chosen outcome, else of all."""
        keys = [self.outcome.sys_id] if self.outcome else [one.sys_id for one in self._outcomes]
        if not may(Initiative, "read", self.by):
            return Lines(Initiative, INITIATIVES, (), self.by)
        found = visible(Initiative, self.by).where(Initiative.success_outcome.in_(keys))
        rows = session.scalars(found.order_by(Initiative.number)).all()
        return Lines(Initiative, INITIATIVES, rows, self.by)

    @property
    def new_initiative(self) -> str | None:
        """Where a further initiative of the chosen outcome begins."""
        if self.outcome is None or not self.outcome.active or not may(Initiative, "create", self.by):
            return None
        return new_href(Initiative, success_outcome=self.outcome.sys_id)

    @property
    def all_initiatives(self) -> str | None:
        """The whole list."""
        return list_href(Initiative, query=f"success_outcome.success_objective={self.record.sys_id}")


def _way(one: Outcome) -> tuple[Any, Any, Any]:
    return one.base_value, one.current_value, one.target_value
