"""Versions of playbooks: drafted, activated, and then left alone, since running instances keep theirs (PBK-05)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from ale.domains.playbooks import versions
from ale.domains.playbooks.records import Activity, ActivityDefinition, Playbook, Stage
from ale.foundation.actor import Actor
from ale.foundation.changes import create, remove, save
from ale.foundation.db import session
from ale.foundation.problem import Forbidden
from tests.stories import Story, refused

ActorNamed = Callable[[str], Actor]


@pytest.fixture
def supplied(app: object) -> Playbook:
    return session.scalars(select(Playbook).where(Playbook.key == "account_onboarding")).one()


def test_the_supplied_playbook_has_its_thirty_one_activities(supplied: Playbook) -> None:
    found = session.execute(
        select(Stage.label, func.count(Activity.sys_id))
        .join(Activity, Activity.stage == Stage.sys_id)
        .where(Stage.playbook == supplied.sys_id)
        .group_by(Stage.label, Stage.order)
        .order_by(Stage.order)
    )
    assert [tuple(row) for row in found] == [
        ("Initial setup", 6),
        ("Data Capture & Validation", 9),
        ("Development & Automation", 11),
        ("Testing & Training", 4),
        ("Go-Live / Post Support", 1),
    ]
    assert supplied.state == "active"


def test_PBK_05_E1_running_cases_keep_their_version(supplied: Playbook, story: Story, actor: ActorNamed) -> None:
    author = actor("agent")
    draft = versions.new_version(supplied, author)
    assert (draft.version, draft.state, draft.key) == (2, "draft", supplied.key)
    last = session.scalars(select(Stage).where(Stage.playbook == draft.sys_id).order_by(Stage.order.desc())).first()
    assert last is not None
    create(Activity, _activity(last, "retrospective"), by=author)
    assert Story.begin(story.by, "Boreal").run.playbook.version == 1, "a draft starts nowhere"
    versions.activate(draft, author)
    assert (supplied.state, draft.state) == ("inactive", "active")
    assert story.run.playbook.version == 1
    assert len(story.run.activities) == 31
    following = Story.begin(story.by, "Cirrus").run
    assert following.playbook.version == 2
    assert len(following.activities) == 32
    assert [one.definition.key for one in following.stages[4].activities] == ["golive_support_case", "retrospective"]


def _activity(stage: Stage, key: str) -> dict[str, Any]:
    kind = session.scalars(select(ActivityDefinition.sys_id).where(ActivityDefinition.kind == "related_work")).one()
    return {"stage": stage.sys_id, "key": key, "label": key.capitalize(), "order": 90, "definition": kind}


def test_PBK_05_E2_a_draft_with_an_empty_stage_is_not_activated(supplied: Playbook, agent: Actor) -> None:
    draft = versions.new_version(supplied, agent)
    create(Stage, {"playbook": draft.sys_id, "label": "Review", "order": 90}, by=agent)
    assert refused(versions.activate, draft, agent) == [("PLAYBOOK_INCOMPLETE", "state")]
    assert (supplied.state, draft.state) == ("active", "draft")


def test_PBK_05_a_draft_without_stages_is_not_activated(app: object, agent: Actor) -> None:
    empty = create(Playbook, {"key": "renewal", "name": "Renewal", "table_name": "sn_acct_lc_onb_case"}, by=agent)
    assert refused(versions.activate, empty, agent) == [("PLAYBOOK_INCOMPLETE", "state")]
    stage = create(Stage, {"playbook": empty.sys_id, "label": "Review", "order": 10}, by=agent)
    assert refused(save, empty, {"state": "active"}, by=agent) == [("PLAYBOOK_INCOMPLETE", "state")]
    create(Activity, _activity(stage, "review"), by=agent)
    assert versions.activate(empty, agent).state == "active"


def test_PBK_05_nobody_makes_a_version_that_is_active_from_the_start(app: object, agent: Actor) -> None:
    given = {"key": "renewal", "name": "Renewal", "table_name": "sn_acct_lc_onb_case", "state": "active"}
    assert refused(create, Playbook, given, by=agent) == [("PLAYBOOK_INCOMPLETE", "state")]


def test_PBK_05_a_version_in_use_is_not_edited(supplied: Playbook, agent: Actor) -> None:
    stage = session.scalars(select(Stage).where(Stage.playbook == supplied.sys_id).order_by(Stage.order)).first()
    assert stage is not None
    activity = session.scalars(select(Activity).where(Activity.stage == stage.sys_id).order_by(Activity.order)).first()
    assert activity is not None
    draft = versions.new_version(supplied, agent)
    theirs = session.scalars(select(Stage).where(Stage.playbook == draft.sys_id).order_by(Stage.order)).first()
    assert theirs is not None
    for attempt in (
        lambda: save(stage, {"label": "Other"}, by=agent),
        lambda: save(stage, {"playbook": draft.sys_id, "order": 99}, by=agent),
        lambda: save(activity, {"label": "Other"}, by=agent),
        lambda: save(activity, {"stage": theirs.sys_id, "order": 99, "key": "moved"}, by=agent),
        lambda: create(Activity, _activity(stage, "added"), by=agent),
        lambda: create(Stage, {"playbook": supplied.sys_id, "label": "Added", "order": 90}, by=agent),
    ):
        assert [code for code, _ in refused(attempt)] == ["PLAYBOOK_IN_USE"]
    assert refused(save, supplied, {"state": "draft"}, by=agent) == [("PLAYBOOK_IN_USE", "state")]
    save(theirs, {"label": "Other"}, by=agent)
    assert (stage.label, theirs.label) == ("Initial setup", "Other")


def test_PBK_05_what_runs_is_not_removed(supplied: Playbook, story: Story, actor: ActorNamed) -> None:
    stage = session.scalars(select(Stage).where(Stage.playbook == supplied.sys_id)).first()
    assert stage is not None
    assert [code for code, _ in refused(remove, stage, by=actor("admin"))] == ["IN_USE"]


def test_PBK_05_an_earlier_version_can_be_used_again(supplied: Playbook, agent: Actor) -> None:
    second = versions.activate(versions.new_version(supplied, agent), agent)
    versions.activate(supplied, agent)
    assert (supplied.state, second.state) == ("active", "inactive")
    assert Story.begin(agent).run.playbook == supplied
    assert refused(versions.activate, supplied, agent) == [("STEP_NOT_AVAILABLE", None)]


def test_PBK_05_authors_only(supplied: Playbook, agent: Actor, actor: ActorNamed) -> None:
    draft = versions.new_version(supplied, agent)
    for somebody in ("analyst", "csm", "viewer"):
        with pytest.raises(Forbidden):
            versions.new_version(supplied, actor(somebody))
        with pytest.raises(Forbidden):
            versions.activate(draft, actor(somebody))
