"""Knowledge bases and articles, and the articles attached to records."""

from flask import Blueprint

from ale.domains.knowledge import records
from ale.foundation.label import Label
from ale.web.navigation import ADMINISTRATION, ONBOARDING, link
from ale.web.pages import record_pages

bp = Blueprint("knowledge", __name__)
record_pages(bp, records.KnowledgeBase, "knowledge-bases")
record_pages(bp, records.Article, "articles")
record_pages(bp, records.RelatedArticle, "related-knowledge")

ARTICLES, BASES = Label("Knowledge", "Connaissances"), Label("Knowledge bases", "Bases de connaissances")
link(ONBOARDING, 80, ARTICLES, "knowledge.articles_list", "book-open", reads=records.Article)
link(ADMINISTRATION, 64, BASES, "knowledge.knowledge_bases_list", "book-open", roles=records.KEEPER)
