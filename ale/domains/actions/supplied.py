"""The supplied recommended actions: one text file, loaded once into rows that administrators change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ale.domains.actions.records import (
    ActionRule,
    ActionType,
    FieldRecommendation,
    Guidance,
    Node,
    Recommendation,
    Tree,
)
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session

FILE = Path(__file__).parent / "supplied" / "cards.yaml"

Keys = Mapping[str, str]


def supply_actions(articles: Keys, by: Actor) -> None:
    """Make the trees and rules that are not there yet, the rules with their cards; what is there is left alone."""
    text = yaml.safe_load(FILE.read_text("utf-8"))
    trees = {one["key"]: _tree(one, articles, by) for one in text["trees"]}
    for rule in text["rules"]:
        if session.scalar(select(ActionRule.sys_id).where(ActionRule.name == rule["name"])):
            continue
        given = {"name": rule["name"], "table_name": rule["table"], "condition": {"query": rule["condition"]}}
        made = create(ActionRule, given, by=by).sys_id
        for order, card in enumerate(rule["cards"], start=1):
            title = {"title": card["title"]["en"], "title_fr": card["title"]["fr"], "order": order * 100}
            create(Recommendation, title | {"rule": made} | _shows(card, rule["table"], trees, articles, by), by=by)


def _tree(text: dict[str, Any], articles: Keys, by: Actor) -> str:
    if found := session.scalar(select(Tree.sys_id).where(Tree.name == text["name"])):
        return found
    tree = create(Tree, {"name": text["name"]}, by=by)
    for one in text["nodes"]:
        node = create(
            Node,
            {"tree": tree.sys_id, "key": one["key"], "kind": one["kind"], "text": one["text"]["en"],
             "text_fr": one["text"]["fr"], "answers": one.get("answers"),
             "kb_article": articles.get(one.get("article", ""))},
            by=by,
        )  # fmt: skip
        if one["key"] == text["root"]:
            save(tree, {"root_node": node.sys_id}, by=by)
    return tree.sys_id


def _shows(card: dict[str, Any], table: str, trees: Keys, articles: Keys, by: Actor) -> dict[str, Any]:
    """What a card shows, by its type."""
    if "tree" in card:
        return {"type": ActionType.DECISION_TREE, "decision_tree": trees[card["tree"]]}
    title = card["title"]["en"]
    if "field" in card:
        given = {"table_name": table, "field_name": card["field"], "value_source": {"from": card["from"]}}
        made = create(FieldRecommendation, {"name": title} | given, by=by)
        return {"type": ActionType.FIELD_RECOMMENDATION, "field_recommendation": made.sys_id}
    text = card["guidance"]
    given = {"name": title, "body": text["text"]["en"], "body_fr": text["text"]["fr"]}
    given |= {"kb_article": articles.get(text.get("article", ""))}
    given |= {"button_label": text.get("button"), "button_action": text.get("action")}
    return {"type": ActionType.GUIDANCE, "guidance": create(Guidance, given, by=by).sys_id}
