"""The onboarding case and its tasks; `teams` beside it holds who works on them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, func, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.accounts.records import CUSTOMER, Account
from ale.domains.onboarding import rules
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.db import session
from ale.foundation.field import Facts, Values, field, reference
from ale.foundation.kin import follows, held
from ale.foundation.label import Label
from ale.foundation.record import Access, Section, Sheet, Step
from ale.foundation.work import WorkItem, closing, days_until

AGENT = ("sn_acct_lc.agent",)
AGENT_AND_CUSTOMER = ("sn_customerservice.customer", "sn_acct_lc.agent")
TASK_READ = ("sn_customerservice.customer", "sn_ti_core.read")
ORIGINS = ("sn_acct_lc_success_case", "sn_acct_lc_onb_case")
WHOLE_ACCOUNT = ("sn_customerservice.customer_case_manager", "sn_customerservice.customer_admin")


class Priority(Choice):
    CRITICAL = "1", "Critical", "Critique"
    HIGH = "2", "High", "Élevée"
    MODERATE = "3", "Moderate", "Modérée"
    LOW = "4", "Low", "Faible"


class TaskPriority(Choice):
    CRITICAL = "1", "Critical", "Critique"
    HIGH = "2", "High", "Élevée"
    MEDIUM = "3", "Medium", "Moyenne"
    LOW = "4", "Low", "Faible"
    VERY_LOW = "5", "Very low", "Très faible"


class CaseState(Choice):
    NEW = "new", "New", "Nouveau"
    UNASSIGNED = "unassigned", "Unassigned", "Non affecté"
    ACTIVE = "active", "Active", "Actif"
    BLOCKED = "blocked", "Blocked", "Bloqué"
    CLOSED = "closed", "Closed", "Fermé"
    CANCELED = "canceled", "Canceled", "Annulé"


class CaseStage(Choice):
    NOT_STARTED = "not_started", "Not started", "Non démarré"
    ON_TRACK = "on_track", "On track", "En bonne voie"
    AT_RISK = "at_risk", "At risk", "À risque"
    PAUSED = "paused", "Paused", "En pause"
    FINISHED = "finished", "Finished", "Terminé"


class ServiceExchange(Choice):
    NOT_REQUIRED = "not_required", "Not required", "Non requise"
    REMOTE_CATALOG = "remote_catalog", "Remote catalog", "Catalogue distant"
    REMOTE_TASK = "remote_task", "Remote task", "Tâche distante"
    FOUNDATION_DATA_SYNC = "foundation_data_sync", "Foundation data sync", "Synchronisation des données de base"


class OnboardingType(Choice):
    PHASED = "phased", "Phased", "Par phases"
    FULL = "full", "Full", "Complète"


class Resolution(Choice):
    SUCCESSFUL_NO_ISSUES = "successful_no_issues", "Successful - no issues", "Réussi - sans problème"
    SUCCESSFUL_WITH_ISSUES = "successful_with_issues", "Successful - with issues", "Réussi - avec problèmes"
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful - unable to complete", "Échec - impossible à terminer"
    VOIDED = "voided", "Voided / canceled", "Annulé / sans suite"


class TaskState(Choice):
    OPEN = "open", "Open", "Ouvert", "1"
    AWAITING_CUSTOMER = "awaiting_customer", "Awaiting customer", "En attente du client", "10"
    AWAITING_INTERNAL = "awaiting_internal", "Awaiting internal", "En attente interne", "11"
    IN_PROGRESS = "in_progress", "In progress", "En cours", "2"
    REVIEW = "review", "Review", "En revue", "6"
    CLOSED = "closed", "Closed", "Fermé", "3"
    CANCELED = "canceled", "Canceled", "Annulé", "4"


class TaskType(Choice):
    DATA_CAPTURE = "data_capture", "Data capture", "Capture de données"
    RISK_MITIGATION = "risk_mitigation", "Risk mitigation", "Atténuation du risque"
    DEVELOPMENT = "development", "Development", "Développement"
    TRAINING = "training", "Training", "Formation"
    TESTING = "testing", "Testing", "Test"


def _case_rows(record_type: Any, by: Actor) -> ColumnElement[bool] | None:
    """A customer sees the cases of the own contact; a case manager those of the whole account."""
    if not by.is_customer:
        return None
    own = record_type.account == by.account
    return own if by.has(*WHOLE_ACCOUNT) else and_(own, record_type.contact == by.contact)


def _task_rows(record_type: Any, by: Actor) -> ColumnElement[bool] | None:
    """As for cases, and only what is marked visible to the customer."""
    rows = _case_rows(record_type, by)
    return None if rows is None else and_(rows, record_type.visible_to_customer.is_(True))


def _open_tasks(rows: Sequence[Values]) -> Sequence[Values]:
    ids = [row["sys_id"] for row in rows]
    counts = dict(
        session.execute(
            select(CaseTask.parent, func.count())
            .where(CaseTask.parent.in_(ids), CaseTask.state.not_in(rules.TASK_OVER))
            .group_by(CaseTask.parent)
        ).all()
    )
    return [{"open_tasks": counts.get(key, 0)} for key in ids]


def _named_after_account(values: Values, before: Values | None) -> Values:
    """ONB-04: a case without short description is called after its account."""
    if values.get("short_description") or not values.get("account"):
        return {}
    account = session.get(Account, values["account"])
    return {"short_description": f"Onboarding for {account.name}"[:160]} if account else {}


def _account_of_origin(values: Values, before: Values | None) -> Values:
    """ONB-02: a case that is made from another one has the account of that one, and keeps where it came from."""
    if before is not None:
        return {"origin_case": before["origin_case"]}
    if not values.get("origin_case"):
        return {}
    return next(filter(None, (held(table, values["origin_case"], "account") for table in ORIGINS)), {"account": None})


class OnboardingCase(WorkItem):
    """One onboarding of an account, led through by a playbook."""

    __tablename__ = "sn_acct_lc_onb_case"

    account: Mapped[str] = reference("Account", "Compte", to="customer_account", customer=True)
    parent: Mapped[str | None] = reference("Parent", "Parent", to="sn_acct_lc_onb_case", within="account")
    origin_case: Mapped[str | None] = field("Originating case", "Dossier d’origine", max_length=32)
    short_description: Mapped[str | None] = field(
        "Short description", "Description brève", max_length=160, customer=True
    )
    contact: Mapped[str | None] = reference(
        "Contact", "Contact", to="customer_contact", within="account", customer=True
    )
    service_exchange_integration: Mapped[ServiceExchange | None] = field(
        "Service Exchange integration", "Intégration Service Exchange"
    )
    onboarding_type: Mapped[OnboardingType | None] = field("Type", "Type", default=OnboardingType.FULL, customer=True)
    go_live_date: Mapped[date | None] = field(
        "Go live date", "Date de mise en service", customer=True, read_roles=AGENT_AND_CUSTOMER
    )
    state: Mapped[CaseState] = field("State", "État", default=CaseState.NEW, customer=True)
    stage: Mapped[CaseStage] = field(
        "Stage", "Étape", default=CaseStage.NOT_STARTED, customer=True, read_roles=AGENT_AND_CUSTOMER
    )
    priority: Mapped[Priority] = field("Priority", "Priorité", default=Priority.MODERATE, customer=True)
    products: Mapped[list[str]] = reference(
        "Products", "Produits", to="sn_install_base_sold_product", many=True, within="account", customer=True,
        customer_if="products_customer_visible", read_roles=AGENT_AND_CUSTOMER,
    )  # fmt: skip
    products_customer_visible: Mapped[bool] = field(
        "Products visible to customer", "Produits visibles du client", default=False
    )
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    resolution_code: Mapped[Resolution | None] = field(
        "Resolution code", "Code de résolution", required_when=rules.is_over
    )
    close_notes: Mapped[str | None] = mapped_column(
        Text, info={"facts": Facts(Label("Close notes", "Notes de clôture"), required_when=rules.is_over)}
    )

    __sheet__ = Sheet(
        label=Label("Account onboarding case", "Dossier d’intégration de compte"),
        plural=Label("Account onboarding cases", "Dossiers d’intégration"), display="number", prefix="ALEONB",
        columns=("number", "account", "parent", "short_description", "priority", "state", "stage", "go_live_date"),
        order="number", filters=("state", "stage", "priority", "assigned_to", "account"),
        search=("number", "short_description"),
        form=(
            Section.of("Case", "Dossier", "number", "short_description", "account", "contact", "assigned_to",
                       "priority"),
            Section.of("Onboarding", "Intégration", "onboarding_type", "service_exchange_integration", "go_live_date",
                       "state", "stage", "days_remaining"),
            Section.of("Details", "Détails", "description", "products", "products_customer_visible", "parent", "squad"),
            Section.of("People informed", "Personnes informées", "watch_list", "work_notes_list"),
            Section.of("Closure", "Clôture", "resolution_code", "close_notes", "closed_at", "closed_by"),
        ),
        flow=(
            Step("activate", Label("Activate", "Activer"), {"state": CaseState.ACTIVE},
                 lambda row: row["state"] in ("new", "unassigned")),
            Step("close", Label("Close case", "Fermer le dossier"), {"state": CaseState.CLOSED}, rules.is_open,
                 fields=("resolution_code", "close_notes")),
            Step("cancel", Label("Cancel case", "Annuler le dossier"), {"state": CaseState.CANCELED}, rules.is_open,
                 fields=("close_notes",)),
        ),
        derive=(_account_of_origin, _named_after_account, rules.cancelation_is_void, rules.state_follows_stage,
                rules.stage_follows_state, rules.reopening_clears_closure, closing(rules.CASE_OVER)),
        check=(rules.finished_needs_closure, rules.closes_without_open_tasks, rules.account_from_origin_stays,
               rules.origin_is_there),
        needs=_open_tasks, domain_of="account", journals=("comments", "work_notes"),
        calculated=(days_until("go_live_date", "Days before go-live", "Jours avant la mise en service", customer=True,
                               read_roles=AGENT_AND_CUSTOMER),),
        access=Access(
            read=("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer"), create=AGENT, write=AGENT,
            delete=("sn_ti_core.delete",), customer_read=CUSTOMER, customer_write=CUSTOMER, rows=_case_rows,
        ),
        icon="briefcase",
    )  # fmt: skip


class CaseTask(WorkItem):
    """A task of an onboarding, for agents or for the customer."""

    __tablename__ = "sn_ti_core_task"

    sys_class_name: Mapped[str] = mapped_column(String(80))

    parent: Mapped[str] = reference("Onboarding case", "Dossier d’intégration", to="sn_acct_lc_onb_case", customer=True)
    account: Mapped[str | None] = reference("Account", "Compte", to="customer_account", customer=True)
    company: Mapped[str | None] = reference(
        "Company", "Société", to="customer_account", read_only=True, customer=True, read_roles=TASK_READ
    )
    contact: Mapped[str | None] = reference(
        "Contact", "Contact", to="customer_contact", within="account", customer=True
    )
    subject: Mapped[str] = field("Subject", "Objet", max_length=160, customer=True)
    type: Mapped[TaskType] = field("Type", "Type", default=TaskType.DATA_CAPTURE, customer=True)
    state: Mapped[TaskState] = field(
        "State", "État", default=TaskState.OPEN, customer=True, customer_sets=("in_progress", "review")
    )
    progress: Mapped[CaseStage] = field(
        "Progress", "Avancement", default=CaseStage.NOT_STARTED, customer=True, read_roles=TASK_READ
    )
    priority: Mapped[TaskPriority] = field(
        "Priority", "Priorité", default=TaskPriority.LOW, customer=True, read_roles=TASK_READ
    )
    due_date: Mapped[datetime | None] = field("Due date", "Date d’échéance", customer=True, read_roles=TASK_READ)
    visible_to_customer: Mapped[bool] = field("Visible to customer", "Visible du client", default=False)
    responsibility: Mapped[str | None] = reference(
        "Responsibility", "Responsabilité", to="sn_customerservice_responsibility_def"
    )
    squad: Mapped[list[str]] = reference("Squad", "Équipe dédiée", to="sn_acct_lc_squad_member", many=True)
    playbook_activity: Mapped[str | None] = reference(
        "Playbook activity", "Activité du playbook", to="sys_pd_activity_context", constrained=False, read_only=True
    )

    __sheet__ = Sheet(
        label=Label("Account lifecycle task", "Tâche du cycle de vie du compte"),
        plural=Label("Account lifecycle tasks", "Tâches du cycle de vie du compte"), display="number", prefix="ALETSK",
        columns=("number", "subject", "account", "type", "state", "progress", "due_date", "assigned_to"),
        order="number", filters=("state", "type", "assigned_to", "account", "visible_to_customer"),
        search=("number", "subject"),
        form=(
            Section.of("Task", "Tâche", "number", "subject", "parent", "account", "contact", "assigned_to", "type"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "due_date", "days_remaining",
                       "visible_to_customer", "responsibility"),
            Section.of("Details", "Détails", "description", "squad", "watch_list", "work_notes_list"),
            Section.of("Closure", "Clôture", "close_notes", "closed_at", "closed_by"),
        ),
        flow=(
            Step("start", Label("Start", "Démarrer"), {"state": TaskState.IN_PROGRESS},
                 lambda row: row["state"] == "open"),
            Step("close", Label("Close task", "Fermer la tâche"), {"state": TaskState.CLOSED}, rules.is_open,
                 fields=("close_notes",)),
            Step("cancel", Label("Cancel task", "Annuler la tâche"), {"state": TaskState.CANCELED}, rules.is_open,
                 fields=("close_notes",)),
        ),
        derive=(follows("parent", "sn_acct_lc_onb_case", "account"), rules.progress_follows_state,
                rules.company_is_account, closing(rules.TASK_OVER)),
        check=(rules.progress_fits_state,), domain_of="account", journals=("comments", "work_notes"),
        calculated=(days_until("due_date", "Days remaining", "Jours restants", customer=True, read_roles=TASK_READ),),
        access=Access(
            read=("sn_acct_lc.agent", "sn_ti_core.read"), create=("sn_acct_lc.agent", "sn_ti_core.write"),
            write=("sn_acct_lc.agent", "sn_ti_core.write"), delete=("sn_ti_core.delete",),
            customer_read=CUSTOMER, customer_write=CUSTOMER, rows=_task_rows,
        ),
        icon="list-checks",
    )  # fmt: skip


def open_condition(record_type: Any) -> ColumnElement[bool]:
    """SQL: the work item is neither closed nor canceled."""
    state: ColumnElement[str] = record_type.state
    return state.not_in(rules.CASE_OVER)
