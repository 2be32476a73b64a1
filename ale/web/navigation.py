"""The links of the rail: declared by the doors, shown to those who may read what stands behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.reading import may, visible
from ale.foundation.record import Record
from ale.foundation.unchanged import while_unchanged

MOST = 1000  # counts stop here
HOME = Label("", "")
ONBOARDING = Label("Onboarding", "Intégration")
SUCCESS = Label("Customer success", "Réussite client")
ACCOUNTS = Label("Accounts", "Comptes")
ADMINISTRATION = Label("Administration", "Administration")
GROUPS = (HOME, ONBOARDING, SUCCESS, ACCOUNTS, ADMINISTRATION)

Condition = Callable[[type[Any]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Link:
    """A declared link, shown to who may read `reads` or holds one of `roles`; `counts` says what is open work."""

    group: Label
    place: int
    label: Label
    endpoint: str
    icon: str
    reads: type[Record] | None = None
    roles: tuple[str, ...] = ()
    counts: Condition | None = None

    def is_for(self, by: Actor) -> bool:
        """Whether `by` sees this link."""
        return may(self.reads, "read", by) if self.reads else by.has(*self.roles)


LINKS: list[Link] = []


def link(group: Label, place: int, label: Label, endpoint: str, icon: str, **facts: Any) -> None:
    """Declare a link of the rail; `place` orders those of one group. See `Link` for reads, roles and counts."""
    LINKS.append(Link(group, place, label, endpoint, icon, **facts))


class Menu:
    """The navigation of one request, made when a page first asks for it."""

    search = "/go"

    def __init__(self, by: Actor | None, locale: str) -> None:
        self._by, self._locale = by, locale

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """[{label, links: [{label, href, icon, count, current}]}] of what the actor may open."""
        if self._by is None or self._by.is_customer:  # the portal is one page; customers are led there
            return []
        by = self._by
        counts = while_unchanged(("open work", by), lambda: _counts(by))
        return [
            {"label": group.text(self._locale), "links": [self._shown(one, counts) for one in links]}
            for group, links in _groups(by)
        ]

    def _shown(self, one: Link, counts: dict[str, int]) -> dict[str, Any]:
        href, here = _href(one.endpoint), request.path
        return {
            "label": one.label.text(self._locale),
            "href": href,
            "icon": one.icon,
            "count": counts.get(one.endpoint),
            "current": here == href or (href != "/" and here.startswith(f"{href}/")),
        }


@lru_cache(64)
def _groups(by: Actor) -> list[tuple[Label, list[Link]]]:
    """What `by` may open; an actor with other rights is another one."""
    shown = sorted((one for one in LINKS if one.is_for(by)), key=lambda one: one.place)
    groups = [(group, [one for one in shown if one.group == group]) for group in GROUPS]
    return [(group, links) for group, links in groups if links]


def _counts(by: Actor) -> dict[str, int]:
    work = _open_work(by)
    return {row.endpoint: row.amount for row in session.execute(work)} if work is not None else {}


@lru_cache(64)
def _open_work(by: Actor) -> Select[Any] | None:
    """SELECT how much open work stands behind each link, as one statement; each count stops at MOST."""
    parts = [
        select(literal(one.endpoint).label("endpoint"), func.count().label("amount")).select_from(
            visible(one.reads, by)
            .with_only_columns(one.reads.sys_id)
            .where(one.counts(one.reads))
            .limit(MOST)
            .subquery()
        )
        for _group, links in _groups(by)
        for one in links
        if one.reads and one.counts
    ]
    return select(union_all(*parts).subquery()) if parts else None


@cache
def _href(endpoint: str) -> str:
    return url_for(endpoint)
