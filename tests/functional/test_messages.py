"""What somebody is told within the application when something has come to its end."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from ale.domains.plays.launches import Definition, Launch
from ale.domains.success.records import Engagement
from ale.domains.system.platform import Message
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session
from tests.conftest import Browser
from tests.pages import Visit
from tests.success import Shelf


@pytest.fixture
def csm(actor: Callable[[str], Actor]) -> Actor:
    return actor("csm")


@pytest.fixture
def engagement(app: object) -> Engagement:
    return Shelf().engagement()


def launched(engagement: Engagement, by: Actor) -> Launch:
    """The supplied play that leads back to green, launched from an engagement."""
    play = session.scalars(select(Definition).where(Definition.title == "Get to green")).one()
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    given = {"definition": play.sys_id, "inputs": {"short_description": "Back to green"}}
    return create(Launch, given | source, by=by)


def links(visit: Visit) -> set[str]:
    return {one.name for one in visit.page.root.find("a")}


def test_SUC_06_E1_who_launched_finds_a_message_until_it_is_read(
    csm: Actor, engagement: Engagement, log_on: Callable[[str], Browser]
) -> None:
    visit = Visit(log_on("csm"))
    before = session.scalar(select(func.count()).select_from(Message).where(Message.user == csm.id)) or 0
    done = launched(engagement, csm)
    session.commit()
    message = session.scalars(select(Message).order_by(Message.sys_id.desc())).first()
    assert message is not None
    assert (message.user, message.text, message.level.value, message.read) == (csm.id, done.message, "success", False)
    visit.open("/messages")
    assert f"Messages {before + 1}" in links(visit)
    assert visit.browser.get(str(message.link)).status_code == 302
    assert str(done.message) not in log_on("agent").get("/messages").text
    visit.browser.send(f"/messages/{message.sys_id}/steps/mark_read", {"version": message.sys_mod_count})
    visit.open("/messages")
    assert f"Messages {before}" in links(visit)
