"""The supplied imports: a text file, loaded once into rows that administrators change."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ale.domains.imports.builder import UiView, ViewKind
from ale.domains.imports.records import DataSource, FieldMap, TransformMap, ValidationAssist
from ale.domains.system.supplied import supply_job
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.label import Label
from ale.foundation.problem import sentence

BACKUP = Label("Scheduled Staging Data Backup Job", "Sauvegarde planifiée des données intermédiaires")
PORTAL_HEADERS = {
    "sn_acct_lc_onb_case": ("account", "go_live_date", "days_remaining", "state"),
    "sn_ti_core_task": ("number", "parent", "account", "state"),
}
FILE = Path(__file__).with_name("supplied.yaml")
OTHER_ACCOUNT = sentence("The account differs from that of the onboarding case.")


def supply_imports(by: Actor) -> None:
    """Make the default imports and the backup job (inactive, JOB-02) where they are missing; the rest is left alone."""
    supply_job(BACKUP, "staging_backup", "02:00", by)
    supply_headers(by)
    text = yaml.safe_load(FILE.read_text("utf-8"))
    for one in text["imports"]:
        if not session.scalar(select(TransformMap.sys_id).where(TransformMap.source_table == one["staging"])):
            _supply(one, text["script"].replace("{other_account}", OTHER_ACCOUNT), by)


def supply_headers(by: Actor) -> None:
    """Make the views that say what the pages of the portal show under their titles (POR-06) where they are missing."""
    for table, columns in PORTAL_HEADERS.items():
        named = {"name": "portal_header", "table_name": table, "kind": ViewKind.PORTAL_HEADER}
        if not session.scalar(select(UiView.sys_id).filter_by(**named)):
            create(UiView, named | {"columns": list(columns)}, by=by)


def _supply(one: dict[str, Any], script: str, by: Actor) -> None:
    source = {"name": f"{one['target']}_template.xlsx", "import_set_table": one["staging"]}
    create(DataSource, source | {"import_set_internal_name": one["staging"]}, by=by)
    given = {"name": one["name"], "source_table": one["staging"], "target_table": one["target"]}
    made = create(TransformMap, given | {"coalesce_note": one["note"]}, by=by)
    for order, column in enumerate(one["columns"], start=1):
        create(FieldMap, _field_map(column) | {"map": made.sys_id, "order": order * 10}, by=by)
        for place, check in enumerate(_checks(column, one["target"])):
            heading = f"{one['name']}: {column['en']}"
            kept = {"name": heading, "staging_table": one["staging"], "staging_field": column["name"]}
            create(ValidationAssist, kept | {"order": order * 10 + place} | check, by=by)
    record_level = {"validation_type": "record", "script": script, "order": 1000, "mandatory": True}
    name = {"name": f"{one['name']}: account of the case", "staging_table": one["staging"]}
    create(ValidationAssist, name | record_level, by=by)


def _field_map(column: dict[str, Any]) -> dict[str, Any]:
    return {
        "source_field": column["name"], "target_field": column["to"], "label": column["en"], "label_fr": column["fr"],
        "heading_aliases": "\n".join(column.get("aliases", ())), "example": column.get("example"),
        "coalesce": column.get("key", False), "reference_match_field": column.get("match"),
        "within_account": column.get("within", False), "date_format": column.get("format"),
    }  # fmt: skip


def _checks(column: dict[str, Any], target: str) -> list[dict[str, Any]]:
    """The validations of a column: the one it names, with the length as one of its own where that is another."""
    sub_type, longest = column.get("check"), column.get("max")
    first = {
        "validation_sub_type": sub_type, "mandatory": column.get("mandatory", False),
        "date_format": column.get("format"), "max_length": longest if sub_type == "string_limit" else None,
    }  # fmt: skip
    if sub_type == "reference":
        first |= {"reference_table": column["table"], "reference_field": column["match"]}
    if sub_type == "choice":
        first |= {"target_table": target, "target_field": column["to"]}
    length = {"validation_sub_type": "string_limit", "max_length": longest}
    return [first] * bool(sub_type) + [length] * bool(longest and sub_type != "string_limit")
