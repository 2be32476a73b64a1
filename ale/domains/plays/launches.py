"""What success plays and blueprints are launched from, and each launch: definitions, subflows, notifiers, runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.plays import recipe, rules
from ale.domains.success.items import granted
from ale.domains.success.measures import AGENT, VIEWER
from ale.domains.success.rules import document_is_there
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.clock import now
from ale.foundation.db import Separated, Shared, session
from ale.foundation.documents import domain_beside
from ale.foundation.field import Values, document, field, reference
from ale.foundation.kin import held
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet

_KEEPER = ("sn_acct_lc.success_play_admin",)

LAUNCH_TABLES = (
    "sn_acct_lc_engagement", "sn_acct_lc_success_initiative", "sn_acct_lc_success_objective", "sn_acct_lc_touchpoint",
    "sn_acct_lc_success_case", "sn_acct_lc_internal_play", "sn_acct_lc_risk_signal_issue",
)  # fmt: skip
"""SUC-08: the records that success plays are launched from, unless a definition names others."""


class AleCategory(Choice):
    DEFINITION_RECORD = "definition_record", "ALE definition record", "Enregistrement de définition ALE"
    DEFINITION_CATEGORY = "definition_category", "ALE definition category", "Catégorie de définition ALE"


class AleChoice(Record):
    """A category of definition records, or with a category it depends on, a sub category."""

    __tablename__ = "sn_ti_core_ale_choice"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    name_fr: Mapped[str | None] = field("Name (French)", "Nom (français)", max_length=160)
    category: Mapped[AleCategory] = field("Category", "Catégorie", default=AleCategory.DEFINITION_RECORD)
    dependent_category: Mapped[str | None] = reference(
        "Dependent category", "Catégorie dépendante", to="sn_ti_core_ale_choice"
    )
    description: Mapped[str | None] = field("Description", "Description", long=True)
    order: Mapped[int] = field("Order", "Ordre", default=100)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("ALE choice", "Choix ALE"), plural=Label("ALE choices", "Choix ALE"), display="name",
        columns=("name", "category", "dependent_category", "order", "active"), order="order",
        filters=("category", "dependent_category"), search=("name", "name_fr"),
        form=(Section.of("Choice", "Choix", "name", "name_fr", "category", "dependent_category", "description",
                         "order", "active"),),
        access=Access(read=("sn_ti_core.read",), create=("sn_ti_core.write",), write=("sn_ti_core.write",),
                      delete=("sn_ti_core.delete",)),
        icon="list-checks",
    )  # fmt: skip


class FlowKind(Choice):
    FLOW = "flow", "Flow", "Flux"
    SUBFLOW = "subflow", "Subflow", "Sous-flux"
    ACTION = "action", "Action", "Action"


class Subflow(Record):
    """A recipe that a success play runs: what it asks, and its steps in order."""

    __tablename__ = "sys_hub_flow"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    name_fr: Mapped[str | None] = field("Name (French)", "Nom (français)", max_length=160)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    kind: Mapped[FlowKind] = field("Kind", "Genre", default=FlowKind.SUBFLOW)
    inputs: Mapped[dict[str, Any] | None] = field("Inputs asked by the launcher", "Saisies demandées par le lanceur")
    steps: Mapped[dict[str, Any] | None] = field("Steps", "Étapes")
    demo: Mapped[bool] = field("Demo", "Démo", default=False)
    published: Mapped[bool] = field("Published", "Publié", default=False)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Subflow", "Sous-flux"), plural=Label("Subflows", "Sous-flux"), display="name",
        columns=("name", "kind", "published", "demo"), order="name", filters=("kind", "published"),
        search=("name", "name_fr"),
        form=(
            Section.of("Subflow", "Sous-flux", "name", "name_fr", "kind", "description", "published", "demo", "active"),
            Section.of("What it does", "Ce qu’il fait", "inputs", "steps"),
        ),
        access=Access(read=(*VIEWER, *_KEEPER), report_view=("admin",), create=_KEEPER, write=_KEEPER,
                      delete=("admin",)),
        check=(recipe.is_sound,), unique=(("name",),), icon="workflow",
    )  # fmt: skip


class DefinitionState(Choice):
    DRAFT = "draft", "Draft", "Brouillon"
    PUBLISHED = "published", "Published", "Publié"
    CLOSED = "closed", "Closed", "Fermé"
    CANCELED = "canceled", "Canceled", "Annulé"


def _about_definitions(rows: Sequence[Values]) -> Sequence[Values]:
    """Who has each title, what each sub category depends on, and how far each subflow is."""
    titles = {row["title_key"] for row in rows}
    found = session.execute(
        select(Definition.category, Definition.title_key, Definition.sys_id).where(Definition.title_key.in_(titles))
    )
    holders: dict[tuple[Any, str], str] = {}
    for category, title, key in found:
        holders.setdefault((category, title), key)
    facts = []
    for row in rows:
        flow = held("sys_hub_flow", row.get("flow"), "published", "kind", "steps")
        below = held("sn_ti_core_ale_choice", row.get("sub_category"), "dependent_category")
        facts.append({
            "holder": holders.get((row.get("category"), row["title_key"])),
            "depends_on": below["dependent_category"] if below else None,
            "flow_is_published": bool(flow and flow["published"]),
            "flow_makes_something": bool(flow and flow["steps"] and flow["kind"] != FlowKind.ACTION),
        })  # fmt: skip
    return facts


class Definition(Shared, Record):
    """What the launcher of success plays offers: a title in a category, and the subflow behind it."""

    __tablename__ = "sn_acct_lc_definition_record"

    flow: Mapped[str] = reference("Flow", "Flux", to="sys_hub_flow")
    category: Mapped[str] = reference("Category", "Catégorie", to="sn_ti_core_ale_choice")
    sub_category: Mapped[str | None] = reference("Sub category", "Sous-catégorie", to="sn_ti_core_ale_choice")
    state: Mapped[DefinitionState] = field("State", "État", default=DefinitionState.DRAFT)
    order: Mapped[int] = field("Order", "Ordre", default=100)
    title: Mapped[str] = field("Title", "Titre", max_length=160)
    title_fr: Mapped[str | None] = field("Title (French)", "Titre (français)", max_length=160)
    title_key: Mapped[str] = field("Title as compared", "Titre comparé", max_length=500, read_only=True, hidden=True)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    target_tables: Mapped[dict[str, Any] | None] = field("Offered on", "Proposé sur")
    is_blueprint: Mapped[bool] = field("Success blueprint item", "Élément de plan de réussite", default=False)
    active: Mapped[bool] = field("Active", "Actif", default=False, read_only=True)

    __sheet__ = Sheet(
        label=Label("Definition record", "Enregistrement de définition"),
        plural=Label("Definition records", "Enregistrements de définition"), display="title",
        columns=("title", "category", "sub_category", "flow", "state", "order"), order="order",
        filters=("category", "sub_category", "state", "is_blueprint"), search=("title", "title_fr"),
        form=(
            Section.of("Definition", "Définition", "title", "title_fr", "category", "sub_category", "flow",
                       "description"),
            Section.of("Offer", "Offre", "state", "active", "order", "target_tables", "is_blueprint"),
        ),
        derive=(rules.title_compared, rules.published_is_active), needs=_about_definitions,
        check=(rules.definition_is_new, rules.sub_category_fits, rules.subflow_comes_first),
        unique=(("category", "title_key"),), duplicate=rules.DUPLICATE_DEFINITION,
        access=granted("definition_record"), icon="rocket",
    )  # fmt: skip


class LaunchState(Choice):
    IN_PROGRESS = "in_progress", "In progress", "En cours"
    COMPLETE = "complete", "Complete", "Terminé"
    ERROR = "error", "Error", "Erreur"


def _beside_its_source(values: Values, by: Actor) -> str:
    return domain_beside(values.get("source_table"), values.get("source_record"), by.domain)


def _ends(values: Values, before: Values | None) -> Values:
    return rules.launch_ends(values, now())


class Launch(Separated, Record):
    """One success play or blueprint launched from a record: what was entered, what came of it."""

    __tablename__ = "sn_acct_lc_success_launcher_notifier"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    definition: Mapped[str | None] = reference(
        "Definition record", "Enregistrement de définition", to="sn_acct_lc_definition_record"
    )
    source_table: Mapped[str | None] = field(
        "Launched from (table)", "Lancé depuis (table)", max_length=80, format="table_name"
    )
    source_record: Mapped[str | None] = document(
        "Launched from", "Lancé depuis", *LAUNCH_TABLES, "sn_acct_lc_onb_case", table_in="source_table",
        constrained=False,
    )  # fmt: skip
    launched_by: Mapped[str | None] = reference("Launched by", "Lancé par", to="sys_user", constrained=False)
    state: Mapped[LaunchState] = field("Status", "Statut", default=LaunchState.IN_PROGRESS)
    inputs: Mapped[dict[str, Any] | None] = field("Inputs", "Saisies")
    created_records: Mapped[dict[str, Any] | None] = field("Created records", "Enregistrements créés")
    message: Mapped[str | None] = field("Message", "Message", long=True)
    problems: Mapped[dict[str, Any] | None] = field(
        "What went wrong", "Ce qui n’a pas fonctionné", read_only=True, format="problems"
    )
    started_at: Mapped[datetime] = field("Started", "Démarré le", read_only=True, default=now)
    ended_at: Mapped[datetime | None] = field("Ended", "Terminé le", read_only=True)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Success launcher notifier", "Notificateur du lanceur de réussite"),
        plural=Label("Success launcher notifiers", "Notificateurs du lanceur de réussite"), display="number",
        prefix="SLN", columns=("number", "definition", "source_record", "launched_by", "state",
                               "started_at", "ended_at"),
        order="number", filters=("state", "definition", "launched_by"), search=("number",),
        form=(
            Section.of("Launch", "Lancement", "number", "definition", "source_table", "source_record", "launched_by"),
            Section.of("What came of it", "Résultat", "state", "message", "problems", "inputs", "created_records",
                       "started_at", "ended_at", "active"),
        ),
        derive=(_ends,), check=(document_is_there("source_record", "source_table"),),
        access=granted("success_launcher_notifier"), domain_of=_beside_its_source, icon="rocket",
    )  # fmt: skip


class Blueprint(Separated, Record):
    """A success blueprint launched on an engagement, and the objectives it created."""

    __tablename__ = "sn_acct_lc_success_blueprint"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True)
    engagement: Mapped[str] = reference("Engagement", "Engagement", to="sn_acct_lc_engagement")
    definition: Mapped[str] = reference(
        "Definition record", "Enregistrement de définition", to="sn_acct_lc_definition_record"
    )
    notifier: Mapped[str | None] = reference(
        "Launcher notifier", "Notificateur", to="sn_acct_lc_success_launcher_notifier"
    )
    objectives: Mapped[list[str]] = reference(
        "Objectives", "Objectifs", to="sn_acct_lc_success_objective", many=True, within="engagement"
    )
    state: Mapped[LaunchState] = field("Status", "Statut", default=LaunchState.IN_PROGRESS)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Success blueprint", "Plan de réussite (modèle)"),
        plural=Label("Success blueprints", "Plans de réussite (modèles)"), display="number", prefix="SBP",
        columns=("number", "engagement", "definition", "state"), order="number",
        filters=("state", "engagement", "definition"), search=("number",),
        form=(Section.of("Blueprint", "Plan", "number", "engagement", "definition", "notifier", "objectives", "state",
                         "active"),),
        access=Access(read=VIEWER, create=AGENT, write=AGENT, delete=("admin",)), domain_of="engagement",
        icon="target",
    )  # fmt: skip


class RunState(Choice):
    QUEUED = "queued", "Queued", "En file"
    RUNNING = "running", "Running", "En cours"
    SUCCESS = "success", "Succeeded", "Réussi"
    PARTIAL = "partial", "Partially succeeded", "Partiellement réussi"
    FAILED = "failed", "Failed", "Échec"


class FlowRun(Separated, Record):
    """One run of a subflow; only the application writes it."""

    __tablename__ = "sys_flow_context"

    flow: Mapped[str] = reference("Flow", "Flux", to="sys_hub_flow")
    notifier: Mapped[str | None] = reference(
        "Launcher notifier", "Notificateur", to="sn_acct_lc_success_launcher_notifier"
    )
    source_table: Mapped[str | None] = field("Source table", "Table source", max_length=80, format="table_name")
    source_record: Mapped[str | None] = field(
        "Source record", "Enregistrement source", max_length=32, format="document_id", index=True
    )
    state: Mapped[RunState] = field("State", "État", default=RunState.QUEUED)
    log: Mapped[str | None] = field("Log", "Journal", long=True)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Flow execution", "Exécution de flux"), plural=Label("Flow executions", "Exécutions de flux"),
        display="flow", columns=("flow", "source_table", "state", "sys_created_on"), order="sys_created_on",
        filters=("flow", "state"), search=("source_record",),
        form=(Section.of("Run", "Exécution", "flow", "notifier", "source_table", "source_record", "state", "log",
                         "active"),),
        access=Access(read=VIEWER, delete=("admin",)), domain_of=_beside_its_source, icon="history",
    )  # fmt: skip
