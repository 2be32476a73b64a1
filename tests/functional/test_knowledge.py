"""Articles are found by whom they are meant for, and come to the tasks they belong to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ale.domains.accounts.records import Account
from ale.domains.knowledge.records import Article, ArticleState, KnowledgeBase, RelatedArticle
from ale.domains.onboarding.records import CaseTask, OnboardingCase
from ale.domains.people.records import Role
from ale.domains.people.roles import closure
from ale.domains.playbooks.records import Activity
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.problem import Rejected
from ale.foundation.reading import visible
from ale.foundation.record import table_name
from tests.conftest import Browser
from tests.factories import SYSTEM, make
from tests.pages import Page
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


def test_links_go_with_their_record(app: object) -> None:
    task = make(CaseTask)
    create(RelatedArticle, {"article": article().sys_id, "task_table": table_name(CaseTask), "task": task.sys_id},
           by=SYSTEM)  # fmt: skip
    remove(task, by=SYSTEM)
    assert session.scalars(select(RelatedArticle).where(RelatedArticle.task == task.sys_id)).all() == []


def test_a_link_names_a_record_that_is_there(app: object) -> None:
    for named in (("sn_acct_lc_onb_case", "0" * 32), ("no_such_table", make(CaseTask).sys_id)):
        with pytest.raises(Rejected) as refusal:
            create(RelatedArticle, {"article": article().sys_id, "task_table": named[0], "task": named[1]}, by=SYSTEM)
        assert refusal.value.codes == ["INVALID_REFERENCE"]


# --- reading --------------------------------------------------------------------------------------------------------


def shared(case: OnboardingCase, **given: Any) -> Article:
    """An article that is attached to a case and, unless it is called Internal, shared with the customer."""
    made = article(**given)
    about = {"article": made.sys_id, "task_table": "sn_acct_lc_onb_case", "task": case.sys_id}
    create(RelatedArticle, about | {"shared_with_customer": given.get("title") != "Internal"}, by=SYSTEM)
    return made


def test_POR_05_E1_E2_customers_read_what_is_shared_and_not_forbidden(log_on: LogOnAs) -> None:
    browser = log_on("genixify.admin")
    mine = select(OnboardingCase).join(Account, Account.sys_id == OnboardingCase.account)
    case = session.scalars(mine.where(Account.name == "Genixify").order_by(OnboardingCase.sys_id.desc())).first()
    assert case is not None
    body = "<p>Install it <script>alert(1)</script></p>"
    readable = shared(case, title="Readable", title_fr="Lisible", body=body, body_fr="<p>Installez-le</p>")
    hidden = shared(case, title="Forbidden", cannot_read=[role("sn_customerservice.customer")])
    shared(case, title="Internal")
    page = Page(browser.get(f"/portal/cases/{case.sys_id}").text)
    text = page.root.text
    assert ("Readable" in text, "Forbidden" in text, "Internal" in text) == (True, False, False)
    shown = browser.get(f"/portal/articles/{readable.sys_id}").text
    assert "Install it" in shown
    assert "alert(1)" not in shown
    assert browser.get(f"/portal/articles/{hidden.sys_id}").status_code == 404
    browser.send("/preferences", {"language": "fr"})
    assert "Installez-le" in browser.get(f"/portal/articles/{readable.sys_id}").text


def test_an_article_opens_as_it_is_read_and_its_form_is_one_click_away(log_on: LogOnAs) -> None:
    guide = session.scalars(select(Article).where(Article.title == "How to complete the data import task")).one()
    agent = log_on("agent")
    page = Page(agent.get(f"/knowledge/{guide.sys_id}").text)
    assert len(list(page.find("li"))) > 5
    assert any(one.attrs["href"] == f"/articles/{guide.sys_id}" for one in page.find("a") if one.text == "Open record")


def test_the_supplied_base_holds_eleven_articles_in_both_languages(app: object) -> None:
    found = session.scalars(
        select(Article).join(KnowledgeBase, KnowledgeBase.sys_id == Article.knowledge_base)
        .where(KnowledgeBase.title == "Account Lifecycle Events")
    ).all()  # fmt: skip
    assert len(found) == 11
    assert all(
        one.body and one.body_fr and one.title_fr and one.workflow_state is ArticleState.PUBLISHED for one in found
    )
