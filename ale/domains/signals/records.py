"""Risk signals and issues, as far as the onboarding shows them."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from ale.domains.onboarding.records import TaskPriority
from ale.foundation.choice import Choice
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Section, Sheet
from ale.foundation.work import WorkItem, closing, days_until

OVER = ("closed", "canceled")


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


class RiskSignal(WorkItem):
    """A sign that an onboarding or an account may not go as planned."""

    __tablename__ = "sn_acct_lc_risk_signal_issue"

    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account")
    onboarding_case: Mapped[str | None] = reference(
        "Onboarding case", "Dossier d’intégration", to="sn_acct_lc_onb_case", within="account",
        required_when=lambda row: row["scope"] == Scope.ONBOARDING,
    )  # fmt: skip
    short_description: Mapped[str] = field("Short description", "Description brève", max_length=160)
    state: Mapped[SignalState] = field("State", "État", default=SignalState.NEW)
    risk_or_issue: Mapped[RiskOrIssue] = field("Risk or issue", "Risque ou problème", default=RiskOrIssue.RISK)
    scope: Mapped[Scope] = field("Scope", "Périmètre", default=Scope.ONBOARDING)
    probability: Mapped[Probability] = field("Probability", "Probabilité")
    priority: Mapped[TaskPriority] = field("Priority", "Priorité", default=TaskPriority.LOW)
    due_date: Mapped[datetime | None] = field("Due date", "Date d’échéance")

    __sheet__ = Sheet(
        label=Label("Risk signal and issue", "Signal de risque et problème"),
        plural=Label("Risk signals and issues", "Signaux de risque et problèmes"), display="short_description",
        columns=("number", "short_description", "account", "state", "probability", "priority", "due_date"),
        prefix="RISKS", order="number", filters=("state", "probability", "account", "scope"),
        search=("number", "short_description"),
        form=(
            Section.of("Signal", "Signal", "number", "short_description", "account", "onboarding_case", "assigned_to",
                       "risk_or_issue", "scope", "probability"),
            Section.of("Progress", "Avancement", "state", "priority", "due_date", "days_remaining"),
            Section.of("Details", "Détails", "description", "watch_list", "work_notes_list"),
            Section.of("Closure", "Clôture", "close_notes", "closed_at", "closed_by"),
        ),
        derive=(closing(OVER),), domain_of="account", journals=("work_notes",),
        calculated=(days_until("due_date", "Days remaining", "Jours restants"),),
        access=Access(
            read=("sn_acct_lc.risk_signal_issue_read",), create=("sn_acct_lc.risk_signal_issue_write",),
            write=("sn_acct_lc.risk_signal_issue_write",), delete=("sn_acct_lc.risk_signal_issue_delete",),
        ),
        icon="alert-triangle",
    )  # fmt: skip
