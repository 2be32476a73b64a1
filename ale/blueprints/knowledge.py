"""Knowledge bases and articles, and the articles attached to records."""

from flask import Blueprint

from ale.domains.knowledge import records
from ale.foundation.label import Label
from ale.foundation.reading import find
from ale.web.addresses import opens_at
from ale.web.forms import RecordForm
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, ONBOARDING, link
from ale.web.pages import record_pages
from ale.web.record_page import RecordPage
from ale.web.render import render

bp = Blueprint("knowledge", __name__)
record_pages(bp, records.KnowledgeBase, "knowledge-bases")
record_pages(bp, records.Article, "articles")
record_pages(bp, records.RelatedArticle, "related-knowledge")

opens_at(records.Article, show="knowledge.read")


@bp.get("/knowledge/<sys_id>")
def read(sys_id: str) -> str:
    """An article as it is read; its form is behind Open record."""
    article = find(records.Article, sys_id, actor())
    return render(
        "knowledge/article.html", article=article, page=RecordPage(RecordForm(records.Article, actor(), article))
    )


ARTICLES, BASES = Label("Knowledge", "Connaissances"), Label("Knowledge bases", "Bases de connaissances")
link(ONBOARDING, 80, ARTICLES, "knowledge.articles_list", "book-open", reads=records.Article)
link(ADMINISTRATION, 64, BASES, "knowledge.knowledge_bases_list", "book-open", roles=records.KEEPER)
