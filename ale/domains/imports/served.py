"""Staging tables as the API serves them: under the name of each import, its rows with their columns as fields."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    Enum,
    Select,
    Text,
    TypeDecorator,
    case,
    cast,
    func,
    select,
    type_coerce,
)

from ale.domains.imports.records import FieldMap, ImportTask, TransformMap
from ale.domains.imports.staging import ImportSet, RowState, StagingRow
from ale.domains.imports.validation import MESSAGES, message
from ale.foundation.actor import Actor
from ale.foundation.compact import from_json
from ale.foundation.db import session
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Problem
from ale.foundation.query import KEY, Column, Columns
from ale.foundation.reading import may, visible
from ale.foundation.tables import Table, serve
from ale.foundation.translations import translator

_TWICE = "\x1e"  # between the problems of a duplicate and the value it shares


class Comment(TypeDecorator[str]):
    """The stored problems of a row as sentences in a language, one a line; `headings` are (column, label) in pairs."""

    impl = Text
    cache_ok = True

    def __init__(self, headings: tuple[tuple[str, str], ...], language: str) -> None:
        super().__init__()
        self.headings, self.language = headings, language

    def process_result_value(self, value: str | None, dialect: Dialect) -> str:
        """What pages say beside the cells."""
        problems, twice, shared = (value or "").partition(_TWICE)
        labels = dict(self.headings)
        said = [_sentence(one, labels, self.language) for one in from_json(problems or "[]")]
        if twice:
            duplicate = MESSAGES["VAL_DUPLICATE"].text(self.language)
            said.append(duplicate.format(field=next(iter(labels.values()), ""), value=shared))
        return "\n".join(said)


def _sentence(problem: dict[str, Any], labels: dict[str, str], language: str) -> str:
    if problem["code"] == "VAL_RECORD" and (words := problem["params"]["message"]):
        return translator(language)(words)  # the catalogue knows those of supplied scripts
    if problem["code"] in MESSAGES:
        return message(problem, labels.get(problem["field"], ""), language)
    return Problem.of(problem).text(translator(language), language)


class StagingTable(Table):
    """The rows of all tasks that load into one staging table."""

    read_only = True

    def __init__(self, source: TransformMap) -> None:
        self.name = source.source_table
        maps = select(FieldMap).where(FieldMap.map == source.sys_id).order_by(FieldMap.order)
        self._maps = list(session.scalars(maps))

    def columns(self, by: Actor) -> Columns:
        """What every staging table has, then its own columns."""
        of_set = select(ImportSet.attachment).where(ImportSet.sys_id == StagingRow.import_set).scalar_subquery()
        states = Enum(RowState, native_enum=False, length=20, values_callable=list)
        frame = {
            "sys_id": Column(KEY, StagingRow.sys_id),
            "import_task": _column("import_task", Kind.REFERENCE, "Import task", "Tâche d’importation",
                                   StagingRow.import_task, to="sn_ti_core_imp_task"),
            "import_set": _column("import_set", Kind.REFERENCE, "Import set", "Jeu d’importation",
                                  StagingRow.import_set, to="sys_import_set"),
            "row_number": _column("row_number", Kind.INTEGER, "Row number", "Numéro de ligne", StagingRow.line),
            "attachment": _column("attachment", Kind.REFERENCE, "Source file", "Fichier source", of_set,
                                  to="sys_attachment"),
            "row_state": _column("row_state", Kind.CHOICE, "State", "État", type_coerce(StagingRow.state, states)),
            "comment": _column("comment", Kind.LONG_TEXT, "Comment", "Commentaire", self._comment(by.language)),
            "target_record": _column("target_record", Kind.TEXT, "Published record", "Enregistrement publié",
                                     StagingRow.target_record),
            "sys_created_on": _column("sys_created_on", Kind.DATETIME, "Created", "Créé le", StagingRow.sys_created_on),
        }  # fmt: skip
        own = {
            one.source_field: _column(
                one.source_field, Kind.TEXT, one.label, one.label_fr or one.label, _cell(one.source_field)
            )
            for one in self._maps
        }
        return frame | own

    def rows(self, by: Actor) -> Select[Any]:
        """The rows of the tasks that `by` may read; staging is not for customers."""
        if not may(ImportSet, "read", by):
            raise Forbidden(f"{by.name} may not read {self.name}")
        tasks = visible(ImportTask, by).with_only_columns(ImportTask.sys_id).where(ImportTask.source_table == self.name)
        return select(StagingRow).where(StagingRow.import_task.in_(tasks))

    def _comment(self, language: str) -> ColumnElement[str]:
        keys = [one.source_field for one in self._maps if one.coalesce]
        shared = func.coalesce(_cell(keys[0]), "") if keys else ""
        twice = func.coalesce(StagingRow.problems, "").concat(_TWICE).concat(shared)
        first = sorted(self._maps, key=lambda one: one.source_field not in keys[:1])
        return type_coerce(
            case((StagingRow.duplicate.is_(True), twice), else_=StagingRow.problems),
            Comment(
                tuple((one.source_field, Label(one.label, one.label_fr or one.label).text(language)) for one in first),
                language,
            ),
        )


def _column(name: str, kind: Kind, en: str, fr: str, sql: Any, to: str | None = None) -> Column:
    choices = RowState if kind is Kind.CHOICE else None
    facts = Facts(Label(en, fr), to=to, read_only=True)
    return Column(Field(name, kind, mandatory=False, max_length=None, choices=choices, facts=facts, default=None), sql)


def _cell(name: str) -> ColumnElement[str]:
    """SQL: the text of one column of a row."""
    if session.get_bind().dialect.name == "postgresql":
        found: ColumnElement[str] = cast(StagingRow.cells, JSON)[name].as_string()
        return found
    return func.json_extract(StagingRow.cells, f'$."{name}"', type_=Text)


def _staging_table(name: str) -> Table | None:
    source = session.scalars(select(TransformMap).where(TransformMap.source_table == name)).one_or_none()
    return StagingTable(source) if source else None


def staging_tables() -> list[str]:
    """The names of all staging tables."""
    return list(session.scalars(select(TransformMap.source_table).order_by(TransformMap.source_table)))


serve(_staging_table, staging_tables)
