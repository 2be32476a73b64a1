"""Stories that functional tests begin with: a case that has just begun, and those of the demo on their way."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from ale.config import Settings
from ale.domains.playbooks import success_runs
from ale.domains.success.actions import SuccessCase
from ale.domains.success.plan import Initiative
from ale.domains.success.records import Engagement
from ale.foundation.actor import Actor
from tests.conftest import Browser
from tests.imports import LOCATIONS, Import, import_task
from tests.pages import Visit
from tests.races import opened
from tests.stories import Story
from tests.success import Shelf


@pytest.fixture
def agent(actor: Callable[[str], Actor]) -> Actor:
    """The onboarding manager of the demo."""
    return actor("agent")


@pytest.fixture
def browser(log_on: Callable[[str], Browser]) -> Browser:
    """The browser of the onboarding manager."""
    return log_on("agent")


@pytest.fixture
def visit(browser: Browser) -> Visit:
    """The onboarding manager at a browser without scripts."""
    return Visit(browser)


@pytest.fixture
def story(agent: Actor) -> Story:
    """A case of Alderis that has just begun."""
    return Story.begin(agent)


@pytest.fixture
def capture(agent: Actor) -> Story:
    """The demo's case that captures data: the second stage with its eight imports."""
    return Story.of("Onboarding for Genixify — PRO-PLUS", agent)


@pytest.fixture
def build(agent: Actor) -> Story:
    """The demo's case that is built: the third stage, without Service Exchange."""
    return Story.of("Onboarding for Boxeo — Field Service", agent)


@pytest.fixture
def contacts(agent: Actor) -> Import:
    """An import of contacts of Genixify, led by the onboarding manager."""
    return Import(import_task(), agent)


@pytest.fixture
def places(agent: Actor) -> Import:
    """An import of locations of Genixify."""
    return Import(import_task(LOCATIONS), agent)


@pytest.fixture(scope="session")
def shop(settings: Settings) -> Iterator[Flask]:
    """An application on PostgreSQL whose transactions really commit; skipped on SQLite."""
    with opened(settings) as app:
        yield app


@pytest.fixture
def by(actor: Callable[[str], Actor]) -> Actor:
    """The customer success manager."""
    return actor("csm")


@pytest.fixture
def engagement(by: Actor) -> Engagement:
    """An engagement of Alderis."""
    return Shelf(by).engagement()


@pytest.fixture
def success_case(by: Actor, engagement: Engagement) -> Story:
    """A success case made by the first step of its playbook."""
    return Story(success_runs.begin(SuccessCase, {"engagement": engagement.sys_id}, by), by)


@pytest.fixture
def initiative(by: Actor, engagement: Engagement) -> Story:
    """An initiative made by the first step of its playbook."""
    shelf = Shelf(by)
    outcome = shelf.outcome(shelf.objective(engagement))
    return Story(success_runs.begin(Initiative, {"success_outcome": outcome.sys_id}, by), by)
