"""The supplied subflows and what the launcher offers of them: text files, loaded once into rows."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ale.domains.plays.launches import AleCategory, AleChoice, Definition, DefinitionState, Launch, Subflow
from ale.domains.plays.renewals import NAME
from ale.domains.plays.starts import PlayRule, PlayStart, Trigger
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
    for text in yaml.safe_load((FILES / "rules.yaml").read_text("utf-8")):
        _rule(text, flows[text.pop("subflow")], by)
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


def _rule(text: dict[str, Any], flow: str, by: Actor) -> None:
    """A rule that starts the first play of a subflow, where no rule starts it at this time."""
    plays = select(Definition.sys_id).where(Definition.flow == flow).order_by(Definition.order, Definition.sys_id)
    keys = session.scalars(plays).all()
    known = select(PlayRule.sys_id).where(PlayRule.trigger == text["trigger"], PlayRule.definition.in_(keys))
    if keys and not session.scalar(known):
        named = {"name": text["name"]["en"], "name_fr": text["name"]["fr"]}
        rule = create(PlayRule, text | named | {"definition": keys[0]}, by=by)
        if rule.trigger is Trigger.RENEWAL:
            _remember(rule, by)


def _remember(rule: PlayRule, by: Actor) -> None:
    """Renewals that were prepared before there were rules are not prepared again."""
    mine = session.scalars(select(Launch).where(Launch.definition == rule.definition)).all()
    causes = {(one.source_table, one.source_record, (one.inputs or {}).get("renewal_date")): one for one in mine}
    for (table, record, day), launch in causes.items():
        if table and record and day:
            about = {"rule": rule.sys_id, "source_table": table, "source_record": record, "cause": day}
            create(PlayStart, about | {"launch": launch.sys_id}, by=by)
