"""Work somebody has to do: the columns and habits that cases and tasks share (the `task` of the manual)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped

from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Separated
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.reading import may_change
from ale.foundation.record import Calculated, Record

INTERNAL = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer", "sn_customerservice_agent")


def reads_notes(by: Actor) -> bool:
    """Whether work notes are open to `by`: they are internal, and written by who may read them."""
    return not by.is_customer and by.has(*INTERNAL)


def journals_for(record: Record, by: Actor) -> tuple[str, ...]:
    """The journals of a record that `by` may write to."""
    known = record.__sheet__.journals if may_change(record, by) else ()
    return tuple(one for one in known if one != "work_notes" or reads_notes(by))


class WorkItem(Separated, Record):
    """Number, account, person, lists of watchers, closure."""

    __abstract__ = True

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True, customer=True)
    active: Mapped[bool] = field("Active", "Actif", default=True, read_only=True)
    assigned_to: Mapped[str | None] = reference("Assigned to", "Affecté à", to="sys_user", customer=True)
    description: Mapped[str | None] = field("Description", "Description", long=True, customer=True)
    watch_list: Mapped[list[str]] = reference(
        "Watch list",
        "Liste de suivi",
        to="sys_user",
        many=True,
        read_roles=INTERNAL,
        hint=Label("Told by mail of every update.", "Informés par e-mail de chaque mise à jour."),
    )
    work_notes_list: Mapped[list[str]] = reference(
        "Work notes list",
        "Abonnés aux notes de travail",
        to="sys_user",
        many=True,
        read_roles=INTERNAL,
        hint=Label("Told by mail of every work note.", "Informés par e-mail de chaque note de travail."),
    )
    opened_at: Mapped[datetime] = field("Opened", "Ouvert le", read_only=True, default=now)
    opened_by: Mapped[str | None] = reference(
        "Opened by", "Ouvert par", to="sys_user", read_only=True, constrained=False
    )
    close_notes: Mapped[str | None] = field("Close notes", "Notes de clôture", long=True)
    closed_at: Mapped[datetime | None] = field("Closed", "Fermé le", read_only=True)
    closed_by: Mapped[str | None] = reference(
        "Closed by", "Fermé par", to="sys_user", read_only=True, constrained=False
    )


class ClosureCode(Choice):
    ACHIEVED = "achieved", "Achieved", "Atteint"
    PARTIALLY_ACHIEVED = "partially_achieved", "Partially achieved", "Partiellement atteint"
    MISSED = "missed", "Missed", "Manqué"
    CANCELED = "canceled", "Canceled", "Annulé"


class Closable(WorkItem):
    """Work that ends with a closure code beside its close notes."""

    __abstract__ = True

    closure_code: Mapped[ClosureCode | None] = field("Closure code", "Code de clôture")


def days_until(name: str, en: str, fr: str, **rights: Any) -> Calculated:
    """Calendar days from today to the day in field `name`; negative when late, None without a day (ONB-20)."""

    def compute(values: Values, today: date) -> int | None:
        due = values.get(name)
        if due is None:
            return None
        return ((due.date() if isinstance(due, datetime) else due) - today).days

    return Calculated("days_remaining", Label(en, fr), compute, **rights)


def closing(over: Sequence[str]) -> Any:
    """Derive: entering a state of `over` fills the closure facts and makes the record inactive; leaving clears them."""

    def fill(values: Values, before: Values | None) -> Values:
        is_over, was_over = values["state"] in over, before is not None and before["state"] in over
        if is_over and (before is None or values["state"] != before["state"]):
            return {"closed_at": now(), "active": False}
        if was_over and not is_over:
            return {"closed_at": None, "closed_by": None, "active": True}
        return {}

    return fill
