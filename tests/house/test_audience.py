"""No door without a word about who may use it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from ale.web.audience import DOORS, Audience, audience_of
from tests.conftest import Browser

OPEN_TO_ALL = {
    "GET /invitation/<secret>", "GET /livez", "GET /login", "GET /metrics", "GET /readyz",
    "GET /static/<path:filename>", "POST /invitation/<secret>", "POST /login", "POST /preferences",
}  # fmt: skip
FOR_CUSTOMERS = {
    "GET /portal", "GET /portal/attachments/<sys_id>", "GET /portal/articles/<sys_id>", "GET /portal/cases/<sys_id>",
    "GET /portal/tasks/<sys_id>", "GET /portal/tasks/<sys_id>/template",
    "GET /portal/tasks/<sys_id>/files/<attachment>",
    "POST /logout", "POST /portal/<any(cases,tasks):kind>/<sys_id>", "POST /portal/attachments/<sys_id>/take-off",
    "POST /portal/attachments/<table>/<sys_id>", "GET /portal/success", "POST /portal/success/touchpoints",
    "GET /portal/success/<any(touchpoints,tasks,cases,initiatives):kind>/<sys_id>",
    "POST /portal/success/<any(touchpoints,tasks,cases,initiatives):kind>/<sys_id>",
}  # fmt: skip


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Each method and rule with its endpoint."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {rule.rule}", rule.endpoint


def test_every_route_is_declared(app: Flask) -> None:
    """Add the blueprint or the endpoint to `ale.web.audience.DOORS`: until then nobody gets in."""
    assert [route for route, endpoint in routes(app) if audience_of(endpoint) is None] == []


def test_nothing_is_declared_that_is_no_route(app: Flask) -> None:
    endpoints = {endpoint for _, endpoint in routes(app)}
    assert DOORS.keys() <= endpoints | {endpoint.partition(".")[0] for endpoint in endpoints}


@pytest.mark.parametrize(
    ("audience", "expected"), [(Audience.EVERYBODY, OPEN_TO_ALL), (Audience.LOGGED_ON, FOR_CUSTOMERS)]
)
def test_wide_doors_are_known_one_by_one(app: Flask, audience: Audience, expected: set[str]) -> None:
    assert {route for route, endpoint in routes(app) if audience_of(endpoint) is audience} == expected


def test_callers_have_their_own_addresses(app: Flask) -> None:
    for route, endpoint in routes(app):
        assert (audience_of(endpoint) is Audience.CALLERS) == (" /api/" in route), route


def test_visitors_are_sent_to_the_log_on_from_every_other_door(app: Flask, client: Browser) -> None:
    for route, endpoint in routes(app):
        method, path = route.split()
        if audience_of(endpoint) in (Audience.STAFF, Audience.LOGGED_ON) and method == "GET":
            assert "/login" in str(client.get(path.replace("<", "").replace(">", "")).location), route


def test_customers_are_led_to_their_portal_from_the_doors_of_the_staff(
    app: Flask, log_on: Callable[[str], Browser]
) -> None:
    browser = log_on("genixify.admin")
    for route, endpoint in routes(app):
        method, path = route.split()
        if audience_of(endpoint) is Audience.STAFF and method == "GET":
            assert browser.get(path.replace("<", "").replace(">", "")).location == "/portal", route


def test_a_door_that_nobody_declared_stays_shut(
    log_on: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For administrators too."""
    monkeypatch.delitem(DOORS, "styleguide")
    assert log_on("admin").get("/styleguide").status_code == 404
