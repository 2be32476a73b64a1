"""The launcher as its page reads it: what can be chosen, what was, the details, what would be made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from ale.domains.plays import service
from ale.domains.plays.launches import AleChoice, Definition, Launch, Subflow
from ale.domains.plays.launches import Blueprint as BlueprintRecord
from ale.domains.plays.recipe import Inputs
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.problem import NotVisible, Problem
from ale.foundation.record import RECORDS, Record, Step, new_id
from ale.web.addresses import list_href, record_href
from ale.web.batch import Undone
from ale.web.forms import RecordForm, Sent
from ale.web.language import label
from ale.web.values import title_of

AGENT = ("sn_acct_lc.ale_success_agent",)


@dataclass(frozen=True)
class Item:
    """Something to choose: its text, what it is for, where choosing it leads."""

    text: str
    note: str
    href: str
    chosen: bool = False


@dataclass(frozen=True)
class Details:
    """What a subflow asks, filled in by `by` on the way from `source`."""

    by: Actor
    flow: Subflow
    source: Record | None
    sent: Sent | None
    problems: Sequence[Problem]
    title: str

    @cached_property
    def form(self) -> RecordForm | None:
        """The fields to fill, with the rights of the application, which makes the records; None where none is asked."""
        asked: Inputs | None = service.recipe_of(self.flow.sys_id).inputs
        if asked is None:
            return None
        step = Step("details", Label(self.title, self.title), {}, bool, asked.fields)
        start = service.start_of(asked, self.source, self.by) | self._came_with(asked)
        system = self.by.for_system()
        return RecordForm(RECORDS[asked.table], system, None, start, self.sent, step, self.problems, asked.required)

    def _came_with(self, asked: Inputs) -> dict[str, str]:
        """What the address gives, as the account that was chosen before."""
        return {name: request.args[name] for name in asked.fields if request.args.get(name)}

    @property
    def makes(self) -> str:
        """What kinds of records come of it."""
        return _makes(self.flow.sys_id)

    @property
    def inputs(self) -> Mapping[str, Any]:
        """What was entered."""
        return self.form.typed if self.form else {}

    @property
    def errors(self) -> list[dict[str, str | None]]:
        """What is wrong with it."""
        if self.form:
            return self.form.errors
        return [{"field": None, "text": one.text(_)} for one in self.problems]


@dataclass(frozen=True)
class Launcher:
    """Choosing and launching from `source`, a record of `table`; `arguments` of the address: choice, definition."""

    by: Actor
    table: str
    source: Record | None
    blueprints: bool
    arguments: Mapping[str, str]
    sent: Sent | None = None
    problems: Sequence[Problem] = ()
    made: list[Item] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the page is called."""
        return _("Create success blueprint") if self.blueprints else _("Create success play")

    @property
    def crumbs(self) -> list[dict[str, str | None]]:
        """Back to the record it is launched from."""
        back = {"label": title_of(self.source), "href": self.back} if self.source is not None else None
        plural = label(RECORDS[self.table].__sheet__.plural)
        first = {"label": plural, "href": list_href(RECORDS[self.table])}
        return [first, *([back] if back else []), {"label": self.title}]

    @property
    def back(self) -> str | None:
        """Where leaving leads."""
        return (
            record_href(self.table, self.source.sys_id) if self.source is not None else list_href(RECORDS[self.table])
        )

    def at(self, **arguments: Any) -> str:
        """The address of the launcher with these choices, and the account that was chosen before."""
        kept: dict[str, Any] = {"account": self.arguments.get("account") or None}
        kept |= {"sys_id": self.source.sys_id} if self.source is not None else {}
        return url_for(str(request.endpoint).replace("finish_", ""), **kept, **arguments)

    @cached_property
    def _offered(self) -> Sequence[Definition]:
        return service.offered(self.by, self.table, blueprints=self.blueprints)

    @cached_property
    def _choices(self) -> dict[str | None, AleChoice]:
        """The categories and sub categories of what is offered, in their order."""
        keys = {key for one in self._offered for key in (one.category, one.sub_category)}
        found = select(AleChoice).where(AleChoice.sys_id.in_(keys)).order_by(AleChoice.order, AleChoice.name)
        return {one.sys_id: one for one in session.scalars(found)}

    def _called(self, key: str | None) -> str:
        one = self._choices.get(key)
        return label(Label(one.name, one.name_fr or one.name)) if one else _("Other")

    def _first(self, one: Definition) -> str | None:
        """What is chosen first: the category, of blueprints the sub category."""
        return one.sub_category if self.blueprints else one.category

    @cached_property
    def choice(self) -> str | None:
        """What was chosen first; at once where there is nothing else to choose."""
        firsts = {self._first(one) for one in self._offered}
        wanted = self.arguments.get("choice")
        return wanted if wanted in firsts else next(iter(firsts)) if len(firsts) == 1 else None

    @property
    def choices(self) -> list[Item]:
        """What can be chosen first; what holds nothing published is not here (SUC-04)."""
        counts = {key: sum(self._first(one) == key for one in self._offered) for key in self._choices}
        return [
            Item(self._called(key), one.description or "", self.at(choice=key), key == self.choice)
            for key, one in self._choices.items()
            if counts[key]
        ]

    @property
    def activities(self) -> list[tuple[str, list[Item]]]:
        """What can be launched below the choice, by sub category."""
        mine = [one for one in self._offered if self._first(one) == self.choice]
        place = list(self._choices)
        mine.sort(key=lambda one: place.index(one.sub_category) if one.sub_category in place else len(place))
        groups = groupby(mine, lambda one: one.sub_category)
        return [(self._called(key), [self._activity(one) for one in found]) for key, found in groups]

    def _activity(self, one: Definition) -> Item:
        href = self.at(choice=self.choice, definition=one.sys_id)
        return Item(_titled(one), one.description or _makes(one.flow), href, one is self.definition)

    @cached_property
    def definition(self) -> Definition | None:
        """What is to be launched."""
        wanted = self.arguments.get("definition")
        return next((one for one in self._offered if one.sys_id == wanted), None)

    @cached_property
    def details(self) -> Details:
        """What it asks; NotVisible before one is chosen."""
        if self.definition is None:
            raise NotVisible
        flow = session.get_one(Subflow, self.definition.flow)
        return Details(self.by, flow, self.source, self.sent, self.problems, _titled(self.definition))

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps for the picker, with what was chosen in each."""
        names = (_("Sub category") if self.blueprints else _("Category"), _("Activity"), _("Details"))
        chosen = (
            self._called(self.choice) if self.choice else "",
            _titled(self.definition) if self.definition else "",
            "",
        )
        hrefs = self.at(), self.at(choice=self.choice) if self.choice else None, None
        here = 2 if self.definition else 1 if self.choice else 0
        return [
            {"label": names[n], "note": chosen[n], "href": hrefs[n], "current": n == here,
             "state": "done" if n < here else "current" if n == here else "open"}
            for n in range(3)
        ]  # fmt: skip

    @cached_property
    def key(self) -> str:
        """The id of the launch to be: pressing Finish twice makes one."""
        return (self.sent.get("key") if self.sent is not None else None) or new_id()

    @property
    def is_trial(self) -> bool:
        """Whether only a look ahead was asked for."""
        return self.sent is not None and self.sent.get("go") == "try"

    def finish(self) -> Launch:
        """Launch in the running transaction; Undone after a look ahead."""
        details = self.details
        if self.is_trial:
            self.made.extend(_made(details, self.by))
            raise Undone
        assert self.definition is not None
        return service.launch(self.definition, self.source, details.inputs, by=self.by, key=self.key)

    def leads_to(self, launch: Launch) -> str:
        """Where to go after Finish: the record it was launched from, else the first one that was made."""
        if self.source is None and launch.created_records:
            first: Any = launch.created_records
            return str(record_href(first[0]["table"], first[0]["sys_id"]))
        return str(self.back)


@dataclass(frozen=True)
class Trial:
    """Trying a subflow on an engagement; it has no `key`, since nothing is launched."""

    by: Actor
    flow: Subflow
    source: Record | None
    arguments: Mapping[str, str]
    sent: Sent | None = None
    problems: Sequence[Problem] = ()
    made: list[Item] = field(default_factory=list)
    key: str = ""

    @property
    def title(self) -> str:
        """What the page is called."""
        return _("Try: %(name)s", name=self._name)

    @property
    def _name(self) -> str:
        return label(Label(self.flow.name, self.flow.name_fr or self.flow.name))

    @property
    def crumbs(self) -> list[dict[str, str | None]]:
        """Back to the subflow."""
        first = {"label": label(Subflow.__sheet__.plural), "href": list_href(Subflow)}
        return [first, {"label": self._name, "href": self.back}, {"label": _("Try")}]

    @property
    def back(self) -> str | None:
        """Where leaving leads."""
        return record_href("sys_hub_flow", self.flow.sys_id)

    @property
    def chosen(self) -> RecordForm:
        """The field that chooses the engagement."""
        step = Step("engagement", Label("Engagement", "Engagement"), {}, bool, ("engagement",))
        return RecordForm(BlueprintRecord, self.by.for_system(), start=self.arguments, step=step)

    @cached_property
    def details(self) -> Details:
        """What the subflow asks."""
        return Details(self.by, self.flow, self.source, self.sent, self.problems, _("Details"))

    def look_ahead(self) -> None:
        """Run it in the running transaction, tell what was made, and take it back."""
        self.made.extend(_made(self.details, self.by))
        raise Undone


def _titled(definition: Definition) -> str:
    return label(Label(definition.title, definition.title_fr or definition.title))


def _makes(flow: str) -> str:
    """The kinds of records that a subflow makes, in its order, each with how many at most."""
    kinds = Counter(step.subject for step in service.recipe_of(flow).steps if step.deed == "create")
    sheets = {name: RECORDS[name].__sheet__ for name in kinds}
    parts = [label(sheets[name].label) if n == 1 else f"{n} × {label(sheets[name].label)}" for name, n in kinds.items()]
    return " · ".join(parts)


def _made(details: Details, by: Actor) -> list[Item]:
    """The records that would be made: what kind, and what they would be called."""
    found = service.look_ahead(details.flow.sys_id, details.source, details.inputs, by=by)
    return [Item(label(type(one).__sheet__.label), title_of(one), "") for one in found]
