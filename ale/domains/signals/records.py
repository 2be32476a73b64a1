"""Risk signals and issues of onboardings and engagements, and what answers them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.onboarding.records import TaskPriority
from ale.domains.signals import rules
from ale.domains.success.items import CLOSED, CLOSURE, INFORMED, ending, granted
from ale.domains.success.rules import OVER, closure_is_told
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, document, field, reference
from ale.foundation.kin import follows, held
from ale.foundation.label import Label
from ale.foundation.problem import sentence
from ale.foundation.record import RECORDS, Access, Calculated, Record, Section, Sheet, Step
from ale.foundation.work import Closable, days_until

__all__ = ("OVER", "Occurrence", "Probability", "RiskSignal", "Solution")


SOURCES = (
    "sn_acct_lc_engagement", "sn_acct_lc_success_objective", "sn_acct_lc_success_outcome",
    "sn_acct_lc_success_initiative", "sn_acct_lc_success_case", "sn_acct_lc_success_task", "sn_acct_lc_touchpoint",
    "sn_acct_lc_internal_play", "sn_acct_lc_internal_play_task", "sn_acct_lc_onb_case", "sn_ti_core_task",
)  # fmt: skip
"""Where a signal is expected to come from: offered, and shown with their signals."""


class SignalState(Choice):
    NEW = "new", "New", "Nouveau"
    ACTIVE = "active", "Active", "Actif"
    CANCELED = "canceled", "Canceled", "Annulé"
    CLOSED = "closed", "Closed", "Fermé"


class RiskOrIssue(Choice):
    RISK = "risk", "Risk", "Risque"
    ISSUE = "issue", "Issue", "Problème"


class Scope(Choice):
    ONBOARDING = "onboarding", "Onboarding", "Intégration"
    ADOPTION = "adoption", "Adoption", "Adoption"
    EXPANSION = "expansion", "Expansion", "Expansion"
    RENEWAL = "renewal", "Renewal", "Renouvellement"


class Probability(Choice):
    VERY_HIGH = "very_high", "Very high", "Très élevée"
    HIGH = "high", "High", "Élevée"
    MODERATE = "moderate", "Moderate", "Modérée"
    LOW = "low", "Low", "Faible"
    VERY_LOW = "very_low", "Very low", "Très faible"


class Tracking(Choice):
    MANUAL = "manual", "Manual", "Manuel"
    AUTOMATED = "automated", "Automated", "Automatisé"
    INTEGRATION = "integration", "Integration", "Intégration"


def _sources(rows: Sequence[Values]) -> Sequence[Values]:
    """Whether the source of each row is there. Nothing is taken over from it, so it need not be held (see `kin`)."""
    named = [(RECORDS.get(row.get("source_table") or ""), row.get("source_record")) for row in rows]
    return [{"source_found": bool(kind and key and session.get(kind, key))} for kind, key in named]


class RiskSignal(Closable):
    """A sign that an onboarding or an account may not go as planned, or already does not."""

    __tablename__ = "sn_acct_lc_risk_signal_issue"

    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account", read_only=True)
    engagement: Mapped[str | None] = reference(
        "Engagement", "Engagement", to="sn_acct_lc_engagement", required_when=rules.needs_an_engagement
    )
    onboarding_case: Mapped[str | None] = reference(
        "Onboarding case", "Dossier d’intégration", to="sn_acct_lc_onb_case", within="account"
    )
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160)
    description: Mapped[str] = field("Description", "Description", long=True)
    reported_by: Mapped[str | None] = reference("Reported by", "Signalé par", to="sys_user")
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    state: Mapped[SignalState] = field("State", "État", default=SignalState.NEW)
    risk_or_issue: Mapped[RiskOrIssue] = field("Risk or issue", "Risque ou problème", default=RiskOrIssue.RISK)
    tracking_method: Mapped[Tracking] = field("Tracking method", "Méthode de suivi", default=Tracking.MANUAL)
    source_table: Mapped[str | None] = field("Table", "Table", max_length=80, format="table_name")
    source_record: Mapped[str | None] = document(
        "Source record", "Enregistrement source", *SOURCES, table_in="source_table",
        hint=Label("The record that this signal comes from, of the table beside it.",
                   "L’enregistrement d’où vient ce signal, de la table indiquée à côté."),
    )  # fmt: skip
    cause: Mapped[str | None] = field(
        "Cause", "Cause", max_length=160,
        hint=Label("What the sender calls this risk, in the same words each time; else the short description.",
                   "Nom que l’émetteur donne à ce risque, le même à chaque fois ; sinon la description brève."),
    )  # fmt: skip
    open_cause: Mapped[str | None] = field(
        "Cause as compared", "Cause comparée", max_length=500, read_only=True, hidden=True
    )
    times_seen: Mapped[int] = field("Times seen", "Nombre de constats", default=1, read_only=True)
    last_seen: Mapped[datetime] = field("Last seen", "Dernier constat", default=now, read_only=True)
    scope: Mapped[Scope] = field("Scope", "Périmètre", default=Scope.ADOPTION)
    probability: Mapped[Probability] = field("Probability", "Probabilité")
    priority: Mapped[TaskPriority] = field("Priority", "Priorité", default=TaskPriority.LOW)
    due_date: Mapped[datetime | None] = field("Due date", "Date d’échéance")
    contracts_impacted: Mapped[list[str]] = reference(
        "Contracts impacted", "Contrats concernés", to="ast_contract", many=True, within="account"
    )
    products_impacted: Mapped[list[str]] = reference(
        "Products impacted", "Produits concernés", to="sn_install_base_sold_product", many=True, within="account"
    )

    __sheet__ = Sheet(
        label=Label("Risk signal and issue", "Signal de risque et problème"),
        plural=Label("Risk signal and issue records", "Signaux de risque et problèmes"), display="short_description",
        columns=("number", "short_description", "account", "state", "probability", "priority", "times_seen",
                 "last_seen", "due_date"),
        prefix="RISKS", order="number", filters=("state", "probability", "priority", "account", "scope", "engagement"),
        search=("number", "short_description"),
        form=(
            Section.of("Signal", "Signal", "number", "short_description", "scope", "engagement", "onboarding_case",
                       "account", "risk_or_issue", "probability", "reported_by", "assigned_to"),
            Section.of("Progress", "Avancement", "state", "priority", "due_date", "days_remaining"),
            Section.of("Where it comes from", "D’où il vient", "tracking_method", "source_table", "source_record",
                       "cause", "times_seen", "last_seen"),
            Section.of("What it touches", "Ce qu’il touche", "contracts_impacted", "products_impacted"),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=(
            Step("activate", Label("Activate", "Activer"), {"state": SignalState.ACTIVE},
                 lambda row: row["state"] == "new"),
            *ending(Label("risk signal", "le signal")),
        ),
        derive=(follows("onboarding_case", "sn_acct_lc_onb_case", "account"),
                follows("engagement", "sn_acct_lc_engagement", "account"), *CLOSURE,
                rules.cause_while_open),
        needs=_sources,
        required=sentence("{label} is required to save the risk signal."),
        check=(
            closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this risk "
                         "signal.")),
            rules.source_is_whole,
        ),
        calculated=(days_until("due_date", "Days remaining", "Jours restants"),),
        unique=(("open_cause",),), duplicate=rules.OPEN_CAUSE,
        access=granted("risk_signal_issue"), domain_of="account", journals=("work_notes",), icon="alert-triangle",
    )  # fmt: skip


class Occurrence(Separated, Record):
    """The cause of an open signal was reported again: by whom, how, and what was said this time."""

    __tablename__ = "ale_risk_occurrence"

    risk_signal: Mapped[str] = reference(
        "Risk signal and issue", "Signal de risque et problème", to="sn_acct_lc_risk_signal_issue"
    )
    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account", read_only=True)
    seen_at: Mapped[datetime] = field("Seen", "Constaté le", default=now, read_only=True)
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160)
    description: Mapped[str] = field("Description", "Description", long=True)
    probability: Mapped[Probability] = field("Probability", "Probabilité")
    tracking_method: Mapped[Tracking] = field("Tracking method", "Méthode de suivi", default=Tracking.MANUAL)
    reported_by: Mapped[str | None] = reference("Reported by", "Signalé par", to="sys_user", constrained=False)

    __sheet__ = Sheet(
        label=Label("Risk occurrence", "Nouveau constat"), plural=Label("Risk occurrences", "Nouveaux constats"),
        display="short_description", order="seen_at",
        columns=("short_description", "risk_signal", "seen_at", "probability", "tracking_method", "reported_by"),
        filters=("risk_signal", "tracking_method", "probability"), search=("short_description",),
        form=(Section.of("Occurrence", "Constat", "risk_signal", "account", "short_description", "seen_at",
                         "probability", "tracking_method", "reported_by", "description"),),
        derive=(follows("risk_signal", "sn_acct_lc_risk_signal_issue", "account"),), domain_of="account",
        access=Access(read=("sn_acct_lc.risk_signal_issue_read",)), icon="history",
    )  # fmt: skip


class SolutionTable(Choice):
    INTERNAL_PLAY = "sn_acct_lc_internal_play", "Internal play", "Action interne", "internal_play"
    INTERNAL_PLAY_TASK = (
        "sn_acct_lc_internal_play_task", "Internal play task", "Tâche d’action interne", "internal_play_task",
    )  # fmt: skip
    SUCCESS_CASE = "sn_acct_lc_success_case", "Success case", "Dossier de réussite", "success_case"
    SUCCESS_TASK = "sn_acct_lc_success_task", "Success case task", "Tâche de dossier de réussite", "success_task"


def _accounts(rows: Sequence[Values]) -> Sequence[Values]:
    """The accounts of solution and signal, which stay what they are until the transaction ends."""
    sides = [
        (held(str(row["solution_table"]), row.get("solution_record"), "account"),
         held("sn_acct_lc_risk_signal_issue", row.get("risk_signal"), "account"))
        for row in rows
    ]  # fmt: skip
    return [{"accounts": [one["account"] if one else None for one in pair]} for pair in sides]


def _state_of_solution(values: Values, day: date) -> Choice | None:
    """How far the play, case or task is."""
    record_type: Any = RECORDS[values["solution_table"]]
    state = select(record_type.state).where(record_type.sys_id == values["solution_record"])
    found: Choice | None = session.scalar(state)
    return found


class Solution(Separated, Record):
    """The play, case or task that answers a risk signal; each answers one."""

    __tablename__ = "sn_acct_lc_risk_signal_solution_relationship"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    solution_table: Mapped[SolutionTable] = field(
        "Solution table", "Table de la solution", default=SolutionTable.INTERNAL_PLAY
    )
    solution_record: Mapped[str] = document(
        "Solution record", "Enregistrement de solution", *(one.value for one in SolutionTable),
        table_in="solution_table",
    )  # fmt: skip
    risk_signal: Mapped[str] = reference(
        "Risk signal and issue", "Signal de risque et problème", to="sn_acct_lc_risk_signal_issue"
    )
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Risk signal to solution relationship", "Relation signal de risque - solution"),
        plural=Label("Risk signal to solution relationships", "Relations signal de risque - solution"),
        display="number", prefix="RSSOL",
        columns=("number", "solution_table", "solution_record", "solution_state", "risk_signal"), order="number",
        filters=("solution_table", "risk_signal"), search=("number", "solution_record"),
        form=(Section.of("Solution", "Solution", "number", "risk_signal", "solution_table", "solution_record",
                         "solution_state", "active"),),
        calculated=(Calculated("solution_state", Label("State of the solution", "État de la solution"),
                               _state_of_solution, is_state=True),),
        needs=_accounts, check=(rules.solution_fits,), unique=(("solution_table", "solution_record"),),
        duplicate=rules.DUPLICATE_SOLUTION, access=granted("risk_signal_solution"), domain_of="risk_signal",
        icon="git-branch",
    )  # fmt: skip
