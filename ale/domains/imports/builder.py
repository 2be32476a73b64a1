"""The import builder: what an administrator sets up a new kind of import with, and the views of its lists."""

from typing import Any

from sqlalchemy.orm import Mapped

from ale.domains.imports import rules
from ale.domains.imports.records import names_of
from ale.foundation.choice import Choice
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet, Step

_READ, _CREATE, _WRITE = ("import_builder_read",), ("import_builder_create",), ("import_builder_write",)


class BuilderStep(Choice):
    CREATE_TEMPLATE = "create_template", "Create template", "Créer un modèle"
    DATA_SOURCE = "data_source", "Data source", "Source de données"
    TRANSFORM_MAP = "transform_map", "Transform map", "Carte de transformation"
    PLAYBOOK_ACTIVITY = "playbook_activity", "Playbook activity", "Activité du playbook"
    DONE = "done", "Complete", "Terminé"


def _continue(name: str, at: BuilderStep, to: BuilderStep, *fields: str) -> Step:
    """Continue: from one step to the next, with what it asks for; `building` makes what the step stands for."""
    return Step(name, Label("Continue", "Continuer"), {"step": to}, lambda row: row["step"] == at, fields, primary=True)


class ImportBuilder(Record):
    """How far the set-up of one kind of import has come, and what it made."""

    __tablename__ = "import_builder"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    target_table: Mapped[str] = field("Target table", "Table cible", max_length=80, format="table_name")
    import_set_table_name: Mapped[str | None] = field(
        "Import set table name", "Nom de la table du jeu d’importation", max_length=80
    )
    import_set_internal_name: Mapped[str | None] = field(
        "Import set internal name", "Nom interne du jeu d’importation", max_length=80, read_only=True
    )
    transform_map_name: Mapped[str | None] = field(
        "Transform map name", "Nom de la carte de transformation", max_length=160
    )
    step: Mapped[BuilderStep] = field("Current step", "Étape en cours", default=BuilderStep.CREATE_TEMPLATE)
    scope: Mapped[str] = field("Application scope", "Périmètre d’application", default="sn_acct_lc", max_length=80)
    data_source: Mapped[str | None] = reference(
        "Data source", "Source de données", to="sys_data_source", read_only=True
    )
    transform_map: Mapped[str | None] = reference(
        "Transform map", "Carte de transformation", to="sys_transform_map", read_only=True
    )
    ui_views: Mapped[list[str]] = reference("UI views", "Vues", to="sys_ui_view", many=True, read_only=True)
    activity_definition: Mapped[str | None] = reference(
        "Activity definition", "Définition d’activité", to="sys_pd_activity_definition", read_only=True
    )
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Import builder", "Générateur d’importation"),
        plural=Label("Import builders", "Générateurs d’importation"), display="name",
        columns=("name", "target_table", "step", "active"), order="name", filters=("step", "target_table"),
        search=("name", "target_table"),
        form=(
            Section.of("Import", "Importation", "name", "target_table", "import_set_table_name",
                       "import_set_internal_name", "transform_map_name", "scope", "active"),
            Section.of("What it made", "Ce qu’il a créé", "step", "data_source", "transform_map", "ui_views",
                       "activity_definition"),
        ),
        flow=(
            _continue("template", BuilderStep.CREATE_TEMPLATE, BuilderStep.DATA_SOURCE),
            _continue("source", BuilderStep.DATA_SOURCE, BuilderStep.TRANSFORM_MAP, "import_set_table_name"),
            _continue("map", BuilderStep.TRANSFORM_MAP, BuilderStep.PLAYBOOK_ACTIVITY, "transform_map_name"),
            _continue("activity", BuilderStep.PLAYBOOK_ACTIVITY, BuilderStep.DONE),
        ),
        check=(names_of("target_table"), rules.scope_fits_the_table),
        access=Access(read=_READ, report_view=("admin",), create=_CREATE, write=_WRITE, delete=("admin",)),
        unique=(("name",),), icon="file-spreadsheet",
    )  # fmt: skip


class ViewKind(Choice):
    LIST = "list", "List", "Liste"
    FORM = "form", "Form", "Formulaire"
    PORTAL_HEADER = "portal_header", "Portal header", "En-tête du portail"


class UiView(Record):
    """The columns that a list, a form or the header of a portal page shows."""

    __tablename__ = "sys_ui_view"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    table_name: Mapped[str] = field("Table", "Table", max_length=80, format="table_name")
    kind: Mapped[ViewKind] = field("Kind", "Genre", default=ViewKind.LIST)
    columns: Mapped[dict[str, Any] | None] = field("Columns", "Colonnes")
    import_builder: Mapped[str | None] = reference("Import builder", "Générateur d’importation", to="import_builder")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("List view", "Vue de liste"), plural=Label("List views", "Vues de liste"), display="name",
        columns=("name", "table_name", "kind", "columns"), order="name", filters=("table_name", "kind"),
        search=("name", "table_name"),
        form=(Section.of("View", "Vue", "name", "table_name", "kind", "columns", "import_builder", "active"),),
        access=Access(read=("sn_acct_lc.agent", *_READ), report_view=("admin",), create=_CREATE, write=_WRITE,
                      delete=("admin",)),
        unique=(("name", "table_name"),), icon="eye",
    )  # fmt: skip
