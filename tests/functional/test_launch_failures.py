"""Why a success play failed: written in the language of who launched it, read in that of the reader."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from ale.domains.plays.launches import Definition, FlowRun, Launch, Subflow
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.history import Journal
from tests.conftest import Browser
from tests.factories import make
from tests.pages import Page

REQUIRED = {
    "en": "Short description is required to save the internal play.",
    "fr": "Description brève est obligatoire pour enregistrer l’action interne.",
}


def failed(engagement: Engagement, by: Actor) -> Launch:
    """The launch of a play whose only step leaves out what is required."""
    steps = [{"create": "sn_acct_lc_internal_play", "values": {"engagement": "{engagement}", "description": "First"}}]
    made = make(Definition, title="Broken", flow=make(Subflow, published=True, steps=steps).sys_id, state="published")
    source = {"source_table": "sn_acct_lc_engagement", "source_record": engagement.sys_id}
    return create(Launch, {"definition": made.sys_id} | source, by=by)


def test_SUC_06_why_a_play_failed_is_written_in_the_language_of_who_launched(by: Actor, engagement: Engagement) -> None:
    done = failed(engagement, replace(by, language="fr"))
    assert str(done.message).endswith(f"a échoué : {REQUIRED['fr']}")
    notes = session.scalars(select(Journal.text).where(Journal.record == engagement.sys_id))
    assert done.message in notes.all()
    run = session.scalars(select(FlowRun).where(FlowRun.notifier == done.sys_id)).one()
    assert run.log == done.message


@pytest.mark.parametrize(("language", "said"), REQUIRED.items())
def test_SUC_06_why_a_play_failed_is_read_in_the_language_of_the_reader(
    log_on: Callable[[str], Browser], by: Actor, engagement: Engagement, language: str, said: str
) -> None:
    done = failed(engagement, replace(by, language="en" if language == "fr" else "fr"))
    browser = log_on("csm")
    browser.send("/preferences", {"language": language})
    page = Page(browser.get(f"/launches/{done.sys_id}").text)
    heading = "What went wrong" if language == "en" else "Ce qui n’a pas fonctionné"
    assert f"{heading} {said}" in " ".join(page.text.split())
