"""Internal plays and their tasks: what the provider does for an engagement and never shows to the customer."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from ale.domains.plays import rules
from ale.domains.success.choices import State
from ale.domains.success.items import CLOSED, CLOSURE, INFORMED, SuccessItem, ending, granted
from ale.domains.success.rules import closure_is_told, progress_follows_closure, stays_with_children
from ale.foundation.field import field, reference
from ale.foundation.kin import children, follows
from ale.foundation.label import Label
from ale.foundation.problem import sentence
from ale.foundation.record import Section, Sheet
from ale.foundation.work import days_until

_PROGRESS = ("state", "progress", "priority", "due_date", "days_remaining")


class InternalPlay(SuccessItem):
    """An internal set of activities for an engagement, or for an account that has none yet."""

    __tablename__ = "sn_acct_lc_internal_play"

    account: Mapped[str | None] = reference(
        "Account", "Compte", to="customer_account", required_when=rules.hangs_on_nothing
    )
    engagement: Mapped[str | None] = reference("Engagement", "Engagement", to="sn_acct_lc_engagement")
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160)
    description: Mapped[str] = field("Description", "Description", long=True)
    parent: Mapped[str | None] = field("Parent", "Parent", max_length=32, format="document_id")
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    state: Mapped[State] = field("State", "État", default=State.NEW)
    due_date: Mapped[datetime | None] = field("Due date", "Date d’échéance")

    __sheet__ = Sheet(
        label=Label("Internal play", "Action interne"), plural=Label("Internal plays", "Actions internes"),
        display="short_description", prefix="INPLY", order="number", search=("number", "short_description"),
        columns=("number", "short_description", "engagement", "account", "state", "progress", "due_date",
                 "assigned_to"),
        filters=("state", "progress", "account", "engagement", "assigned_to"),
        form=(
            Section.of("Internal play", "Action interne", "number", "short_description", "engagement", "account",
                       "assigned_to"),
            Section.of("Progress", "Avancement", *_PROGRESS),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=ending(Label("internal play", "l’action interne")),
        derive=(follows("engagement", "sn_acct_lc_engagement", "account"), *CLOSURE, progress_follows_closure),
        required=sentence("{label} is required to save the internal play."),
        check=(
            closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this internal "
                         "play.")),
            rules.has_no_parent,
            stays_with_children(
                "engagement",
                sentence("The engagement cannot be changed: this internal play already has linked records (internal "
                         "play tasks, risk signals)."), optional=True),
        ),
        needs=children("sn_acct_lc_internal_play", "engagement", "sn_acct_lc_internal_play_task.internal_play",
                       "sn_acct_lc_risk_signal_issue.source_record"),
        calculated=(days_until("due_date", "Days remaining", "Jours restants"),),
        access=granted("internal_play"), domain_of="account", journals=("work_notes",), icon="play",
    )  # fmt: skip


class InternalPlayTask(SuccessItem):
    """A task of an internal play; account and engagement are those of the play."""

    __tablename__ = "sn_acct_lc_internal_play_task"

    engagement: Mapped[str | None] = reference(
        "Engagement", "Engagement", to="sn_acct_lc_engagement", read_only=True
    )  # fmt: skip
    internal_play: Mapped[str] = reference("Internal play", "Action interne", to="sn_acct_lc_internal_play")
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160)
    description: Mapped[str] = field("Description", "Description", long=True)
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    state: Mapped[State] = field("State", "État", default=State.NEW)
    due_date: Mapped[datetime | None] = field("Due date", "Date d’échéance")

    __sheet__ = Sheet(
        label=Label("Internal play task", "Tâche d’action interne"),
        plural=Label("Internal play tasks", "Tâches d’actions internes"), display="short_description", prefix="IPTSK",
        order="number", search=("number", "short_description"),
        columns=("number", "short_description", "internal_play", "account", "state", "progress", "due_date",
                 "assigned_to"),
        filters=("state", "progress", "account", "internal_play", "assigned_to"),
        form=(
            Section.of("Task", "Tâche", "number", "short_description", "internal_play", "engagement", "account",
                       "assigned_to"),
            Section.of("Progress", "Avancement", *_PROGRESS),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=ending(Label("task", "la tâche")),
        derive=(follows("internal_play", "sn_acct_lc_internal_play", "account", "engagement"), *CLOSURE,
                progress_follows_closure),
        required=sentence("{label} is required to save the internal play task."),
        check=(
            closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this internal play "
                         "task.")),
            stays_with_children(
                "internal_play",
                sentence("The internal play cannot be changed: this internal play task already has linked records "
                         "(risk signals).")),
        ),
        needs=children("sn_acct_lc_internal_play_task", "internal_play",
                       "sn_acct_lc_risk_signal_issue.source_record"),
        calculated=(days_until("due_date", "Days remaining", "Jours restants"),),
        access=granted("internal_play_task"), domain_of="account", journals=("work_notes",), icon="list-checks",
    )  # fmt: skip
