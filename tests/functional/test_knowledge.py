"""Articles are found by whom they are meant for, and come to the tasks they belong to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.knowledge.records import Article, ArticleState, RelatedArticle
from ale.domains.onboarding.records import CaseTask
from ale.domains.people.records import Role
from ale.domains.people.roles import closure
from ale.domains.playbooks.records import Activity
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from ale.foundation.reading import visible
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.stories import Story

ActorNamed = Callable[[str], Actor]
LogOnAs = Callable[[str], Browser]


def article(**given: Any) -> Article:
    return make(Article, **({"workflow_state": ArticleState.PUBLISHED} | given))


def role(name: str) -> str:
    return session.scalars(select(Role.sys_id).where(Role.name == name)).one()


def reads(by: Actor) -> set[str]:
    """The ids of the articles that `by` may read."""
    return {one.sys_id for one in session.scalars(visible(Article, by))}


def test_KB_01_E1_everybody_reads_what_is_published(actor: ActorNamed) -> None:
    key = article().sys_id
    assert all(key in reads(actor(name)) for name in ("admin", "agent", "csm", "genixify.sme"))


def test_KB_01_E2_nobody_but_its_keepers_reads_a_draft(actor: ActorNamed) -> None:
    drafts = {article(workflow_state=state).sys_id for state in (ArticleState.DRAFT, ArticleState.RETIRED)}
    assert all(not drafts & reads(actor(name)) for name in ("agent", "csm", "genixify.sme"))
    keeper = replace(actor("agent"), roles=closure(["knowledge_manager"]))
    assert drafts <= reads(keeper)


def test_KB_02_E1_who_holds_an_excluded_role_finds_nothing(client: Browser, actor: ActorNamed) -> None:
    excluded = article(cannot_read=[role("sn_acct_lc.agent"), role("sn_customerservice.customer")])
    assert excluded.sys_id not in reads(actor("genixify.manager"))
    for key, status in ((excluded.sys_id, 404), (article().sys_id, 200)):
        answer = client.get(f"/api/now/table/kb_knowledge/{key}", auth=("genixify.manager", "demo"))
        assert answer.status_code == status


def test_KB_02_E2_others_and_keepers_read_it(actor: ActorNamed) -> None:
    excluded = article(cannot_read=[role("sn_customerservice.customer")]).sys_id
    keeper = replace(actor("genixify.manager"), account=None, roles=closure(["knowledge_manager"]))
    assert all(excluded in reads(one) for one in (actor("agent"), actor("admin"), keeper))


def test_KB_02_an_article_is_hidden_where_related_rows_would_name_it(log_on: LogOnAs) -> None:
    excluded = article(title="Not for agents", cannot_read=[role("sn_acct_lc.agent")])
    browser = log_on("agent")
    assert browser.get(f"/articles/{excluded.sys_id}").status_code == 404
    assert "Not for agents" not in browser.get("/articles").text


# --- related knowledge ----------------------------------------------------------------------------------------------


def attached(task: CaseTask) -> list[RelatedArticle]:
    return list(session.scalars(select(RelatedArticle).where(RelatedArticle.task == task.sys_id)))


def configured(key: str, guide: Article) -> None:
    """The activity with this key names the guide."""
    for activity in session.scalars(select(Activity.sys_id).where(Activity.key == key)).all():
        create(RelatedArticle, {"article": guide.sys_id, "task_table": "sys_pd_activity", "task": activity}, by=SYSTEM)


def test_KB_03_E1_a_task_brings_the_article_of_its_activity(story: Story) -> None:
    guide = article()
    configured("import_location", guide)
    story.set_up()
    task = story.task("import_location")
    (link,) = attached(task)
    assert attached(story.task("import_contract")) == []
    assert (link.article, link.automatic, link.task_table) == (guide.sys_id, True, "sn_ti_core_imp_task")


def test_KB_03_E1_the_page_of_the_task_lists_it(log_on: LogOnAs) -> None:
    guide, task = article(title="How to load places"), make(CaseTask)
    create(RelatedArticle, {"article": guide.sys_id, "task_table": "sn_ti_core_task", "task": task.sys_id}, by=SYSTEM)
    page = log_on("agent").get(f"/tasks/{task.sys_id}?related=m2m_kb_task.task").text
    assert "Related knowledge" in page
    assert "How to load places" in page


def test_KB_03_E2_a_removed_link_does_not_come_back(story: Story) -> None:
    configured("import_location", article())
    story.set_up()
    task = story.task("import_location")
    remove(attached(task)[0], by=story.by)
    save(task, {"subject": "Renamed"}, by=story.by)
    assert attached(task) == []


def test_a_link_names_a_record_that_is_there(app: object) -> None:
    for named in (("sn_acct_lc_onb_case", "0" * 32), ("no_such_table", make(CaseTask).sys_id)):
        with pytest.raises(Rejected) as refusal:
            create(RelatedArticle, {"article": article().sys_id, "task_table": named[0], "task": named[1]}, by=SYSTEM)
        assert refusal.value.codes == ["INVALID_REFERENCE"]
