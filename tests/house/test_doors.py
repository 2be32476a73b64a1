"""One commit, at the door; one way to write; raw SQL nowhere; views short and explained."""

import ast
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

from tests.house.source import ROOT, Source, called, sources

HOUSE = sources("ale", "app.py")
DOORS = ("ale.blueprints.", "ale.commands", "ale.jobs", "ale.mail", "ale.web.pages", "ale.web.session")
TECHNICAL = {
    "ale.demo.figures": "daily figures of the past",
    "ale.domains.landing.service": "daily figures",
    "ale.domains.people.attempts": "wrong passwords",
    "ale.domains.people.invitations": "invitations",
    "ale.domains.people.tokens": "access tokens",
    "ale.web.session": "sessions of the browser",
}
"""Who adds rows that are no records: tables with neither sheet nor history."""

RAW = {"Table", "column", "create_engine", "insert", "literal_column", "table", "text"}
BELOW_THE_WALL = {
    "ale.backup": "copies the database as it is",
    "ale.blueprints.health": "asks whether the database answers",
    "ale.verify": "reads everything, whoever owns it",
}
"""Who may take raw statements from SQLAlchemy outside the foundation."""

MOST = 15


def where(source: Source, node: ast.AST) -> str:
    return f"{source.module}:{getattr(node, 'lineno', 0)}"


def on_session(node: ast.Call, *names: str) -> bool:
    """Whether this is `session.<name>(...)`."""
    function = node.func
    return isinstance(function, ast.Attribute) and function.attr in names and ast.unparse(function.value) in (
        "session", "db.session",
    )  # fmt: skip


def calls(source: Source) -> list[ast.Call]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]


def test_only_doors_open_a_transaction() -> None:
    for source in HOUSE:
        if source.module != "ale.foundation.db" and not source.module.startswith(DOORS):
            assert not [where(source, node) for node in source.calls("transaction")]


def test_only_the_transaction_commits() -> None:
    for source in HOUSE:
        if source.module != "ale.foundation.db":
            found = [node for node in calls(source) if on_session(node, "commit")]
            assert not [where(source, node) for node in found]


def test_only_the_foundation_adds_records() -> None:
    for source in HOUSE:
        if not source.module.startswith("ale.foundation.") and source.module not in TECHNICAL:
            found = [node for node in calls(source) if on_session(node, "add", "add_all", "delete", "merge")]
            assert not [where(source, node) for node in found]


def test_raw_statements_stay_in_the_foundation() -> None:
    for source in HOUSE:
        if source.module.startswith("ale.foundation.") or source.module in BELOW_THE_WALL:
            continue
        taken = {name.removeprefix("sqlalchemy.") for name in source.imports if name.startswith("sqlalchemy.")}
        assert not taken & RAW, source.module
        assert not list(source.calls("exec_driver_sql", "text_clause")), source.module


def test_what_is_allowed_is_still_needed() -> None:
    modules = {source.module: source for source in HOUSE}
    for name in TECHNICAL:
        assert (
            any(on_session(node, "add", "add_all") for node in calls(modules[name])) or "delete" in modules[name].text
        )
    for name in BELOW_THE_WALL:
        assert any(one.startswith("sqlalchemy") or one == "sqlite3" for one in modules[name].imports)


def views(app: Flask) -> dict[str, Callable[..., Any]]:
    """The function behind each endpoint, without its wrappers; each once."""
    found: dict[str, Callable[..., Any]] = {}
    for endpoint, view in app.view_functions.items():
        function: Any = inspect.unwrap(view)
        while isinstance(function, partial):
            function = inspect.unwrap(function.func)
        if function.__module__.startswith("ale."):
            found[endpoint] = function
    return found


def test_every_view_says_what_it_is_for(app: Flask) -> None:
    assert len(views(app)) > 100
    assert not [endpoint for endpoint, view in views(app).items() if not (view.__doc__ or "").strip()]


def test_views_are_short(app: Flask) -> None:
    long = {}
    for view in views(app).values():
        lines = inspect.getsource(view).rstrip().splitlines()
        length = len(lines) - next(number for number, line in enumerate(lines) if line.lstrip().startswith("def "))
        if length > MOST:
            long[f"{view.__module__}.{view.__qualname__}"] = length
    assert not long


def test_views_that_change_something_are_never_got(app: Flask) -> None:
    """A link, a prefetch or a crawler changes nothing."""
    for rule in app.url_map.iter_rules():
        view = views(app).get(rule.endpoint)
        if view is not None and "GET" in (rule.methods or set()):
            opened = [node for node in ast.walk(ast.parse(inspect.cleandoc("\n" + inspect.getsource(view))))
                      if isinstance(node, ast.Call) and called(node) == "transaction"]  # fmt: skip
            assert not opened or "POST" in (rule.methods or set()), rule.rule


def test_a_room_has_the_same_name_on_every_floor() -> None:
    """The unit tests of a floor or of a domain are found under its name."""
    for folder in (ROOT / "tests" / "unit").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            places = (ROOT / "ale" / folder.name, ROOT / "ale" / "domains" / folder.name)
            assert any(place.is_dir() for place in places), folder.name
