"""One deed for many records of a list: what it asks for, what would come of it, and doing it.

The deed takes the way of a single record each time, so the same rules hold; a record that is refused hinders no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from flask_babel import gettext as _

from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.field import Field, Kind
from ale.foundation.label import Label
from ale.foundation.problem import Conflict, NotVisible, Problem, Rejected, sentence
from ale.foundation.reading import may, may_set, readable_fields, visible
from ale.foundation.record import Record, Step
from ale.web.addresses import form_href
from ale.web.forms import RecordForm, Sent
from ale.web.language import label, locale
from ale.web.lists import Listing
from ale.web.values import title_of

MOST = 500
"""Records of one deed: they are changed in one transaction, for which others wait."""

CHANGE, REMOVE = "change-fields", "delete"
_CHOSEN = (Kind.CHOICE, Kind.REFERENCE, Kind.DATE, Kind.DATETIME)
TOO_MANY = sentence("Choose at most {most} records at a time; narrow the list first.")


class Undone(Exception):
    """A trial has shown what would come of the deed: nothing of it is to stay."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that stays as it is, and why."""

    title: str
    href: str | None
    why: str


def deeds_of(record_type: type[Record], by: Actor) -> list[Step]:
    """What `by` may do to many records of this type at once; what only looks like a step has no flow behind it."""
    found = []
    if may(record_type, "write", by):
        found = list(record_type.__sheet__.flow)
        if names := tuple(item.name for item in _settable(record_type, by)):
            found.append(Step(CHANGE, Label("Change fields", "Modifier des champs"), {}, lambda _row: True, names))
    if may(record_type, "delete", by):
        found.append(Step(REMOVE, Label("Delete", "Supprimer"), {}, lambda _row: True))
    return found


def _settable(record_type: type[Record], by: Actor) -> list[Field]:
    """The fields that make sense for many records: of few values, and not decided by the steps of a flow."""
    of_steps = {name for step in record_type.__sheet__.flow for name in step.sets}
    on_form = {name for part in record_type.__sheet__.form for name in part.fields}
    known = readable_fields(record_type, by).values()
    return [
        one
        for one in known
        if one.kind in _CHOSEN and one.name in on_form - of_steps and may_set(one, by) and not one.facts.visible_when
    ]


class Batch:
    """A deed for the records that a list sent: `rows` by their sys_ids, or with `all` whatever the list holds.

    `do` names the deed, `go` how far: empty asks, "try" looks ahead, "apply" does it. NotVisible for a deed that is
    not open to `by`; Rejected (TOO_MANY).
    """

    def __init__(self, record_type: type[Record], by: Actor, sent: Sent) -> None:
        self.record_type, self.by, self.sent = record_type, by, sent
        self.refused: list[Refused] = []
        self.is_tried = False

    @cached_property
    def step(self) -> Step:
        """The deed."""
        found = next((one for one in deeds_of(self.record_type, self.by) if one.name == self.sent.get("do")), None)
        if found is None:
            raise NotVisible
        return found

    @cached_property
    def listing(self) -> Listing:
        """The list that it was chosen in."""
        return Listing(self.record_type, self.by, dict(parse_qsl(self.sent.get("list", ""))))

    @cached_property
    def keys(self) -> Sequence[str]:
        """The records, in the order of their ids."""
        key = self.record_type.sys_id
        rows = self.listing.statement if self.takes_all else visible(self.record_type, self.by)
        if not self.takes_all:
            rows = rows.where(key.in_(self.sent.getlist("rows")[: MOST + 1]))
        found = session.scalars(rows.with_only_columns(key).order_by(None).order_by(key).limit(MOST + 1)).all()
        if len(found) > MOST:
            raise Rejected([Problem("TOO_MANY", TOO_MANY, most=MOST)])
        return found

    @property
    def takes_all(self) -> bool:
        return bool(self.sent.get("all"))

    @property
    def is_kept(self) -> bool:
        """Whether the deed is to be done, not only tried."""
        return self.sent.get("go") == "apply"

    @property
    def is_removal(self) -> bool:
        return self.step.name == REMOVE

    @cached_property
    def form(self) -> RecordForm:
        """What the deed asks for, with what was filled in so far."""
        return RecordForm(self.record_type, self.by, sent=self.sent if self.sent.get("go") else None, step=self.step)

    @property
    def controls(self) -> list[dict[str, Any]]:
        """The fields to fill; of those to change, the ones left empty stay as they are in every record."""
        found = [control for part in self.form.sections for control in part.fields]
        if self.step.name != CHANGE:
            return found
        empty: dict[str, Any] = {"required": False} | ({} if self.sent.get("go") else {"value": "", "display": ""})
        return [control | {name: value for name, value in empty.items() if name in control} for control in found]

    @property
    def given(self) -> dict[str, Any]:
        """What was filled in."""
        return {name: value for name, value in self.form.typed.items() if value not in (None, "", [])}

    @property
    def done(self) -> int:
        """How many records the deed changes."""
        return len(self.keys) - len(self.refused)

    def run(self) -> None:
        """Do the deed in the running transaction; Undone when it is only tried. A deed that asks first does nothing."""
        if not self.sent.get("go") and self.step.fields:
            return
        if self.step.name == CHANGE and not self.given:
            return
        for record in self._records():
            try:
                with session.begin_nested():
                    self._do(record)
            except Rejected as error:
                reasons = dict.fromkeys(problem.text(_, locale()) for problem in error.problems)
                self._refuse(record, " ".join(reasons))
            except Conflict:
                self._refuse(record, _("Somebody else changed this meanwhile"))
        self.is_tried = True
        if not self.is_kept:
            raise Undone

    def _records(self) -> Sequence[Record]:
        kind = self.record_type
        chosen = visible(kind, self.by).where(kind.sys_id.in_(self.keys)).order_by(kind.sys_id)
        return session.scalars(chosen).all()

    def _do(self, record: Record) -> None:
        if self.is_removal:
            changes.remove(record, by=self.by)
        elif self.step.name == CHANGE:
            changes.save(record, self.given, by=self.by)
        else:
            changes.move(record, self.step.name, self.given, by=self.by)

    def _refuse(self, record: Record, why: str) -> None:
        session.expire(record)
        self.refused.append(Refused(title_of(record), form_href(type(record), record.sys_id), why))

    @property
    def label(self) -> str:
        """What the deed is called."""
        return label(self.step.label)
