"""The supplied definitions and playbooks: text files, loaded once into rows that administrators change."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ale.domains.people.records import Responsibility
from ale.domains.playbooks.records import Activity, ActivityDefinition, Playbook, PlaybookState, Stage
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session

FILES = Path(__file__).parent / "supplied_playbooks"


def supply_playbooks(by: Actor) -> None:
    """Make the definitions and playbooks that are not there yet; what is there is left alone."""
    for one in yaml.safe_load((FILES / "definitions.yaml").read_text("utf-8")):
        if not session.scalar(select(ActivityDefinition.sys_id).where(ActivityDefinition.name == one["name"])):
            create(ActivityDefinition, one, by=by)
    for path in sorted(FILES.glob("*.yaml")):
        if path.name != "definitions.yaml":
            _supply(yaml.safe_load(path.read_text("utf-8")), by)


def _supply(text: dict[str, Any], by: Actor) -> None:
    if session.scalar(select(Playbook.sys_id).where(Playbook.key == text["key"])):
        return
    playbook = create(
        Playbook,
        {"key": text["key"], "name": text["name"]["en"], "name_fr": text["name"]["fr"], "table_name": text["table"]},
        by=by,
    )
    definitions = dict(session.execute(select(ActivityDefinition.kind, ActivityDefinition.sys_id)).all())
    people = dict(session.execute(select(Responsibility.name, Responsibility.sys_id)).all())
    for order, stage in enumerate(text["stages"], start=1):
        row = create(
            Stage, {"playbook": playbook.sys_id, "order": order * 10} | _both(stage, "label", "guidance"), by=by
        )
        for place, one in enumerate(stage["activities"], start=1):
            given = _both(one, "label", "description") | {
                "stage": row.sys_id, "order": place * 10, "key": one["key"],
                "definition": definitions[one["definition"]],
                "when_to_start": one.get("when", "after_previous"), "optional": one.get("optional", False),
                "condition": one.get("condition"), "record_table": one.get("table"), "fields": one.get("fields"),
                "responsibility": people.get(one.get("responsibility", "")), "field_values": one.get("values"),
                "on_complete": one.get("on_complete"),
            }  # fmt: skip
            create(Activity, given, by=by)
    save(playbook, {"state": PlaybookState.ACTIVE}, by=by)


def _both(text: dict[str, Any], *names: str) -> dict[str, Any]:
    """Labels in both languages as the columns `name` and `name_fr`."""
    return {f"{name}{end}": text[name][language] for name in names for language, end in (("en", ""), ("fr", "_fr"))}
