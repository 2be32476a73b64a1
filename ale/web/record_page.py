"""What the page of a record shows beside its form; each part is read when a template asks for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from flask import url_for

from ale.foundation.actor import Actor
from ale.foundation.field import fields_of
from ale.foundation.objections import steps_now
from ale.foundation.reading import may_change
from ale.foundation.record import Record, Step
from ale.foundation.work import journals_for
from ale.web import stream
from ale.web.addresses import MORE, form_href
from ale.web.conflict import Difference, differences
from ale.web.files import Files
from ale.web.forms import RecordForm
from ale.web.language import label
from ale.web.lists import Listing
from ale.web.related import Related
from ale.web.values import BADGES, Shown, shown, title_of

FACTS = 5

Reply = tuple[str, str, Callable[[], str]]
"""A text ready for a comment: its key, its name, and how to write it."""

REPLIES: list[Callable[[Record, Actor], Sequence[Reply]]] = []
"""Who knows texts for the comments of a record; the door of such texts adds it once."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends along with a record: the steps that end it, what is said before one is taken, and afterwards."""

    steps: tuple[str, ...]
    before: str
    after: str


ENDINGS: list[Callable[[Record], Ending | None]] = []
"""Who knows what ends along with a record; the door of such a thing adds it once."""


def endings(record: Record) -> list[Ending]:
    """What ends along with a record as it stands now."""
    return [ending for known in ENDINGS if (ending := known(record))]


@dataclass(frozen=True)
class RecordPage:
    """The page of a stored record; `arguments` of its address: list (that it was opened from), related
    (the tab), reply (a response template)."""

    form: RecordForm
    arguments: Mapping[str, str] = field(default_factory=dict)
    in_conflict: bool = False
    based_on: int | None = None

    @property
    def record(self) -> Record:
        """The record."""
        return self.form.stored

    @property
    def by(self) -> Actor:
        """Who looks at it."""
        return self.form.by

    @property
    def title(self) -> str:
        """What the record is called."""
        return title_of(self.record)

    @property
    def type_label(self) -> str:
        """What kind of record it is."""
        return label(self.record.__sheet__.label)

    @property
    def plural(self) -> str:
        """What many of its kind are called."""
        return label(self.record.__sheet__.plural)

    @cached_property
    def _columns(self) -> list[Shown]:
        return shown(self.record, self.record.__sheet__.columns, self.by)

    @property
    def state(self) -> Shown | None:
        """The first value that reads as a badge."""
        return next((one for one in self._columns if one.name in BADGES and one.value), None)

    @property
    def facts(self) -> list[Shown]:
        """A few values that stand under the title."""
        said = {self.record.__sheet__.display, self.state.name if self.state else ""}
        return [one for one in self._columns if one.value and one.name not in said and not one.long][:FACTS]

    @property
    def steps(self) -> list[Step]:
        """The steps of the flow that can be taken now."""
        return steps_now(self.record, self.by)

    @property
    def warnings(self) -> list[str]:
        """What taking the step of the form ends besides."""
        name = self.form.step.name if self.form.step else ""
        return [one.before for one in endings(self.record) if name in one.steps]

    @property
    def more(self) -> list[tuple[str, str, bool]]:
        """Further buttons: text, address, whether it posts."""
        return [
            (label(text), url_for(endpoint, sys_id=self.record.sys_id), changes)
            for text, endpoint, changes, roles in MORE.get(type(self.record), [])
            if self.by.has(*roles) and (not changes or may_change(self.record, self.by))
        ]

    @property
    def can_remove(self) -> bool:
        """Whether the actor may delete the record."""
        return may_change(self.record, self.by, "delete")

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What happened to it."""
        return stream.entries(self.record, self.by)

    @property
    def journals(self) -> tuple[str, ...]:
        """The journals the actor may write to."""
        return journals_for(self.record, self.by)

    @cached_property
    def _replies(self) -> Sequence[Reply]:
        sources = REPLIES if "comments" in self.journals else ()
        return [one for known in sources for one in known(self.record, self.by)]

    @property
    def replies(self) -> list[tuple[str, str]]:
        """The response templates for a comment (SUC-18): name, and the address at which it is written."""
        return [(name, f"{self.address}?reply={key}") for key, name, _text in self._replies]

    @property
    def draft(self) -> str:
        """What the box for a new entry begins with: the response template that was chosen."""
        chosen = self.arguments.get("reply")
        return next((text() for key, _name, text in self._replies if key == chosen), "")

    @property
    def files(self) -> Files:
        """What hangs on it."""
        return Files(self.record, self.by)

    @cached_property
    def related(self) -> Related:
        """What refers to it."""
        return Related(self.record, self.by, self.arguments.get("related", ""))

    @property
    def version(self) -> int | None:
        """The version the next save builds on; the answer to a conflict shows what is stored, so it builds on that."""
        if self.based_on is not None:
            return self.based_on
        return self.record.sys_mod_count if self.in_conflict else self.form.base_version

    @cached_property
    def differences(self) -> list[Difference]:
        """What somebody else stored meanwhile; empty unless a save met a conflict."""
        return differences(self.form, self.record) if self.in_conflict else []

    @cached_property
    def listing(self) -> Listing:
        """The list it was opened from."""
        return Listing(type(self.record), self.by, dict(parse_qsl(self.arguments.get("list", ""))))

    @cached_property
    def neighbours(self) -> tuple[str | None, str | None]:
        """The addresses of the records before and after it in that list."""
        before, after = self.listing.neighbours(self.record)
        kept = {"list": self.arguments["list"]} if self.arguments.get("list") else {}
        return form_href(type(self.record), before, **kept), form_href(type(self.record), after, **kept)

    @property
    def address(self) -> str | None:
        """The address of its form."""
        return form_href(type(self.record), self.record.sys_id)

    @property
    def information(self) -> list[dict[str, str]]:
        """Who made and changed it, and when."""
        names = ("sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count")
        known = fields_of(type(self.record))
        return [
            {"label": one.label, "value": one.value}
            for one in shown(self.record, [name for name in names if name in known], self.by)
        ]
