"""Imports go down: who may use whom, floor by floor, read from the source."""

import sys
from collections.abc import Iterator

import pytest

from ale.domains import ORDER
from tests.house.source import Source, sources

HTML = {"babel", "flask", "flask_babel", "flask_login", "flask_wtf", "htmx_flask", "jinja2", "werkzeug", "wtforms"}

MAY_USE = {
    "ale.foundation": set(),
    "ale.domains": {"ale.foundation"},
    "ale.web": {"ale.foundation"},
    "ale.blueprints": {"ale.foundation", "ale.domains", "ale.web", "ale.run"},
    "ale.jobs": {"ale.foundation", "ale.domains", "ale.mail"},
    "ale.mail": {"ale.foundation"},
    "ale.demo": {"ale.foundation", "ale.domains"},
    "ale.supply": {"ale.foundation", "ale.domains"},
    "ale.verify": {"ale.foundation", "ale.domains"},
    "ale.backup": {"ale.config", "ale.foundation"},
    "ale.config": set(),
    "ale.frontend": set(),
    "ale.run": {"ale.config", "ale.foundation", "ale.jobs", "ale"},
    "ale.commands": {"ale.foundation", "ale.domains", "ale.backup", "ale.demo", "ale.run", "ale.supply", "ale.verify"},
}
"""Each floor and those below it; `ale` itself, the factory, joins them all."""

HOUSE = sources("ale")


def floor(module: str) -> str:
    """`ale.web` of `ale.web.forms`."""
    return ".".join(module.split(".")[:2])


def outside(source: Source) -> set[str]:
    """The packages from elsewhere that a file imports."""
    tops = {name.split(".")[0] for name in source.imports}
    return tops - {"ale", "app"} - sys.stdlib_module_names


def room(module: str) -> str | None:
    """`people` of `ale.domains.people.service`, `ale.blueprints.people` or what is inside them."""
    parts = module.split(".")
    return parts[2] if len(parts) > 2 else None


def of(name: str) -> Iterator[Source]:
    return (one for one in HOUSE if floor(one.module) == name)


def test_every_floor_is_known() -> None:
    assert {floor(one.module) for one in HOUSE} - {"ale"} == set(MAY_USE)


@pytest.mark.parametrize("name", sorted(MAY_USE))
def test_imports_go_down(name: str) -> None:
    for source in of(name):
        used = {floor(one) for one in source.imports if one.split(".")[0] == "ale"}
        upward = used - MAY_USE[name] - {name, "ale"}
        assert not upward, f"{source.module} imports {sorted(upward)}"


def test_nobody_below_the_doors_builds_the_application() -> None:
    allowed = ("ale", "ale.run.worker", "ale.run.prepare")
    for source in HOUSE:
        if source.module not in allowed:
            assert not {"ale.create_app", "app"} & source.imports, source.module


@pytest.mark.parametrize("name", ["ale.foundation", "ale.domains", "ale.jobs", "ale.demo", "ale.supply", "ale.verify"])
def test_nothing_below_the_web_knows_html(name: str) -> None:
    for source in of(name):
        assert not outside(source) & HTML, source.module


def test_the_foundation_stands_on_sqlalchemy_and_a_writer_of_json_alone() -> None:
    for source in of("ale.foundation"):
        assert outside(source) <= {"sqlalchemy", "flask_sqlalchemy", "orjson"}, source.module


def test_domains_know_those_before_them_only() -> None:
    for source in of("ale.domains"):
        own = room(source.module)
        used = {room(one) for one in source.imports if one.startswith("ale.domains.")} - {None, own}
        if own is not None:
            assert used <= set(ORDER[: ORDER.index(own)]), f"{source.module} imports {sorted(map(str, used))}"


def test_doors_do_not_know_each_other() -> None:
    for source in of("ale.blueprints"):
        used = {room(one) for one in source.imports if one.startswith("ale.blueprints.")}
        assert used - {None, room(source.module), "shown"} == set(), source.module


def test_rules_need_problems_and_nothing_else() -> None:
    rules = [one for one in of("ale.domains") if one.module.endswith(".rules")]
    assert len(rules) >= 5
    for source in rules:
        own = {one for one in source.imports if one.split(".")[0] == "ale"}
        assert not outside(source), source.module
        assert {one for one in own if not one.startswith("ale.foundation.problem")} == set(), source.module


@pytest.mark.parametrize("name", ["rules", "engine"])
def test_what_is_pure_asks_no_clock_and_no_file(name: str) -> None:
    for source in of("ale.domains"):
        if source.module.endswith(f".{name}"):
            asked = list(
                source.calls("now", "today", "utcnow", "open", "time", "random", "execute", "scalars", "scalar")
            )
            assert not asked, f"{source.module}:{asked[0].lineno}"
