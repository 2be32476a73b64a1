"""What is recommended beside a record: rules, cards, and what the cards show; `trail` holds what people did with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.actions import rules
from ale.foundation.choice import Choice
from ale.foundation.db import session
from ale.foundation.field import Values, field, fields_of, reference
from ale.foundation.label import Label
from ale.foundation.record import RECORDS, Access, Record, Section, Sheet

WORKERS = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent")
_KEPT = Access(read=WORKERS, report_view=("admin",), create=("admin",), write=("admin",), delete=("admin",))


class ActionRule(Record):
    """On which records, under which condition and for whom recommendations are shown."""

    __tablename__ = "sn_nb_action_rule"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    table_name: Mapped[str] = field("Table", "Table", max_length=80, format="table_name")
    condition: Mapped[dict[str, Any] | None] = field("Condition", "Condition")
    audience_roles: Mapped[list[str]] = reference("Shown to roles", "Affichée aux rôles", to="sys_user_role", many=True)
    order: Mapped[int] = field("Order", "Ordre", default=100)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Recommended action rule", "Règle d’action recommandée"),
        plural=Label("Recommended action rules", "Règles d’action recommandée"), display="name",
        columns=("name", "table_name", "order", "active"), order="order", filters=("table_name", "active"),
        search=("name", "table_name"),
        form=(Section.of("Rule", "Règle", "name", "table_name", "condition", "audience_roles", "order", "active"),),
        access=_KEPT, icon="workflow",
    )  # fmt: skip


class Guidance(Record):
    """An action to take, or something to know."""

    __tablename__ = "sn_nb_action_guidance"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    body: Mapped[str | None] = field("Text", "Texte", long=True, format="html")
    body_fr: Mapped[str | None] = field("Text (French)", "Texte (français)", long=True, format="html")
    kb_article: Mapped[str | None] = reference("Knowledge article", "Article", to="kb_knowledge")
    button_label: Mapped[str | None] = field("Button", "Bouton", max_length=80)
    button_action: Mapped[str | None] = field("Action", "Action", max_length=80)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Guidance", "Conseil"), plural=Label("Guidance", "Conseils"), display="name",
        columns=("name", "kb_article", "button_label", "active"), order="name", filters=("active",), search=("name",),
        form=(
            Section.of("Guidance", "Conseil", "name", "body", "body_fr", "kb_article", "active"),
            Section.of("What one can do", "Ce qu’on peut faire", "button_label", "button_action"),
        ),
        access=_KEPT, icon="help",
    )  # fmt: skip


def _trees_of_roots(rows: Sequence[Values]) -> Sequence[Values]:
    wanted = {row.get("root_node") for row in rows} - {None}
    homes = dict(session.execute(select(Node.sys_id, Node.tree).where(Node.sys_id.in_(wanted))).all())
    return [{"root_tree": homes.get(row.get("root_node") or "")} for row in rows]


class Tree(Record):
    """Questions that lead to the right action."""

    __tablename__ = "sn_nb_action_tree"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    description: Mapped[str | None] = field("Description", "Description", long=True)
    root_node: Mapped[str | None] = reference(
        "First question", "Première question", to="sn_nb_action_node", constrained=False
    )
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Guided decision tree", "Arbre de décision guidé"),
        plural=Label("Guided decision trees", "Arbres de décision guidés"), display="name",
        columns=("name", "description", "root_node", "active"), order="name", filters=("active",), search=("name",),
        form=(Section.of("Decision tree", "Arbre de décision", "name", "description", "root_node", "active"),),
        needs=_trees_of_roots, check=(rules.the_root_is_of_the_tree,), access=_KEPT, icon="git-branch",
    )  # fmt: skip


class NodeKind(Choice):
    YES_NO = "yes_no", "Yes / No", "Oui / Non"
    DROPDOWN = "dropdown", "Drop-down", "Liste déroulante"
    INSTRUCTION = "instruction", "Instruction", "Instruction"
    END = "end", "End", "Fin"


class Node(Record):
    """A question, a list of choices, an instruction, or the end; `answers` says which key each answer leads to."""

    __tablename__ = "sn_nb_action_node"

    tree: Mapped[str] = reference("Decision tree", "Arbre de décision", to="sn_nb_action_tree")
    key: Mapped[str] = field("Key", "Clé", max_length=80)
    kind: Mapped[NodeKind] = field("Kind", "Genre", default=NodeKind.YES_NO)
    text: Mapped[str] = field("Text", "Texte", long=True)
    text_fr: Mapped[str | None] = field("Text (French)", "Texte (français)", long=True)
    answers: Mapped[dict[str, Any] | None] = field("Answers", "Réponses")
    kb_article: Mapped[str | None] = reference("Knowledge article", "Article", to="kb_knowledge")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Decision node", "Nœud de décision"), plural=Label("Decision nodes", "Nœuds de décision"),
        display="key", columns=("tree", "key", "kind", "text"), filters=("tree", "kind"), search=("key", "text"),
        form=(Section.of("Node", "Nœud", "tree", "key", "kind", "text", "text_fr", "answers", "kb_article",
                         "active"),),
        access=_KEPT, unique=(("tree", "key"),), icon="git-branch",
    )  # fmt: skip


class NewMode(Choice):
    AUTOFILL = "autofill", "Auto-fill", "Remplir"
    MESSAGE = "message", "Message", "Message"


class ExistingMode(Choice):
    MESSAGE = "message", "Message only", "Message seulement"


def _known_fields(rows: Sequence[Values]) -> Sequence[Values]:
    return [
        {"known_field": row.get("field_name") in fields_of(RECORDS[row["table_name"]])}
        if row.get("table_name") in RECORDS
        else {}
        for row in rows
    ]


class FieldRecommendation(Record):
    """A value recommended for a field of a record."""

    __tablename__ = "sn_nb_action_field"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    table_name: Mapped[str] = field("Table", "Table", max_length=80, format="table_name")
    field_name: Mapped[str] = field("Field", "Champ", max_length=80, format="field_name")
    value_source: Mapped[dict[str, Any] | None] = field("Value", "Valeur")
    mode_new: Mapped[NewMode] = field("On a new record", "Sur un nouvel enregistrement", default=NewMode.AUTOFILL)
    mode_existing: Mapped[ExistingMode] = field(
        "On an existing record", "Sur un enregistrement existant", default=ExistingMode.MESSAGE, read_only=True
    )
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Field recommendation", "Recommandation de champ"),
        plural=Label("Field recommendations", "Recommandations de champ"), display="name",
        columns=("name", "table_name", "field_name", "mode_new", "active"), order="name",
        filters=("table_name", "active"), search=("name", "field_name"),
        form=(Section.of("Recommendation", "Recommandation", "name", "table_name", "field_name", "value_source",
                         "mode_new", "mode_existing", "active"),),
        needs=_known_fields, check=(rules.the_field_is_there,), access=_KEPT, icon="sparkles",
    )  # fmt: skip


class GeneratorKind(Choice):
    LOOKUP = "lookup", "Look-up", "Recherche"
    SCRIPT = "script", "Script", "Script"


class Generator(Record):
    """Finds the records or values that a recommendation proposes."""

    __tablename__ = "sn_nb_action_generator"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    kind: Mapped[GeneratorKind] = field("Kind", "Genre", default=GeneratorKind.LOOKUP)
    table_name: Mapped[str | None] = field("Table", "Table", max_length=80, format="table_name")
    condition: Mapped[dict[str, Any] | None] = field("Condition", "Condition")
    script: Mapped[str | None] = field("Script", "Script", long=True, format="script")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Resource generator", "Générateur de ressources"),
        plural=Label("Resource generators", "Générateurs de ressources"), display="name",
        columns=("name", "kind", "table_name", "active"), order="name", filters=("kind", "active"), search=("name",),
        form=(Section.of("Generator", "Générateur", "name", "kind", "table_name", "condition", "script", "active"),),
        access=_KEPT, icon="search",
    )  # fmt: skip


class ActionType(Choice):
    GUIDANCE = "guidance", "Guidance", "Conseil"
    DECISION_TREE = "decision_tree", "Decision tree", "Arbre de décision"
    FIELD_RECOMMENDATION = "field_recommendation", "Field recommendation", "Recommandation de champ"


class Recommendation(Record):
    """A card of the side panel."""

    __tablename__ = "sn_nb_action_recommendation"

    rule: Mapped[str] = reference("Rule", "Règle", to="sn_nb_action_rule")
    title: Mapped[str] = field("Title", "Titre", max_length=160)
    title_fr: Mapped[str | None] = field("Title (French)", "Titre (français)", max_length=160)
    type: Mapped[ActionType] = field("Type", "Type", default=ActionType.GUIDANCE)
    guidance: Mapped[str | None] = reference(
        "Guidance", "Conseil", to="sn_nb_action_guidance", required_when=rules.is_guidance,
        visible_when=rules.is_guidance,
    )  # fmt: skip
    decision_tree: Mapped[str | None] = reference(
        "Decision tree", "Arbre de décision", to="sn_nb_action_tree", required_when=rules.is_decision_tree,
        visible_when=rules.is_decision_tree,
    )  # fmt: skip
    field_recommendation: Mapped[str | None] = reference(
        "Field recommendation", "Recommandation de champ", to="sn_nb_action_field",
        required_when=rules.is_field_recommendation, visible_when=rules.is_field_recommendation,
    )  # fmt: skip
    resource_generator: Mapped[str | None] = reference(
        "Resource generator", "Générateur de ressources", to="sn_nb_action_generator"
    )
    order: Mapped[int] = field("Order", "Ordre", default=100)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Recommendation", "Recommandation"), plural=Label("Recommendations", "Recommandations"),
        display="title", columns=("title", "rule", "type", "order", "active"), order="order",
        filters=("rule", "type", "active"), search=("title", "title_fr"),
        form=(
            Section.of("Card", "Carte", "rule", "title", "title_fr", "type", "order", "active"),
            Section.of("What it shows", "Ce qu’elle montre", "guidance", "decision_tree", "field_recommendation",
                       "resource_generator"),
        ),
        access=_KEPT, icon="sparkles",
    )  # fmt: skip
