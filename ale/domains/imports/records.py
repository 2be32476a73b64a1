"""The import task, and the rows that say how a workbook becomes records; what is loaded is in `staging`."""

from collections.abc import Sequence

from sqlalchemy.orm import Mapped

from ale.domains.imports import rules
from ale.domains.imports.pairs import objections_to
from ale.domains.imports.values import is_date_format
from ale.domains.onboarding.records import CaseTask
from ale.foundation.choice import Choice
from ale.foundation.db import session
from ale.foundation.field import Field, Kind, Values, field, fields_of, reference
from ale.foundation.label import Label
from ale.foundation.problem import Problem, sentence
from ale.foundation.record import RECORDS, Access, Check, Record, Section, Sheet, extended

AGENT = ("sn_acct_lc.agent",)
UNKNOWN_FIELD = sentence("{table} has no field {name}.")
ONE_A_LINE = Label("A line each: value in the file = choice.", "Une ligne par valeur : valeur du fichier = choix.")
CONFIGURED = Access(
    read=("sn_acct_lc.agent", "import_builder_read"), report_view=("admin",), create=("import_builder_create",),
    write=("import_builder_write",), delete=("admin",),
)  # fmt: skip


def names_of(table: str, name: str | None = None) -> Check:
    """Check: field `table` names a record type, and field `name` one of its fields, where they are filled."""

    def rule(values: Values, before: Values | None) -> Sequence[Problem]:
        chosen = values.get(table)
        if not chosen:
            return ()
        if chosen not in RECORDS:
            return [Problem("UNKNOWN_TABLE", "There is no table {name}.", table, name=chosen)]
        wanted = values.get(name) if name else None
        if wanted and wanted not in fields_of(RECORDS[chosen]):
            return [Problem("UNKNOWN_FIELD", UNKNOWN_FIELD, name, table=chosen, name=wanted)]
        return ()

    return rule


def _date_format_can_be_read(values: Values, before: Values | None) -> Sequence[Problem]:
    """A format in which no date can be read would refuse every row."""
    chosen = values.get("date_format")
    if chosen and not is_date_format(chosen):
        return [Problem("DATE_FORMAT", "Dates cannot be read in this format; write it like yyyy-MM-dd.", "date_format")]
    return ()


class ImportState(Choice):
    NOT_LOADED = "not_loaded", "Data not loaded yet", "Données pas encore chargées", "1"
    LOADING = "loading", "Loading data", "Chargement en cours", "2"
    VALIDATING = "validating", "Validating data", "Validation en cours", "3"
    VALIDATED = "validated", "Data validated", "Données validées", "4"
    PUBLISHED = "published", "Data published", "Données publiées", "5"
    FAILED = "failed", "Import failed", "Échec de l’importation", "6"


class SourceType(Choice):
    ATTACHMENT = "attachment", "Attachment", "Pièce jointe"
    SFTP = "sftp", "SFTP", "SFTP"
    SALESFORCE = "salesforce", "Salesforce", "Salesforce"


class SourceFormat(Choice):
    XLSX = "xlsx", "Excel", "Excel"
    CSV = "csv", "CSV", "CSV"


class DataSource(Record):
    """The file that feeds a staging table, known by the name of its template."""

    __tablename__ = "sys_data_source"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    type: Mapped[SourceType] = field("Type", "Type", default=SourceType.ATTACHMENT)
    format: Mapped[SourceFormat] = field("Format", "Format", default=SourceFormat.XLSX)
    import_set_table: Mapped[str] = field("Import set table", "Table du jeu d’importation", max_length=80)
    import_set_internal_name: Mapped[str | None] = field("Internal name", "Nom interne", max_length=80, read_only=True)
    header_row: Mapped[int] = field("Header row", "Ligne d’en-tête", default=1, minimum=1)

    __sheet__ = Sheet(
        label=Label("Data source", "Source de données"), plural=Label("Data sources", "Sources de données"),
        display="name", columns=("name", "type", "format", "import_set_table"), order="name",
        filters=("type", "format"), search=("name", "import_set_table"),
        form=(
            Section.of("Data source", "Source de données", "name", "type", "format", "import_set_table",
                       "import_set_internal_name", "header_row"),
        ),
        access=CONFIGURED, unique=(("name",),), icon="file-spreadsheet",
    )  # fmt: skip


class ImportTask(CaseTask):
    """A task that loads spreadsheets into a staging table, validates the rows and publishes them."""

    source_table: Mapped[str | None] = field("Source table", "Table source", max_length=80, required_when=rules.always)
    target_table: Mapped[str | None] = field("Target table", "Table cible", max_length=80, required_when=rules.always)
    data_source: Mapped[str | None] = reference(
        "Data source", "Source de données", to="sys_data_source", required_when=rules.always
    )
    data_import_state: Mapped[ImportState | None] = field(
        "Data import state", "État de l’importation", default=ImportState.NOT_LOADED
    )
    rows_ready: Mapped[int | None] = field("Ready to publish", "Prêtes à publier", default=0, read_only=True)
    rows_attention: Mapped[int | None] = field("Needs attention", "À corriger", default=0, read_only=True)
    rows_to_validate: Mapped[int | None] = field("Yet to validate", "Reste à valider", default=0, read_only=True)
    rows_published: Mapped[int | None] = field("Published", "Publiées", default=0, read_only=True)

    __sheet__ = extended(
        CaseTask.__sheet__,
        name="sn_ti_core_imp_task", prefix="ALEIMP", icon="file-spreadsheet",
        label=Label("Account lifecycle import task", "Tâche d’importation du cycle de vie du compte"),
        plural=Label("Account lifecycle import tasks", "Tâches d’importation du cycle de vie du compte"),
        columns=("number", "subject", "account", "data_import_state", "rows_ready", "rows_attention",
                 "rows_to_validate", "rows_published", "state", "assigned_to"),
        filters=("state", "data_import_state", "assigned_to", "account"),
        form=(
            *CaseTask.__sheet__.form[:2],
            Section.of("Import", "Importation", "source_table", "target_table", "data_source", "data_import_state",
                       "rows_ready", "rows_attention", "rows_to_validate", "rows_published"),
            *CaseTask.__sheet__.form[2:],
        ),
    )  # fmt: skip


class TransformMap(Record):
    """How the rows of a staging table become records of a target table."""

    __tablename__ = "sys_transform_map"

    name: Mapped[str] = field("Name", "Nom", max_length=160)
    source_table: Mapped[str] = field("Source table", "Table source", max_length=80)
    target_table: Mapped[str] = field("Target table", "Table cible", max_length=80)
    coalesce_note: Mapped[str | None] = field("Match rule", "Règle de rapprochement", long=True)

    __sheet__ = Sheet(
        label=Label("Transform map", "Carte de transformation"),
        plural=Label("Transform maps", "Cartes de transformation"), display="name",
        columns=("name", "source_table", "target_table"), order="name", search=("name", "source_table", "target_table"),
        form=(Section.of("Map", "Carte", "name", "source_table", "target_table", "coalesce_note"),),
        access=CONFIGURED, check=(names_of("target_table"),), unique=(("name",), ("source_table",)), icon="workflow",
    )  # fmt: skip


def _fills_a_field(values: Values, before: Values | None) -> Sequence[Problem]:
    """The target field is one of the target table, and so is the field by which a reference is found."""
    chosen = session.get(TransformMap, values["map"]) if values.get("map") else None
    known = fields_of(RECORDS[chosen.target_table]) if chosen and chosen.target_table in RECORDS else {}
    name, match = values.get("target_field"), values.get("reference_match_field")
    if chosen and name and name not in known:
        return [Problem("UNKNOWN_FIELD", UNKNOWN_FIELD, "target_field", table=chosen.target_table, name=name)]
    if name and (wrong := objections_to(values.get("value_aliases"), "value_aliases", _choices_of(known.get(name)))):
        return wrong
    referred = known[name].to if name and name in known else None
    if referred and match and match not in fields_of(RECORDS[referred]):
        return [Problem("UNKNOWN_FIELD", UNKNOWN_FIELD, "reference_match_field", table=referred, name=match)]
    return ()


def _choices_of(item: Field | None) -> Sequence[str]:
    """The values that may stand for words of a file."""
    if item is not None and item.kind is Kind.BOOLEAN:
        return ("true", "false")
    return [one.value for one in item.choices] if item and item.choices else ()


class FieldMap(Record):
    """One column of the workbook: its heading, its place in staging, and the field of the target it fills.

    A column without target field is checked and published nowhere. `heading_aliases` are further headings,
    one a line, `value_aliases` what files say for a choice: "Actif = true".
    """

    __tablename__ = "sys_transform_entry"

    map: Mapped[str] = reference("Transform map", "Carte de transformation", to="sys_transform_map")
    source_field: Mapped[str] = field("Source field", "Champ source", max_length=80)
    target_field: Mapped[str | None] = field("Target field", "Champ cible", max_length=80)
    label: Mapped[str] = field("Heading", "En-tête", max_length=100)
    label_fr: Mapped[str | None] = field("Heading (French)", "En-tête (français)", max_length=100)
    heading_aliases: Mapped[str | None] = field("Other headings", "Autres en-têtes", long=True)
    value_aliases: Mapped[str | None] = field("Other values", "Autres valeurs", long=True, hint=ONE_A_LINE)
    example: Mapped[str | None] = field("Example", "Exemple", max_length=160)
    coalesce: Mapped[bool] = field("Coalesce", "Clé de rapprochement", default=False)
    reference_match_field: Mapped[str | None] = field(
        "Reference match field", "Champ de rapprochement de référence", max_length=80
    )
    within_account: Mapped[bool] = field("Within the account", "Au sein du compte", default=False)
    date_format: Mapped[str | None] = field("Date format", "Format de date", max_length=40)
    order: Mapped[int] = field("Order", "Ordre", default=100)

    __sheet__ = Sheet(
        label=Label("Field map", "Carte de champ"), plural=Label("Field maps", "Cartes de champ"), display="label",
        columns=("map", "order", "label", "source_field", "target_field", "coalesce"), order="order", filters=("map",),
        search=("label", "source_field", "target_field"),
        form=(
            Section.of("Column", "Colonne", "map", "order", "label", "label_fr", "heading_aliases",
                       "value_aliases", "example"),
            Section.of("Transfer", "Transfert", "source_field", "target_field", "coalesce", "reference_match_field",
                       "within_account", "date_format"),
        ),
        access=CONFIGURED, check=(_fills_a_field, _date_format_can_be_read),
        unique=(("map", "source_field"), ("map", "target_field")), icon="workflow",
    )  # fmt: skip


class ValidationType(Choice):
    FIELD = "field", "Field level", "Au niveau du champ"
    RECORD = "record", "Record level", "Au niveau de l’enregistrement"


class SubType(Choice):
    REFERENCE = "reference", "Reference", "Référence"
    CHOICE = "choice", "Choice", "Choix"
    DATE = "date", "Date", "Date"
    DATETIME = "datetime", "Datetime", "Date/heure"
    BOOLEAN = "boolean", "Boolean", "Booléen"
    STRING_LIMIT = "string_limit", "String character limits", "Limite de caractères"
    INTEGER_OR_DECIMAL = "integer_or_decimal", "Integer or decimal", "Entier ou décimal"
    EMAIL = "email", "Email address", "Adresse e-mail"
    URL = "url", "Web address", "Adresse web"


class ValidationAssist(Record):
    """One check of the rows of a staging table, edited by administrators; a record-level one is a script."""

    __tablename__ = "sn_acct_lc_data_validation_assist"

    name: Mapped[str | None] = field("Name", "Nom", max_length=160)
    active: Mapped[bool] = field("Active", "Actif", default=True)
    validation_type: Mapped[ValidationType] = field(
        "Validation type", "Type de validation", default=ValidationType.FIELD
    )
    validation_sub_type: Mapped[SubType | None] = field(
        "Validation sub type",
        "Sous-type de validation",
        required_when=rules.is_field_level,
        visible_when=rules.is_field_level,
    )
    staging_table: Mapped[str] = field("Staging table", "Table intermédiaire", max_length=80)
    staging_field: Mapped[str | None] = field(
        "Staging table field", "Champ de la table intermédiaire", max_length=80,
        required_when=rules.is_field_level, visible_when=rules.is_field_level,
    )  # fmt: skip
    reference_table: Mapped[str | None] = field(
        "Reference table", "Table de référence", max_length=80,
        required_when=rules.checks_reference, visible_when=rules.checks_reference,
    )  # fmt: skip
    reference_field: Mapped[str | None] = field(
        "Reference table field", "Champ de la table de référence", max_length=80,
        required_when=rules.checks_reference, visible_when=rules.checks_reference,
    )  # fmt: skip
    target_table: Mapped[str | None] = field(
        "Target table", "Table cible", max_length=80,
        required_when=rules.checks_choice, visible_when=rules.checks_choice,
    )  # fmt: skip
    target_field: Mapped[str | None] = field(
        "Target table field", "Champ de la table cible", max_length=80,
        required_when=rules.checks_choice, visible_when=rules.checks_choice,
    )  # fmt: skip
    date_format: Mapped[str | None] = field(
        "Date format", "Format de date", max_length=40, required_when=rules.checks_day, visible_when=rules.checks_day
    )
    max_length: Mapped[int | None] = field(
        "Max length", "Longueur maximale", minimum=1,
        required_when=rules.checks_length, visible_when=rules.checks_length,
    )  # fmt: skip
    mandatory: Mapped[bool] = field("Mandatory", "Obligatoire", default=False)
    script: Mapped[str | None] = field(
        "Script", "Script", long=True, format="script",
        required_when=rules.is_record_level, visible_when=rules.is_record_level,
    )  # fmt: skip
    order: Mapped[int] = field("Order", "Ordre", default=100)
    error_message: Mapped[str | None] = field("Error message", "Message d’erreur", long=True)

    __sheet__ = Sheet(
        label=Label("Data validation assist", "Assistant de validation des données"),
        plural=Label("Data validations", "Validations des données"), display="name",
        columns=("name", "staging_table", "staging_field", "validation_type", "validation_sub_type", "mandatory",
                 "active"),
        order="staging_table", filters=("staging_table", "validation_type", "validation_sub_type", "active"),
        search=("name", "staging_field"),
        form=(
            Section.of("Validation", "Validation", "name", "staging_table", "validation_type", "active", "order"),
            Section.of("Check", "Contrôle", "staging_field", "validation_sub_type", "mandatory", "reference_table",
                       "reference_field", "target_table", "target_field", "date_format", "max_length", "script",
                       "error_message"),
        ),
        access=Access(
            read=("sn_acct_lc.data_validation_assist_read",), create=("sn_acct_lc.data_validation_assist_create",),
            write=("sn_acct_lc.data_validation_assist_write",), delete=("sn_acct_lc.data_validation_assist_admin",),
        ),
        derive=(rules.record_level_has_no_sub_type,), required=sentence("{label} is required for this validation."),
        check=(names_of("reference_table", "reference_field"), names_of("target_table", "target_field"),
               _date_format_can_be_read), icon="list-checks",
    )  # fmt: skip
