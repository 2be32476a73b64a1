"""What a script sees of a row: its cells, and of the import task what the script walks to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ale.domains.imports.records import ImportTask
from ale.domains.imports.scripts import dotted_paths
from ale.foundation.convert import as_text
from ale.foundation.db import session
from ale.foundation.field import Kind, fields_of
from ale.foundation.record import RECORDS, Record

TASK_NAMES = ("task", "import_task")
"""How a row calls its import task: the manual's name and that of the column."""


class Walker:
    """Prefetches for one script what lies behind dots, so that the script itself needs no database."""

    def __init__(self, script: str, task: ImportTask, columns: Iterable[str]) -> None:
        paths = [path.split(".") for path in dotted_paths(script)]
        self._same: dict[str, Any] = {**dict.fromkeys(columns, ""), **dict.fromkeys(TASK_NAMES, task.sys_id)}
        for name in TASK_NAMES:
            walks = [path[1:] for path in paths if path[0] == name]
            if walks:
                self._same[name] = _seen(task, walks)

    def dressed(self, rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        """Each row as the script is to see it: empty cells as empty texts, references that it follows as records."""
        return [{**self._same, **row} for row in rows]


def _seen(record: Record, walks: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The fields of a record that some walk begins with; the end of a walk is a text, what goes on a record."""
    seen: dict[str, Any] = {"sys_id": record.sys_id}
    known = fields_of(type(record))
    for name in {walk[0] for walk in walks if walk[0] in known}:
        item, value = known[name], getattr(record, name)
        further = [walk[1:] for walk in walks if walk[0] == name and len(walk) > 1]
        if further and item.kind is Kind.REFERENCE:
            referred = session.get(RECORDS[str(item.to)], value) if value else None
            seen[name] = _seen(referred, further) if referred else ""
        else:
            seen[name] = "" if item.facts.format == "secret" else as_text(value)
    return seen
