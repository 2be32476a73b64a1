"""Knowledge bases, articles, and the articles attached to records."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Mapped

from ale.domains.knowledge import rules
from ale.domains.people.records import Role
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.documents import lists, there
from ale.foundation.field import Values, document, field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet

KEEPER = ("knowledge_manager",)
_LINKED_BY = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent")


HOLDERS = (
    "sn_acct_lc_onb_case", "sn_ti_core_task", "sn_ti_core_imp_task", "sn_acct_lc_engagement",
    "sn_acct_lc_success_initiative", "sn_acct_lc_success_case", "sn_acct_lc_success_task", "sn_acct_lc_touchpoint",
    "sn_acct_lc_internal_play", "sn_acct_lc_internal_play_task", "sn_acct_lc_risk_signal_issue", "sys_pd_activity",
)  # fmt: skip
"""What articles are attached to."""


class ArticleState(Choice):
    DRAFT = "draft", "Draft", "Brouillon"
    PUBLISHED = "published", "Published", "Publié"
    RETIRED = "retired", "Retired", "Retiré"


class KnowledgeBase(Record):
    """A set of articles."""

    __tablename__ = "kb_knowledge_base"

    title: Mapped[str] = field("Title", "Titre", max_length=160, customer=True)
    description: Mapped[str | None] = field("Description", "Description", long=True, customer=True)
    owner: Mapped[str | None] = reference("Owner", "Responsable", to="sys_user")
    managers: Mapped[list[str]] = reference("Managers", "Gestionnaires", to="sys_user", many=True)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Knowledge base", "Base de connaissances"),
        plural=Label("Knowledge bases", "Bases de connaissances"), display="title",
        columns=("title", "description", "owner", "active"), order="title", filters=("active",), search=("title",),
        form=(Section.of("Knowledge base", "Base de connaissances", "title", "description", "owner", "managers",
                         "active"),),
        access=Access(read=("*",), report_view=KEEPER, customer_read=("*",), create=KEEPER, write=KEEPER,
                      delete=("admin",)),
        unique=(("title",),), icon="book-open",
    )  # fmt: skip


def _readable(kind: Any, by: Actor) -> ColumnElement[bool] | None:
    """KB-01, KB-02: what is published, unless one of the roles held may not read it; keepers read everything."""
    if by.has(*KEEPER):
        return None
    held = exists(select(Role.sys_id).where(Role.name.in_(by.roles), lists(kind.cannot_read, Role.sys_id)))
    return and_(kind.workflow_state == ArticleState.PUBLISHED, ~held)


class Article(Record):
    """An article, readable by everybody unless a role is excluded."""

    __tablename__ = "kb_knowledge"

    number: Mapped[str] = field("Number", "Numéro", max_length=40, read_only=True, customer=True)
    knowledge_base: Mapped[str] = reference("Knowledge base", "Base de connaissances", to="kb_knowledge_base")
    title: Mapped[str] = field("Title", "Titre", max_length=160, customer=True)
    title_fr: Mapped[str | None] = field("Title (French)", "Titre (français)", max_length=160, customer=True)
    body: Mapped[str] = field("Text", "Texte", long=True, format="html", customer=True)
    body_fr: Mapped[str | None] = field("Text (French)", "Texte (français)", long=True, format="html", customer=True)
    workflow_state: Mapped[ArticleState] = field("State", "État", default=ArticleState.DRAFT)
    cannot_read: Mapped[list[str]] = reference(
        "Cannot Read", "Lecture interdite aux", to="sys_user_role", many=True,
        hint=Label("Who holds one of these roles cannot read the article.",
                   "Qui détient un de ces rôles ne peut pas lire l’article."),
    )  # fmt: skip
    author: Mapped[str | None] = reference("Author", "Auteur", to="sys_user")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Knowledge article", "Article de la base de connaissances"),
        plural=Label("Knowledge articles", "Articles de la base de connaissances"), display="title", prefix="KB",
        columns=("number", "title", "knowledge_base", "workflow_state", "author"), order="number",
        filters=("workflow_state", "knowledge_base", "author"), search=("number", "title", "title_fr"),
        form=(
            Section.of("Article", "Article", "number", "knowledge_base", "title", "title_fr", "body", "body_fr"),
            Section.of("Publication", "Publication", "workflow_state", "author", "cannot_read", "active"),
        ),
        access=Access(
            read=("*",), report_view=KEEPER, customer_read=("*",), create=KEEPER, write=KEEPER, delete=("admin",),
            rows=_readable,
        ),
        icon="book-open",
    )  # fmt: skip


def _found(rows: Sequence[Values]) -> Sequence[Values]:
    pairs = [(row.get("task_table"), row.get("task")) for row in rows]
    known = there(pair for pair in pairs if pair[0] in HOLDERS)
    return [{"found": pair in known} for pair in pairs]


class RelatedArticle(Record):
    """An article attached to a record: shown beside it, and on the portal when it is shared.

    Attached to an activity of a playbook, it is attached to every task that the activity makes (KB-03).
    """

    __tablename__ = "m2m_kb_task"

    article: Mapped[str] = reference("Article", "Article", to="kb_knowledge")
    task_table: Mapped[str] = field("Table", "Table", max_length=80, format="table_name")
    task: Mapped[str] = document("Record", "Enregistrement", *HOLDERS, table_in="task_table")
    shared_with_customer: Mapped[bool] = field("Shared with the customer", "Partagé avec le client", default=False)
    automatic: Mapped[bool] = field("Attached automatically", "Rattaché automatiquement", default=False)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Related knowledge", "Connaissances connexes"),
        plural=Label("Related knowledge", "Connaissances connexes"), display="article",
        columns=("article", "task_table", "task", "shared_with_customer", "automatic"),
        filters=("article", "shared_with_customer", "automatic"), search=("task_table", "task"),
        form=(Section.of("Related knowledge", "Connaissances connexes", "article", "task_table", "task",
                         "shared_with_customer", "automatic", "active"),),
        access=Access(
            read=("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer"), create=_LINKED_BY, write=_LINKED_BY,
            delete=_LINKED_BY,
        ),
        needs=_found, check=(rules.the_record_exists,), unique=(("article", "task_table", "task"),), icon="book-open",
    )  # fmt: skip
