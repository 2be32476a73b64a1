"""What an engagement plans: objectives, their measurable outcomes, the initiatives that serve them."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Mapped

from ale.domains.accounts.records import of_accounts_below
from ale.domains.success import rules
from ale.domains.success.choices import Driver, EngagementState, InitiativeCategory, Progress, State, TrackingMethod
from ale.domains.success.items import (
    CLOSED,
    CLOSURE,
    CUSTOMER,
    INFORMED,
    JOURNALS,
    SIGNALS,
    CaseItem,
    SuccessItem,
    ending,
    granted,
)
from ale.foundation.field import field, reference
from ale.foundation.kin import children, follows
from ale.foundation.label import Label
from ale.foundation.problem import sentence
from ale.foundation.record import Section, Sheet
from ale.foundation.work import days_until

TRACKED_BY = {
    "indicator_kpi": ("kpi_indicator", Label("Indicator", "Indicateur")),
    "survey": ("survey", Label("Survey", "Enquête")),
    "report": ("report", Label("Report", "Rapport")),
}
"""What each tracking method names: the field and its label."""


class Objective(SuccessItem):
    """Value expected from one or more sold products over a period."""

    __tablename__ = "sn_acct_lc_success_objective"

    assigned_to = None  # an objective has an owner instead

    engagement: Mapped[str] = reference("Engagement", "Engagement", to="sn_acct_lc_engagement", customer=True)
    title: Mapped[str] = field("Title", "Titre", max_length=160, customer=True)
    description: Mapped[str] = field("Description", "Description", long=True, customer=True)
    objective_owner: Mapped[str | None] = reference(
        "Objective owner", "Responsable de l’objectif", to="sys_user", customer=True
    )
    sponsor: Mapped[str | None] = reference(
        "Sponsor", "Commanditaire", to="customer_contact", within="account", customer=True
    )
    products: Mapped[list[str]] = reference(
        "Products", "Produits", to="sn_install_base_sold_product", many=True, within="account", customer=True
    )
    driver: Mapped[Driver | None] = field("Driver", "Facteur déterminant", customer=True)
    state: Mapped[EngagementState] = field("State", "État", default=EngagementState.NEW, customer=True)
    planned_start: Mapped[date | None] = field("Planned start", "Début planifié", customer=True)
    planned_stop: Mapped[date | None] = field("Planned stop", "Fin planifiée", customer=True)

    __sheet__ = Sheet(
        label=Label("Success objective", "Objectif de réussite"),
        plural=Label("Success objectives", "Objectifs de réussite"), display="title", prefix="SOBJ", order="number",
        columns=("number", "title", "engagement", "account", "state", "progress", "planned_stop", "objective_owner"),
        filters=("state", "progress", "driver", "account", "engagement", "objective_owner"),
        search=("number", "title"),
        form=(
            Section.of("Objective", "Objectif", "number", "title", "engagement", "account", "objective_owner",
                       "sponsor", "driver", "products"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "planned_start", "planned_stop",
                       "days_remaining"),
            Section.of("Details", "Détails", "description"), INFORMED, CLOSED,
        ),
        flow=ending(Label("objective", "l’objectif")),
        derive=(follows("engagement", "sn_acct_lc_engagement", "account"), *CLOSURE, rules.progress_follows_closure),
        required=sentence("{label} is required to save the objective."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this objective.")),
            rules.stays_with_children(
                "engagement",
                sentence("The engagement cannot be changed: this objective already has linked records (success "
                         "outcomes, risk signals).")),
            rules.stop_is_not_before_start,
        ),
        needs=children("sn_acct_lc_success_objective", "engagement", "sn_acct_lc_success_outcome.success_objective",
                       SIGNALS),
        calculated=(days_until("planned_stop", "Days remaining", "Jours restants", customer=True),),
        access=granted("success_objective", customer_read=CUSTOMER, rows=of_accounts_below),
        domain_of="account", journals=("work_notes",), icon="target",
    )  # fmt: skip


class Outcome(SuccessItem):
    """A measurable part of an objective."""

    __tablename__ = "sn_acct_lc_success_outcome"

    assigned_to = None  # an outcome has an owner instead

    success_objective: Mapped[str] = reference(
        "Success objective", "Objectif de réussite", to="sn_acct_lc_success_objective", customer=True
    )
    title: Mapped[str] = field("Title", "Titre", max_length=160, customer=True)
    description: Mapped[str] = field("Description", "Description", long=True, customer=True)
    owner: Mapped[str | None] = reference("Owner", "Responsable", to="sys_user", customer=True)
    state: Mapped[State] = field("State", "État", default=State.NEW, customer=True)
    planned_start: Mapped[date | None] = field("Planned start", "Début planifié", customer=True)
    planned_stop: Mapped[date | None] = field("Planned stop", "Fin planifiée", customer=True)
    unit: Mapped[str | None] = field("Unit", "Unité", customer=True)
    tracking_method: Mapped[TrackingMethod] = field(
        "Tracking method", "Méthode de suivi", default=TrackingMethod.MANUAL
    )
    kpi_indicator: Mapped[str | None] = reference(
        "Indicator", "Indicateur", to="pa_indicators",
        visible_when=lambda row: row["tracking_method"] == TrackingMethod.INDICATOR_KPI,
    )  # fmt: skip
    survey: Mapped[str | None] = field(
        "Survey", "Enquête", max_length=32, visible_when=lambda row: row["tracking_method"] == TrackingMethod.SURVEY
    )
    report: Mapped[str | None] = reference(
        "Report", "Rapport", to="sys_report",
        visible_when=lambda row: row["tracking_method"] == TrackingMethod.REPORT,
    )  # fmt: skip
    base_value: Mapped[Decimal | None] = field("Base value", "Valeur de base", customer=True)
    target_value: Mapped[Decimal | None] = field("Target value", "Valeur cible", customer=True)
    current_value: Mapped[Decimal | None] = field("Current value", "Valeur actuelle", customer=True)

    __sheet__ = Sheet(
        label=Label("Success outcome", "Résultat de réussite"),
        plural=Label("Success outcomes", "Résultats de réussite"), display="title", prefix="SOUT", order="number",
        columns=("number", "title", "success_objective", "account", "state", "progress", "current_value",
                 "target_value", "unit"),
        filters=("state", "progress", "tracking_method", "account", "success_objective", "owner"),
        search=("number", "title"),
        form=(
            Section.of("Outcome", "Résultat", "number", "title", "success_objective", "account", "owner"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "planned_start", "planned_stop",
                       "days_remaining"),
            Section.of("Measure", "Mesure", "tracking_method", "kpi_indicator", "survey", "report", "unit",
                       "base_value", "target_value", "current_value"),
            Section.of("Details", "Détails", "description"), INFORMED, CLOSED,
        ),
        flow=ending(Label("outcome", "le résultat")),
        derive=(follows("success_objective", "sn_acct_lc_success_objective", "account"), *CLOSURE,
                rules.progress_follows_closure),
        required=sentence("{label} is required to save the outcome."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this outcome.")),
            rules.stays_with_children(
                "success_objective",
                sentence("The success objective cannot be changed: this outcome already has linked records (success "
                         "initiatives, risk signals).")),
            rules.stop_is_not_before_start, rules.tracking_is_named(TRACKED_BY),
        ),
        needs=children("sn_acct_lc_success_outcome", "success_objective",
                       "sn_acct_lc_success_initiative.success_outcome", SIGNALS),
        calculated=(days_until("planned_stop", "Days remaining", "Jours restants", customer=True),),
        access=granted("success_outcome", customer_read=CUSTOMER, rows=of_accounts_below),
        domain_of="account", journals=("work_notes",), icon="flag",
    )  # fmt: skip


class Initiative(CaseItem):
    """A planned set of tasks of provider and customer that serve an outcome."""

    __tablename__ = "sn_acct_lc_success_initiative"

    success_outcome: Mapped[str] = reference(
        "Success outcome", "Résultat de réussite", to="sn_acct_lc_success_outcome", customer=True
    )
    subject: Mapped[str] = field("Subject", "Objet", max_length=160, customer=True)
    description: Mapped[str] = field("Description", "Description", long=True, customer=True)
    category: Mapped[InitiativeCategory] = field(
        "Category", "Catégorie", default=InitiativeCategory.GENERAL, customer=True
    )
    state: Mapped[State] = field("State", "État", default=State.NEW, customer=True)
    progress: Mapped[Progress] = field(
        "Progress", "Avancement", default=Progress.NOT_STARTED, customer=True, customer_sets=tuple(Progress)
    )

    __sheet__ = Sheet(
        label=Label("Success initiative", "Initiative de réussite"),
        plural=Label("Success initiatives", "Initiatives de réussite"), display="subject", prefix="SINIT",
        order="number", search=("number", "subject"),
        columns=("number", "subject", "success_outcome", "account", "state", "progress", "category", "assigned_to"),
        filters=("state", "progress", "category", "account", "success_outcome", "assigned_to"),
        form=(
            Section.of("Initiative", "Initiative", "number", "subject", "success_outcome", "account", "contact",
                       "category", "assigned_to"),
            Section.of("Progress", "Avancement", "state", "progress", "priority", "due_date", "days_remaining"),
            Section.of("Details", "Détails", "description", "squad"), INFORMED, CLOSED,
        ),
        flow=ending(Label("initiative", "l’initiative")),
        derive=(follows("success_outcome", "sn_acct_lc_success_outcome", "account"), *CLOSURE,
                rules.progress_follows_closure),
        required=sentence("{label} is required to save the initiative."),
        check=(
            rules.closure_is_told(
                sentence("Fill in the closure code and the close notes before you close or cancel this initiative.")),
            rules.stays_with_children(
                "success_outcome",
                sentence("The success outcome cannot be changed: this initiative already has linked records (success "
                         "tasks, risk signals).")),
        ),
        needs=children("sn_acct_lc_success_initiative", "success_outcome", "sn_acct_lc_success_task.parent", SIGNALS),
        calculated=(days_until("due_date", "Days remaining", "Jours restants", customer=True),),
        access=granted("success_initiative", customer_read=CUSTOMER, customer_write=CUSTOMER,
                       rows=of_accounts_below),
        domain_of="account", journals=JOURNALS, icon="rocket",
    )  # fmt: skip
