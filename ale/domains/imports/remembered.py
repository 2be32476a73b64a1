"""How an account's files name columns and choices, remembered after a finished import and used the next time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.domains.imports.headings import Column, heading_key, known_headings
from ale.domains.imports.pairs import as_lines, objections_to, pairs_in
from ale.domains.imports.records import AGENT, FieldMap, ImportTask, TransformMap
from ale.domains.imports.staging import ImportSet, RunState
from ale.domains.imports.values import reference_key
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.problem import Problem
from ale.foundation.record import Access, Record, Section, Sheet

PERSON, REMEMBERED, TEMPLATE = "person", "remembered", "template"
"""How it was decided which columns a file has."""


def _leads_to_columns(values: Values, before: Values | None) -> Sequence[Problem]:
    """Each heading leads to a column of the import or to nothing, each value to a column with a value."""
    known = list(session.scalars(select(FieldMap.source_field).where(FieldMap.map == values["map"])))
    wrong = objections_to(values["headings"], "headings", ["", *known])
    for written, _meant in pairs_in(values["meanings"]):
        if written.partition(":")[0].strip() not in known:
            wrong += objections_to(f"= {written}", "meanings", known) or []
    return wrong


class ImportMapping(Separated, Record):
    """What the files of one account call the columns of one import, and the values of its choices.

    `headings` has a line "heading = column" for each, without a column where it is left out; `meanings` has lines
    "column: value = choice".
    """

    __tablename__ = "ale_import_mapping"

    map: Mapped[str] = reference("Transform map", "Carte de transformation", to="sys_transform_map")
    account: Mapped[str] = reference("Account", "Compte", to="customer_account")
    headings: Mapped[str | None] = field(
        "Headings", "En-têtes", long=True,
        hint=Label("A line each: heading = column, or heading = for one that is left out.",
                   "Une ligne par en-tête : en-tête = colonne, ou en-tête = pour ne pas l’importer."),
    )  # fmt: skip
    meanings: Mapped[str | None] = field(
        "Values", "Valeurs", long=True,
        hint=Label("A line each: column: value in the file = choice.",
                   "Une ligne par valeur : colonne: valeur du fichier = choix."),
    )  # fmt: skip

    __sheet__ = Sheet(
        label=Label("Remembered mapping", "Correspondance mémorisée"),
        plural=Label("Remembered mappings", "Correspondances mémorisées"), display="map",
        columns=("map", "account", "sys_updated_on", "sys_updated_by"), order="map", filters=("map", "account"),
        form=(Section.of("Mapping", "Correspondance", "map", "account", "headings", "meanings"),),
        access=Access(read=AGENT, create=AGENT, write=AGENT, delete=AGENT),
        domain_of="account", unique=(("map", "account"),), check=(_leads_to_columns,), icon="workflow",
    )  # fmt: skip


@dataclass(frozen=True)
class Memory:
    """What is known of the files of an account: columns by `heading_key`, meanings by column as (text, value)."""

    columns: Mapping[str, str]
    meanings: Mapping[str, Sequence[tuple[str, str]]]

    def names(self, headings: Sequence[str], columns: Sequence[Column]) -> list[str] | None:
        """The column of each heading; None unless all are known and none is there twice or is missing."""
        named = known_headings(headings, columns)
        there = {"", *(column.name for column in columns)}
        found: list[str] = []
        for heading, name in zip(headings, named, strict=True):
            known = self.columns.get(heading_key(heading))
            if heading and not name and known is None:
                return None
            found.append(known if known in there else name)
        given = [name for name in found if name]
        complete = {column.name for column in columns if column.mandatory} <= set(given)
        return found if complete and len(given) == len(set(given)) else None


def memory_of(task: ImportTask, columns: Sequence[Column], *, of_this_import: bool = False) -> Memory:
    """What the account of the task has taught, and what administrators say of the columns for everybody.

    With `of_this_import` also what was said of other files of the same import, which is not finished yet.
    """
    mine = _mapping_of(task)
    headings, values = _taught(mine, _said(task) if of_this_import else ())
    meanings: dict[str, list[tuple[str, str]]] = {one.name: list(one.meanings) for one in columns if one.meanings}
    for written, meant in values.values():
        name, _colon, text = written.partition(":")
        meanings.setdefault(name.strip(), []).append((text.strip(), meant))
    return Memory({key: meant for key, (_written, meant) in headings.items()}, meanings)


def remember(task: ImportTask, by: Actor) -> None:
    """Keep what people said of the files of a finished import, in the running transaction; the newest word counts."""
    said = _said(task)
    source = session.scalar(select(TransformMap.sys_id).where(TransformMap.source_table == task.source_table))
    if not said or not task.account or source is None:
        return
    mine = _mapping_of(task)
    headings, meanings = _taught(mine, said)
    values = {"headings": as_lines(headings.values()), "meanings": as_lines(meanings.values())}
    if mine is None:
        create(ImportMapping, values | {"map": source, "account": task.account}, by=by.for_system())
    else:
        save(mine, values, by=by.for_system())


Pairs = dict[Any, tuple[str, str]]


def _taught(mine: ImportMapping | None, said: Sequence[dict[str, Any]]) -> tuple[Pairs, Pairs]:
    """The pairs of headings and of values, each under what it is recognised by; what was said last counts."""
    headings = {heading_key(written): (written, meant) for written, meant in pairs_in(mine.headings if mine else None)}
    meanings = {_place(written): (written, meant) for written, meant in pairs_in(mine.meanings if mine else None)}
    for one in said:
        told = zip(one["headings"], one["columns"], strict=True)
        headings |= {heading_key(heading): (heading, name) for heading, name in told}
        pairs = [(f"{name}: {text}", meant) for name, values in one["values"].items() for text, meant in values.items()]
        meanings |= {_place(written): (written, meant) for written, meant in pairs}
    headings.pop("", None)  # what has no letters cannot be recognised
    return headings, meanings


def _said(task: ImportTask) -> list[dict[str, Any]]:
    """What people said of the files of a task, oldest first; not of one that was refused."""
    found = select(ImportSet).where(ImportSet.import_task == task.sys_id, ImportSet.state != RunState.FAILED)
    sets = session.scalars(found.order_by(ImportSet.sys_id))
    return [one.mapping for one in sets if one.mapping and one.mapping["how"] == PERSON]


def _mapping_of(task: ImportTask) -> ImportMapping | None:
    source = select(TransformMap.sys_id).where(TransformMap.source_table == task.source_table).scalar_subquery()
    found = select(ImportMapping).where(ImportMapping.map == source, ImportMapping.account == task.account)
    return session.scalars(found).one_or_none()


def _place(written: str) -> tuple[str, str]:
    """What a value is remembered under: its column, and its text as it is compared."""
    name, _colon, text = written.partition(":")
    return name.strip(), reference_key(text)
