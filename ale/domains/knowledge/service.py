"""What follows for related knowledge when tasks are made, and what customers see of it."""

from collections.abc import Sequence

from sqlalchemy import select

from ale.domains.knowledge.records import Article, ArticleState, RelatedArticle
from ale.domains.onboarding.records import CaseTask
from ale.domains.playbooks.instances import ActivityContext
from ale.domains.playbooks.records import Activity, Playbook, Stage
from ale.foundation.actor import Actor
from ale.foundation.changes import after, create, remove
from ale.foundation.db import session
from ale.foundation.field import Values
from ale.foundation.reading import visible
from ale.foundation.record import Record, table_name


def shared_articles(record: Record, by: Actor) -> Sequence[Article]:
    """POR-05: the published articles that are shared with the customer beside a record and that `by` may read."""
    shared = select(RelatedArticle.article).where(
        RelatedArticle.task == record.sys_id, RelatedArticle.shared_with_customer.is_(True)
    )
    found = visible(Article, by).where(Article.sys_id.in_(shared), Article.workflow_state == ArticleState.PUBLISHED)
    return session.scalars(found.order_by(Article.number)).all()


@after(CaseTask, "create")
def attach_what_its_activity_names(task: CaseTask, _before: Values | None, by: Actor) -> None:
    """KB-03: the articles attached to the activity that makes a task are attached to the task.

    An activity is the same one in all versions of its playbook.
    """
    context = session.get(ActivityContext, task.playbook_activity) if task.playbook_activity else None
    if context is None:
        return
    own = select(Activity.key, Playbook.key).join(Stage, Activity.stage == Stage.sys_id)
    own = own.join(Playbook, Stage.playbook == Playbook.sys_id).where(Activity.sys_id == context.activity)
    for activity, playbook in session.execute(own).all():
        versions = select(Activity.sys_id).join(Stage, Activity.stage == Stage.sys_id)
        versions = versions.join(Playbook, Stage.playbook == Playbook.sys_id)
        versions = versions.where(Activity.key == activity, Playbook.key == playbook)
        found = select(RelatedArticle.article, RelatedArticle.shared_with_customer)
        found = found.where(RelatedArticle.task_table == table_name(Activity), RelatedArticle.task.in_(versions))
        for article, shared in dict(session.execute(found).all()).items():
            given = {"article": article, "task_table": table_name(type(task)), "task": task.sys_id}
            create(RelatedArticle, given | {"shared_with_customer": shared, "automatic": True}, by=by.for_system())


@after(Record, "remove")
def links_go_with_the_record(record: Record, _before: Values | None, by: Actor) -> None:
    """What was attached to a record is attached to nothing once it is gone; the articles stay."""
    for link in session.scalars(select(RelatedArticle).where(RelatedArticle.task == record.sys_id)).all():
        remove(link, by=by.for_system())
