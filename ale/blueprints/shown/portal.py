"""What the portal shows: the lists of whoever is logged on, the fields of a page's header, the products of a case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select

from ale.domains.estate.records import SoldProduct
from ale.domains.imports.builder import UiView, ViewKind
from ale.domains.imports.supplied import PORTAL_HEADERS
from ale.domains.onboarding.records import WHOLE_ACCOUNT, CaseTask, OnboardingCase, open_condition
from ale.domains.success.records import Engagement
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.db import inside, session
from ale.foundation.field import fields_of
from ale.foundation.label import Label
from ale.foundation.reading import fields_shown, may, name_of, names_of, visible
from ale.foundation.record import Record, table_name
from ale.web.language import label
from ale.web.values import Shown, shown

MOST = 50
"""Records that a list of the portal shows at most."""

TOLD = {"short_description", "subject", "description", "products"}
"""Fields that have a place of their own on the page."""

CASE_CARD = ("number", "account", "state", "stage", "go_live_date")


@dataclass(frozen=True)
class PortalList:
    """One of the lists of somebody: the cases, or the tasks, that it holds."""

    key: str
    label: Label
    record_type: type[Any]
    rows: Select[Any]

    @property
    def count(self) -> int:
        """How many there are."""
        return session.scalar(select(func.count()).select_from(self.rows.subquery())) or 0

    @property
    def records(self) -> Sequence[Any]:
        """The newest of them."""
        return session.scalars(self.rows.order_by(self.record_type.sys_id.desc()).limit(MOST)).all()


def lists_of(by: Actor) -> list[PortalList]:
    """POR-01 to POR-03: all cases for agents and case managers, and the own cases and tasks of everybody."""
    found = []
    if may(OnboardingCase, "read", by):
        cases = visible(OnboardingCase, by)
        if by.has("sn_acct_lc.agent", *WHOLE_ACCOUNT):
            found.append(PortalList("all", Label("All onboarding cases", "Tous les dossiers d’intégration"),
                                    OnboardingCase, cases))  # fmt: skip
        own = cases.where(_is_mine(OnboardingCase, by))
        found.append(PortalList("cases", Label("My onboarding cases", "Mes dossiers d’intégration"),
                                OnboardingCase, own))  # fmt: skip
    if may(CaseTask, "read", by):
        tasks = visible(CaseTask, by).where(_is_mine(CaseTask, by))
        found.append(PortalList("tasks", Label("My onboarding case tasks", "Mes tâches d’intégration"),
                                CaseTask, tasks))  # fmt: skip
    return found


def _is_mine(record_type: Any, by: Actor) -> Any:
    """Customers are the contact of what is theirs, our own people are assigned to it."""
    return record_type.contact == (by.contact or "") if by.is_customer else record_type.assigned_to == by.id


class PortalHome:
    """The customer's home: what is needed, and the list that is chosen."""

    def __init__(self, by: Actor, chosen: str | None) -> None:
        self._by = by
        self.lists = lists_of(by)
        self.list = next((one for one in self.lists if one.key == chosen), self.lists[0] if self.lists else None)

    @property
    def tasks(self) -> Sequence[CaseTask]:
        """The open tasks for the customer, or of the agent, the most urgent first."""
        if not may(CaseTask, "read", self._by):
            return []
        wanted = visible(CaseTask, self._by).where(open_condition(CaseTask))
        if not self._by.is_customer:
            wanted = wanted.where(_is_mine(CaseTask, self._by))
        return session.scalars(wanted.order_by(CaseTask.due_date.is_(None), CaseTask.due_date).limit(MOST)).all()

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The lists as links."""
        return [
            {
                "label": label(one.label),
                "href": url_for("portal.home", list=one.key),
                "current": one is self.list,
                "count": one.count,
            }
            for one in self.lists
        ]

    @property
    def follows_success(self) -> bool:
        """Whether there is something under My success."""
        return may(Engagement, "read", self._by)

    @property
    def shows_tasks(self) -> bool:
        """Whether the chosen list is one of tasks."""
        return self.list is not None and self.list.record_type is CaseTask

    @property
    def cards(self) -> list[tuple[Any, list[Shown]]]:
        """Each record of the chosen list with what is said of it."""
        return [(one, facts(one, CASE_CARD, self._by)) for one in (self.list.records if self.list else ())]


def header(record: Record, by: Actor) -> list[Shown]:
    """The fields under the title: those of the active header view of the table, else the supplied ones (POR-06)."""
    table = "sn_ti_core_task" if isinstance(record, CaseTask) else table_name(type(record))
    chosen = select(UiView.columns).where(
        UiView.table_name == table, UiView.kind == ViewKind.PORTAL_HEADER, UiView.active.is_(True)
    )
    columns = session.scalars(chosen.order_by(UiView.sys_id.desc()).limit(1)).first()
    return facts(record, columns if isinstance(columns, list) and columns else PORTAL_HEADERS[table], by)


def further(record: Record, by: Actor) -> list[Shown]:
    """Every other field that customers may see, whoever looks: what "View more" opens (C138)."""
    said = {one.name for one in header(record, by)} | TOLD
    fields = [name for name, item in fields_shown(record, by).items() if item.facts.customer]
    figures = [one.name for one in record.__sheet__.calculated if one.customer]
    return facts(record, [name for name in (*fields, *figures) if name not in said], by)


def tasks(case: OnboardingCase, by: Actor) -> Sequence[CaseTask]:
    """The tasks of a case that `by` may read; who reads cases need not read their tasks."""
    if not may(CaseTask, "read", by):
        return []
    return session.scalars(visible(CaseTask, by).where(CaseTask.parent == case.sys_id).order_by(CaseTask.sys_id)).all()


def products(case: OnboardingCase, by: Actor) -> list[str]:
    """The names of the products of a case where customers may see them (POR-04)."""
    if not case.products_customer_visible or "products" not in fields_shown(case, by):
        return []
    return list(names_of(table_name(SoldProduct), case.products).values())


def facts(record: Record, names: Iterable[str], by: Actor) -> list[Shown]:
    """Filled fields of a record, without links: the pages behind them are the workspace's."""
    known = [one._replace(href=None, value=one.value or _person(record, one.name)) for one in shown(record, names, by)]
    return [one for one in known if one.value]


def _person(record: Record, name: str) -> str:
    """What one of our own people is called: customers do not see their records, but are told who is assigned."""
    item = fields_of(type(record)).get(name)
    key = getattr(record, name) if item and item.to == "sys_user" else None
    with inside(ROOT_DOMAIN):
        return name_of("sys_user", key)
