"""The supplied knowledge base: one text file, loaded once into articles that keepers change."""

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ale.domains.knowledge.records import Article, ArticleState, KnowledgeBase, RelatedArticle
from ale.domains.playbooks.records import Activity
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.record import table_name

FILE = Path(__file__).parent / "supplied" / "articles.yaml"


def supply_knowledge(by: Actor) -> dict[str, str]:
    """Make the base and the articles that are not there yet; the sys_id of each article by its key in the file."""
    text = yaml.safe_load(FILE.read_text("utf-8"))
    base = session.scalar(select(KnowledgeBase.sys_id).where(KnowledgeBase.title == text["base"]["title"]))
    if base is None:
        base = create(KnowledgeBase, text["base"], by=by).sys_id
    return {one["key"]: _article(one, base, by) for one in text["articles"]}


def _article(text: dict[str, Any], base: str, by: Actor) -> str:
    title, body = text["title"], text["body"]
    if found := session.scalar(select(Article.sys_id).where(Article.title == title["en"])):
        return found
    given = {"knowledge_base": base, "title": title["en"], "title_fr": title["fr"], "body": body["en"]}
    article = create(Article, given | {"body_fr": body["fr"], "workflow_state": ArticleState.PUBLISHED}, by=by)
    for activity in session.scalars(select(Activity.sys_id).where(Activity.key == text.get("activity"))).all():
        about = {"article": article.sys_id, "task_table": table_name(Activity), "task": activity}
        create(RelatedArticle, about | {"shared_with_customer": text.get("shared", False)}, by=by)
    return article.sys_id
