"""Answers that come late: they take away neither the focus nor a click, and none of them covers a newer one."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.e2e import workbooks
from tests.e2e.visitor import Import, log_on

LOSSES = """() => {
    window.losses = 0;
    const look = () => {
        if (document.activeElement === document.body) window.losses++;
        requestAnimationFrame(look);
    };
    look();
}"""
"""Counts the frames in which nothing has the focus."""


def misspelt(page: Page, number: str, path: Path) -> Import:
    """An import of the demo, this test's own, with two rows, both with the same wrong account."""
    log_on(page, "analyst")
    page.goto(f"/imports?q={number}")
    page.locator("tbody a").first.click()
    page.locator("input[type=file]").first.set_input_files(path)
    page.locator("form[enctype] .btn.primary").first.click()
    one = Import(page)
    one.holds(needs_attention=2)
    return one


def elsewhere(rows: list[workbooks.Row]) -> list[workbooks.Row]:
    """The same rows for an account that is nearly right."""
    return [row | {"Account": "Genixfy"} for row in rows]


def test_what_is_asked_while_an_answer_is_on_its_way_comes_after_it(page: Page, tmp_path: Path) -> None:
    rows = elsewhere(workbooks.locations("Late"))
    one = misspelt(page, "ALEIMP0000002", workbooks.write(tmp_path, "locations.xlsx", rows))
    late: list[Route] = []
    page.route("**/fix", lambda route: late.append(route))
    one.fix("Genixify").click()
    expect(one.fix("Genixify")).to_be_disabled()
    one.tab("ready").click()
    while not late:
        page.wait_for_timeout(50)
    late[0].continue_()
    one.holds(ready=2, needs_attention=0)
    expect(one.tab("ready")).to_have_attribute("aria-current", "page")
    expect(page.locator("#rows tbody tr")).to_have_count(2)


def test_the_focus_goes_on_when_what_has_it_is_taken_away(page: Page, tmp_path: Path) -> None:
    rows = elsewhere(workbooks.sold_products("Late"))
    one = misspelt(page, "ALEIMP0000007", workbooks.write(tmp_path, "sold_products.xlsx", rows))
    cell = page.locator("#rows a.cell").first
    cell.focus()
    page.evaluate(LOSSES)
    one.fix("Genixify").evaluate("button => button.click()")  # a click that leaves the focus where it is
    one.holds(needs_attention=0)
    expect(cell).to_have_count(0)
    assert page.evaluate("window.losses") == 0
    assert page.evaluate("document.activeElement.closest('#import') !== null")
