"""What the records of customer success have in common."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped

from ale.domains.onboarding.records import TaskPriority
from ale.domains.success import rules
from ale.domains.success.choices import Progress
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Derive, Section, Step
from ale.foundation.work import Closable, closing

CUSTOMER = ("sn_acct_lc.ale_success_customer",)


class SuccessItem(Closable):
    """Work below an engagement: its account is that of the record it hangs on."""

    __abstract__ = True

    account: Mapped[str | None] = reference(
        "Account", "Compte", to="customer_account", read_only=True, customer=True
    )  # fmt: skip
    priority: Mapped[TaskPriority] = field("Priority", "Priorité", default=TaskPriority.LOW, customer=True)
    progress: Mapped[Progress] = field("Progress", "Avancement", default=Progress.NOT_STARTED, customer=True)


class CaseItem(SuccessItem):
    """Work that the customer looks at and comments on."""

    __abstract__ = True

    contact: Mapped[str | None] = reference(
        "Contact", "Contact", to="customer_contact", within="account", customer=True
    )
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    due_date: Mapped[datetime | None] = field("Due date", "Date d’échéance", customer=True)


CLOSURE: tuple[Derive, ...] = (
    rules.cancelation_names_itself,
    rules.reopening_clears_closure,
    closing(rules.OVER),
)
"""What follows when work is closed, canceled or opened again."""

CLOSED = Section.of("Closure", "Clôture", "closure_code", "close_notes", "closed_at", "closed_by")
INFORMED = Section.of("People informed", "Personnes informées", "watch_list", "work_notes_list")
JOURNALS = ("comments", "work_notes")
SIGNALS = "sn_acct_lc_risk_signal_issue.source_record"
"""What points to a record as the source of a risk signal."""


def ending(what: Label) -> tuple[Step, ...]:
    """The steps that close and cancel a record, with what they ask for."""
    asked = ("closure_code", "close_notes")
    return (
        Step("close", Label(f"Close {what.en}", f"Fermer {what.fr}"), {"state": "closed"}, rules.is_open, asked),
        Step("cancel", Label(f"Cancel {what.en}", f"Annuler {what.fr}"), {"state": "canceled"}, rules.is_open, asked),
    )


def granted(name: str, **further: Any) -> Access:
    """The rights of the roles `sn_acct_lc.NAME_read`, `_write` and `_delete`."""
    read, write, delete = ((f"sn_acct_lc.{name}_{deed}",) for deed in ("read", "write", "delete"))
    return Access(read=read, create=write, write=write, delete=delete, **further)
