"""What a script reads is told without running it, and texts torn by a PDF are mended."""

import pytest

from ale.domains.imports.scripts import dotted_paths, repair


@pytest.mark.parametrize(
    ("script", "paths"),
    [
        ("stagingTableGr.task.company.name != stagingTableGr.u_company", {"task.company.name"}),
        ("(function f(gr) { gr.a.b + gr.c . d\n.e })(stagingTableGr)", {"a.b", "c.d.e"}),
        ("stagingTableGr.u_name.toLowerCase() + stagingTableGr.task.company.name.trim()", {"task.company.name"}),
        ("stagingTableGr.u_name.length > stagingTableGr.task.number.length", {"task.number"}),
        ("var t = stagingTableGr.task; let c = t.a; c.name + t.x", {"task.a", "task.a.name", "task.x"}),
        ("stagingTableGr?.task?.company", {"task.company"}),
        ("// stagingTableGr.a.b\n/* stagingTableGr.c.d */ 'stagingTableGr.e.f' + \"it's stagingTableGr.g.h\"", set()),
        ("other.stagingTableGr.a.b; stagingTableGrX.a.b; stagingTableGr.u_x", set()),
        ("stagingTableGr['task'].company.name", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_references_that_a_script_walks_through(script: str, paths: set[str]) -> None:
    assert dotted_paths(script) == paths


def test_a_text_torn_by_a_line_break_is_mended() -> None:
    torn = "obj.message = 'The site is not\n      in the country';\n// don't\nvar x = \"a\\\"\n b\";"
    assert repair(torn) == "obj.message = 'The site is not in the country';\n// don't\nvar x = \"a\\\" b\";"


@pytest.mark.parametrize(
    "script", ["var a = 'x';\nvar b = 'y';", "`over\nlines`", "// it's\n// isn't", "/* ' */\n'a'", ""]
)
def test_what_is_whole_stays(script: str) -> None:
    assert repair(script) == script


def test_an_apostrophe_too_many_is_no_torn_text() -> None:
    script = "var a = 'x;\n" + "var b = 1;\n" * 10 + "var c = 'y';"
    assert repair(script) == script
