"""What success managers do for the customers of the demo behind the scenes, and what they read meanwhile."""

from sqlalchemy import select

from ale.demo.people import user_named
from ale.domains.accounts.records import Account
from ale.domains.knowledge.records import Article, RelatedArticle
from ale.domains.onboarding.records import CaseTask
from ale.domains.people.service import actor_for
from ale.domains.plays.launches import Definition, Launch
from ale.domains.plays.records import InternalPlay, InternalPlayTask
from ale.domains.signals.records import RiskSignal, Solution
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create, save
from ale.foundation.db import session


def make_plays(accounts: dict[str, Account], by: Actor) -> None:
    """One play that answers a risk signal, a launched one, and an article."""
    genixify, owner = accounts["Genixify"], user_named("csm").sys_id
    engagement = session.scalars(select(Engagement.sys_id).where(Engagement.account == genixify.sys_id)).first()
    play = create(
        InternalPlay,
        {"account": genixify.sys_id, "engagement": engagement, "short_description": "Get to green", "state": "new",
         "description": "Win back the sponsor before the renewal.", "assigned_to": owner},
        by=by,
    )  # fmt: skip
    save(play, {"state": "in_progress", "progress": "on_track"}, by=by)
    for text in ("Call the sponsor", "Prepare the executive review"):
        given = {
            "internal_play": play.sys_id,
            "short_description": text,
            "description": f"{text}.",
            "assigned_to": owner,
        }
        create(InternalPlayTask, given, by=by)
    signal = session.scalars(select(RiskSignal.sys_id).where(RiskSignal.account == genixify.sys_id)).first()
    if signal:
        create(Solution, {"risk_signal": signal, "solution_record": play.sys_id}, by=by)
    if engagement:
        _launch(engagement)
    _share(by)


def _launch(engagement: str) -> None:
    """The next quarterly review, launched from the engagement by its success manager."""
    definition = session.scalars(select(Definition.sys_id).where(Definition.title == "Next quarterly review")).one()
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement}
    csm = actor_for(user_named("csm").sys_id)
    assert csm is not None
    create(Launch, {"definition": definition} | source, by=csm)


def _share(by: Actor) -> None:
    """An article beside a task that the customer works on."""
    task = session.scalars(select(CaseTask).where(CaseTask.visible_to_customer.is_(True))).first()
    title = "How to complete the data import task"
    article = session.scalars(select(Article.sys_id).where(Article.title == title)).first()
    if task is not None and article is not None:
        shared = {"article": article, "task_table": task.sys_class_name, "task": task.sys_id}
        create(RelatedArticle, shared | {"shared_with_customer": True}, by=by)
