"""The supplied subflows and what the launcher offers of them: text files, loaded once into rows."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ale.domains.plays.launches import AleCategory, AleChoice, Definition, DefinitionState, Subflow
from ale.domains.plays.renewals import NAME
from ale.domains.system.supplied import supply_job
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session

FILES = Path(__file__).parent / "supplied"


def supply_plays(by: Actor) -> None:
    """Make the subflows, choices and definitions that are not there yet; what is there is left alone."""
    flows = {text["key"]: _flow(text, by) for text in yaml.safe_load((FILES / "subflows.yaml").read_text("utf-8"))}
    for order, text in enumerate(yaml.safe_load((FILES / "launcher.yaml").read_text("utf-8")), start=1):
        category = _choice(text["category"], None, order, by)
        for place, below in enumerate(text["sub_categories"], start=1):
            sub = _choice(below["name"], category, place, by)
            shared = {"category": category, "sub_category": sub, "is_blueprint": text.get("is_blueprint", False),
                      "target_tables": below.get("offered_on")}  # fmt: skip
            for number, one in enumerate(below["activities"], start=1):
                _define(one["title"], flows[one["subflow"]], shared | {"order": number * 100}, by)
    supply_job(NAME, "renewal_plays", "05:00", by)


def _flow(text: dict[str, Any], by: Actor) -> str:
    name = text["name"]["en"]
    if found := session.scalar(select(Subflow.sys_id).where(Subflow.name == name)):
        return found
    rest = {one: text.get(one) for one in ("description", "inputs", "steps")}
    given = {"name": name, "name_fr": text["name"]["fr"], "kind": text.get("kind", "subflow"), "published": True}
    return create(Subflow, given | rest | {"demo": "kind" not in text}, by=by).sys_id


def _choice(name: dict[str, str], category: str | None, order: int, by: Actor) -> str:
    """A category, or with one a sub category of it."""
    mine = AleChoice.name == name["en"], AleChoice.dependent_category == category
    if found := session.scalar(select(AleChoice.sys_id).where(*mine)):
        return found
    kind = AleCategory.DEFINITION_RECORD if category else AleCategory.DEFINITION_CATEGORY
    given = {"name": name["en"], "name_fr": name["fr"], "category": kind, "dependent_category": category}
    return create(AleChoice, given | {"order": order * 100}, by=by).sys_id


def _define(title: dict[str, str], flow: str, shared: dict[str, Any], by: Actor) -> None:
    mine = Definition.category == shared["category"], Definition.title_key == title["en"].casefold()
    if not session.scalar(select(Definition.sys_id).where(*mine)):
        given = {"title": title["en"], "title_fr": title["fr"], "flow": flow, "state": DefinitionState.PUBLISHED}
        create(Definition, given | shared, by=by)
