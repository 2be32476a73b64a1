"""The page of an objective (C233): its header, outcomes on their way, initiatives of the one that is chosen."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ale.domains.success.plan import Objective
from ale.domains.success.rules import reached
from ale.foundation.actor import Actor
from tests.conftest import Browser
from tests.pages import Page, Visit
from tests.success import Shelf

LogOnAs = Callable[[str], Browser]


@pytest.fixture
def shelf(by: Actor) -> Shelf:
    return Shelf(by)


@pytest.fixture
def objective(shelf: Shelf) -> Objective:
    return shelf.objective(shelf.engagement(), title="Cut handling time")


def visit(log_on: LogOnAs, objective: Objective) -> Visit:
    one = Visit(log_on("csm"))
    one.open(f"/success/objectives/{objective.sys_id}")
    return one


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ((0, 30, 120), 25), ((None, 30, 120), 25), ((100, 80, 60), 50), ((100, 40, 60), 100), ((100, 130, 60), 0),
        ((5, 5, 5), 100), ((5, 4, 5), 0), ((0, None, 5), None), ((0, 5, None), None),
    ],
)  # fmt: skip
def test_the_way_is_a_part_of_the_distance_also_downwards(values: tuple[Any, Any, Any], part: int | None) -> None:
    assert reached(*(None if one is None else Decimal(one) for one in values)) == part


def test_choosing_an_outcome_shows_its_initiatives_only(log_on: LogOnAs, shelf: Shelf, objective: Objective) -> None:
    calls = shelf.outcome(objective, title="Fewer calls", base_value=100, current_value=80, target_value=60)
    hours = shelf.outcome(objective, title="Fewer hours")
    shelf.initiative(calls, subject="Self-service portal")
    shelf.initiative(hours, subject="Shift planning")
    browser = visit(log_on, objective)
    text = browser.page.text
    assert "Self-service portal" in text
    assert "Shift planning" in text
    assert "50 % of the way" in text
    assert "not measured yet" in text
    page = browser.follow("Fewer hours")
    assert "Self-service portal" not in page["parts"].text
    assert "Shift planning" in page["parts"].text
    assert "Self-service portal" in browser.follow("Show all").text


def test_htmx_gets_the_parts_alone(log_on: LogOnAs, objective: Objective) -> None:
    head = {"HX-Request": "true", "HX-Target": "parts"}
    answer = log_on("csm").get(f"/success/objectives/{objective.sys_id}", headers=head)
    assert "<html" not in answer.text
    assert next(iter(Page(answer.text).find("div"))).attrs["id"] == "parts"


def test_an_outcome_of_another_objective_chooses_nothing(log_on: LogOnAs, shelf: Shelf, objective: Objective) -> None:
    other = shelf.outcome(shelf.objective(shelf.engagement("Boxeo")))
    shelf.initiative(other, subject="Of somebody else")
    answer = log_on("csm").get(f"/success/objectives/{objective.sys_id}?outcome={other.sys_id}")
    assert answer.status_code == 200
    assert "Of somebody else" not in answer.text


def test_the_record_leads_here_and_a_viewer_makes_nothing(log_on: LogOnAs, objective: Objective) -> None:
    one = Visit(log_on("viewer"))
    one.open(f"/success-objectives/{objective.sys_id}")
    page = one.follow("Objective page")
    assert page.title == "Cut handling time"
    assert not [link for link in page["parts"].find("a") if link.name == "New"]
