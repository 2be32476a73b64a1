"""Scripts of the manual's shape run as they are, and the row looks to them like a record."""

from collections.abc import Iterator
from typing import Any

import pytest

from ale.domains.imports.sandbox import PASSED, Sandbox, Verdict

SITE_IN_COUNTRY = """
(function executeCondition( /* glide record */ stagingTableGr) {
  var obj = {
    validationPassed: true,
    message: ""
  }; /* validationPassed: true or false; message: why not */
  if (global.JSUtil.notNull(stagingTableGr.u_site) && global.JSUtil.notNull(stagingTableGr.u_country)) {
    if (stagingTableGr.u_site.region.country != stagingTableGr.u_country) {
      obj.validationPassed = false;
      obj.message = 'The site is not in this country.';
    }
  }
  return obj;
})(stagingTableGr);
"""
LYON = {"sys_id": "5e1", "name": "Lyon depot", "region": {"sys_id": "4e9", "country": "FR"}}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_a_script_of_the_manuals_shape(sandbox: Sandbox) -> None:
    rows: list[dict[str, Any]] = [
        {"u_site": LYON, "u_country": "FR"},
        {"u_site": LYON, "u_country": "DE"},
        {"u_site": LYON, "u_country": ""},
        {"u_site": "", "u_country": "DE"},
        {"u_site": None, "u_country": "DE"},
        {"u_country": "DE"},
    ]
    assert sandbox.run(SITE_IN_COUNTRY, rows) == [
        PASSED,
        Verdict(passed=False, message="The site is not in this country."),
        *[PASSED] * 4,
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "row.u_site == '5e1' && row.u_site + '' === '5e1' && `${row.u_site}` === '5e1'",
        "row.u_site.name == 'Lyon depot' && row.u_site.getValue('name') === 'Lyon depot'",
        "row.u_site.getDisplayValue() === 'Lyon depot' && row.getDisplayValue('u_text') === 'x'",
        "row.u_site.getRefRecord().region.country === 'FR'",
        "row.u_none.nil() && row.u_null.nil() && !row.u_text.nil() && !row.u_site.nil()",
        "row.u_id_only == 'abc' && row.u_id_only.name === '' && JSUtil.notNull(row.u_id_only)",
        "row.u_missing.far.away === '' && !JSUtil.notNull(row.u_missing)",
        "row.getValue('u_none') === null && row.getValue('u_text') === 'x'",
        "JSUtil.nil('') && JSUtil.nil(null) && JSUtil.nil(undefined) && !JSUtil.nil(0) && gs.nil('')",
        "global.JSUtil.notNil('a') && global.JSUtil.isEmpty('') && global.gs === gs",
        "JSUtil.toBoolean('TRUE') && !JSUtil.toBoolean('no')",
        "gs.getMessage('{0} of {1}', ['a', 'b']) === 'a of b' && gs.getMessage('x {0}') === 'x {0}'",
        "row.u_text.toUpperCase() === 'X' && row.u_text.length === 1",
        "Object.keys(row).indexOf('getValue') < 0",
    ],
)
def test_the_row_is_like_a_record(sandbox: Sandbox, condition: str) -> None:
    row = {"u_site": LYON, "u_text": "x", "u_none": "", "u_null": None, "u_id_only": "abc"}
    assert sandbox.run(f"(function(row) {{ return {condition} }})(stagingTableGr)", [row]) == [PASSED]


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        ("var a = 1; ({ validationPassed: false, message: 'm' })", Verdict(passed=False, message="m")),
        ("({ validationPassed: 'false', message: 'm' })", Verdict(passed=False, message="m")),
        ("({ validationPassed: true, message: 'm' }) ; // done", Verdict(passed=True, message="m")),
        ("(gs.addErrorMessage('a'), gs.log('b'), true)", Verdict(passed=True, messages=("a", "b"))),
        ("'The account differs.'", Verdict(passed=False, message="The account differs.")),
        ("null.foo", Verdict(passed=False, error="TypeError: cannot read property 'foo' of null")),
    ],
)
def test_VAL_09_a_script_returns_passed_or_a_message(sandbox: Sandbox, script: str, verdict: Verdict) -> None:
    assert sandbox.run(script, [{"u_x": "2"}]) == [verdict]


def test_each_row_is_judged_alone_and_in_order(sandbox: Sandbox) -> None:
    script = "(gs.log(stagingTableGr.u_x), stagingTableGr.u_x % 2 == 0)"
    verdicts = sandbox.run(script, ({"u_x": n} for n in range(1_203)))
    assert verdicts == [Verdict(passed=n % 2 == 0, messages=(str(n),)) for n in range(1_203)]
    assert sandbox.run(script, []) == []


def test_what_is_wrong_with_a_script_is_told_before_it_runs(sandbox: Sandbox) -> None:
    assert sandbox.fault(SITE_IN_COUNTRY) == ""
    assert sandbox.fault("(function( {").startswith("SyntaxError")
    assert sandbox.fault("'a';" * 20_000) == "the script has more than 65536 characters"
    assert sandbox.run("(function( {", [{}, {}])[1].error == sandbox.fault("(function( {")


def test_a_script_torn_by_a_pdf_is_offered_mended(sandbox: Sandbox) -> None:
    torn = SITE_IN_COUNTRY.replace("not in this", "not\n  in this")
    assert sandbox.repaired(torn) == SITE_IN_COUNTRY
    assert sandbox.repaired(SITE_IN_COUNTRY) is None
    assert sandbox.repaired("(function( {") is None
