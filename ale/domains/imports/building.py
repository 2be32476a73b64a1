"""The import builder at work: each Continue makes what its step stands for (IMP-12 to IMP-16).

The template is an Excel file attached to the builder; its headings are fields of the target table.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from ale.domains.imports.builder import BuilderStep, ImportBuilder, UiView
from ale.domains.imports.records import DataSource, FieldMap, SubType, TransformMap, ValidationAssist
from ale.domains.imports.workbook import read_workbook
from ale.domains.playbooks.records import ActivityDefinition
from ale.domains.playbooks.records import Kind as Behaviour
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.attachments import Attachment, attachments_of, path_of
from ale.foundation.changes import after, create, save
from ale.foundation.db import inside, session
from ale.foundation.field import Field, Kind, Values, fields_of
from ale.foundation.problem import Problem, Rejected, sentence
from ale.foundation.record import RECORDS, Record, unique_groups

MADE = "sn_acct_lc_imp_"
"""How the internal names of import set tables begin that the builder makes."""

_SUB_TYPES = {
    Kind.DATE: SubType.DATE, Kind.DATETIME: SubType.DATETIME, Kind.BOOLEAN: SubType.BOOLEAN,
    Kind.INTEGER: SubType.INTEGER_OR_DECIMAL, Kind.DECIMAL: SubType.INTEGER_OR_DECIMAL, Kind.CHOICE: SubType.CHOICE,
    Kind.REFERENCE: SubType.REFERENCE,
}  # fmt: skip
_FORMATS = {Kind.DATE: "yyyy-MM-dd", Kind.DATETIME: "yyyy-MM-dd HH:mm"}


@after(ImportBuilder, "save")
def go_on(builder: ImportBuilder, before: Values | None, by: Actor) -> None:
    """Do what follows from the step that was left; Rejected leaves the builder where it was."""
    left = (before or {}).get("step")
    if left == builder.step:
        return
    work = {
        (BuilderStep.CREATE_TEMPLATE, BuilderStep.DATA_SOURCE): _template_is_read,
        (BuilderStep.DATA_SOURCE, BuilderStep.TRANSFORM_MAP): _make_the_source,
        (BuilderStep.TRANSFORM_MAP, BuilderStep.PLAYBOOK_ACTIVITY): _make_the_map,
        (BuilderStep.PLAYBOOK_ACTIVITY, BuilderStep.DONE): _make_the_definition,
    }.get((left, builder.step))  # type: ignore[arg-type]
    if work is None:
        raise Rejected([Problem("WRONG_STEP", "The steps of the builder are taken one after the other.", "step")])
    work(builder, by.for_system())


def uploaded_template(data_source: str | None) -> Attachment | None:
    """IMP-02: the workbook that the builder of a data source was given; None where none was.

    It is part of the set-up, which all domains share, though the file lies where its administrator is at home.
    """
    if data_source is None:
        return None
    builder = session.scalars(select(ImportBuilder).where(ImportBuilder.data_source == data_source)).first()
    with inside(ROOT_DOMAIN):
        return next(iter(_workbooks(builder, Actor.system())), None) if builder else None


def _workbooks(builder: ImportBuilder, by: Actor) -> list[Attachment]:
    return [one for one in attachments_of(builder, by) if one.file_name.casefold().endswith(".xlsx")]


def template_of(builder: ImportBuilder, by: Actor) -> list[tuple[str, Field]]:
    """The headings of the attached template with the fields they mean.

    Rejected: REQUIRED_FIELD without a template, TEMPLATE_LABEL for every heading that is no field (IMP-12), and what
    stands against the file itself.
    """
    files = _workbooks(builder, by)
    if not files:
        raise Rejected([Problem("REQUIRED_FIELD", "Attach the Excel template first.", "attachments")])
    with read_workbook(path_of(files[0]), files[0].file_name) as book:
        headings = [one.strip() for one in book.headings if one.strip()]
    target = RECORDS[builder.target_table]
    known = _spelled(target)
    wrong = [heading for heading in headings if heading.casefold() not in known]
    if wrong:
        table = target.__sheet__.label
        message = sentence("{label} is not a field of {table}.")
        raise Rejected([Problem("TEMPLATE_LABEL", message, "attachments", label=one, table=table) for one in wrong])
    return [(heading, known[heading.casefold()]) for heading in headings]


def _spelled(target: type[Record]) -> dict[str, Field]:
    """The fields that a column may fill, by label in both languages and by name."""
    found: dict[str, Field] = {}
    for name, item in fields_of(target).items():
        if name.startswith("sys_") or item.facts.read_only or item.facts.hidden:
            continue
        for spelling in (*item.label, name):
            found.setdefault(spelling.casefold(), item)
    return found


def _template_is_read(builder: ImportBuilder, by: Actor) -> None:
    template_of(builder, by)
    if not builder.import_set_table_name:
        save(builder, {"import_set_table_name": builder.name}, by=by)


def _make_the_source(builder: ImportBuilder, by: Actor) -> None:
    """IMP-13: the staging table, which is a name, and the data source that feeds it."""
    title = builder.import_set_table_name or builder.name
    internal = MADE + re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
    name = f"ALE_DS {title}"
    same = or_(DataSource.name == name, DataSource.import_set_table == internal)
    mapped = select(TransformMap.sys_id).where(TransformMap.source_table == internal)
    if session.scalar(select(DataSource.sys_id).where(same)) or session.scalar(mapped):
        message = sentence("This import set table name is already used.")
        raise Rejected([Problem("DUPLICATE_NAME", message, "import_set_table_name")])
    given = {"name": name, "import_set_table": internal, "import_set_internal_name": internal}
    source = create(DataSource, given, by=by)
    made = {"data_source": source.sys_id, "import_set_internal_name": internal}
    save(builder, made | {"transform_map_name": builder.transform_map_name or f"{title} map"}, by=by)


def _make_the_map(builder: ImportBuilder, by: Actor) -> None:
    """IMP-14: one field map for each column of the template, with the checks that the fields themselves ask for."""
    staging, columns = str(builder.import_set_internal_name), template_of(builder, by)
    given = {"name": builder.transform_map_name, "source_table": staging, "target_table": builder.target_table}
    made = create(TransformMap, given, by=by)
    key = _coalesce(RECORDS[builder.target_table], [item.name for _heading, item in columns])
    for order, (_heading, item) in enumerate(columns, start=1):
        column = f"u_{item.name}"
        place_of = {"map": made.sys_id, "order": order * 10, "coalesce": item.name in key}
        create(FieldMap, _field_map(item, column) | place_of, by=by)
        for place, check in enumerate(_checks(item, builder.target_table)):
            about = {"name": f"{builder.name}: {item.label.en}", "staging_table": staging, "staging_field": column}
            create(ValidationAssist, about | {"order": order * 10 + place} | check, by=by)
    views = [
        _view(builder, staging, [f"u_{item.name}" for _heading, item in columns], end, by) for end in (False, True)
    ]
    save(builder, {"transform_map": made.sys_id, "ui_views": views}, by=by)


def _field_map(item: Field, column: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "source_field": column,
        "target_field": item.name,
        "label": item.label.en,
        "label_fr": item.label.fr,
    }
    if item.to:
        within = "account" in fields_of(RECORDS[item.to])
        given |= {"reference_match_field": RECORDS[item.to].__sheet__.display, "within_account": within}
    return given | {"date_format": _FORMATS.get(item.kind)}


def _coalesce(target: type[Record], columns: Sequence[str]) -> tuple[str, ...]:
    """The columns by which records are recognised: the first unique group that the template holds."""
    groups = [tuple(name for name in group if name != "account") for group in unique_groups(target)]
    return next((group for group in groups if group and set(group) <= set(columns)), ())


def _checks(item: Field, table: str) -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = []
    if item.kind in _SUB_TYPES:
        checks.append({"validation_sub_type": _SUB_TYPES[item.kind], "date_format": _FORMATS.get(item.kind)})
        if item.to:
            match = RECORDS[item.to].__sheet__.display
            checks[0] |= {"reference_table": item.to, "reference_field": match}
        if item.kind is Kind.CHOICE:
            checks[0] |= {"target_table": table, "target_field": item.name}
    elif item.max_length:
        checks.append({"validation_sub_type": SubType.STRING_LIMIT, "max_length": item.max_length})
    return [one | {"mandatory": item.mandatory} for one in checks]


def _view(builder: ImportBuilder, staging: str, columns: list[str], with_comment: bool, by: Actor) -> str:
    """IMP-15: a list of the staging table, the one for rows that need attention with the comment."""
    name = f"{builder.name} attention" if with_comment else builder.name
    shown = ["comment", *columns] if with_comment else columns
    given = {"name": name, "table_name": staging, "columns": shown, "import_builder": builder.sys_id}
    return create(UiView, given, by=by).sys_id


def _make_the_definition(builder: ImportBuilder, by: Actor) -> None:
    """IMP-15: the activity definition that the designer offers; its values go into the activity."""
    values = {
        "source_table": builder.import_set_internal_name, "target_table": builder.target_table,
        "data_source": session.get_one(DataSource, builder.data_source).name,
    }  # fmt: skip
    told = "\n".join(f"{name}: {value}" for name, value in values.items())
    given = {"name": builder.name, "kind": Behaviour.CREATE_VIEW_TASK, "description": told}
    made = create(ActivityDefinition, given, by=by)
    save(builder, {"activity_definition": made.sys_id}, by=by)
