"""The import without a mouse: from the case to published rows, the focus is never lost and always to be seen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import workbooks
from tests.e2e.visitor import Import, log_on

MOST_TABS = 40
IN_SIGHT = """element => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return {lost: element === document.body, small: box.width * box.height === 0, ring,
            covered: !(top && (element.contains(top) || top.contains(element)))};
}"""
GOOD = {"lost": False, "small": False, "ring": True, "covered": False}


def go_to(page: Page, selector: str) -> None:
    """Press Tab until the first element of this selector has the focus; every stop on the way is to be seen."""
    wanted = page.locator(selector).first
    expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus_is_in_sight(page)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is more than {MOST_TABS} tabs away")


def focus_is_in_sight(page: Page) -> None:
    """The focus is on an element with a ring around it that nothing covers."""
    stands = page.evaluate(f"({IN_SIGHT})(document.activeElement)")
    assert stands == GOOD, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def skip_to(page: Page, selector: str) -> None:
    """Take the skip link of a new page, then Tab."""
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    go_to(page, selector)


def press(page: Page, key: str = "Enter") -> None:
    """Press a key on what has the focus."""
    page.keyboard.press(key)


def not_lost(page: Page) -> None:
    """What was swapped has left the focus somewhere."""
    expect(page.locator("body:focus")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_from_the_case_to_published_rows(page: Page, tmp_path: Path) -> None:
    page.on("filechooser", lambda _chooser: None)  # the browser leaves choosing to the test from here on
    log_on(page, "agent")
    page.goto("/cases?q=PRO-PLUS")
    skip_to(page, "tbody a")
    press(page)
    page.wait_for_url("**/playbooks/**")
    skip_to(page, "details.activity:not([open]) > summary:has-text('Service entitlement')")
    press(page)
    go_to(page, "details.activity[open]:has(summary:has-text('Service entitlement')) input[type=file]")
    with page.expect_file_chooser() as chooser:
        press(page)
    chooser.value.set_files(workbooks.write(tmp_path, "entitlements.xlsx", workbooks.entitlements("Genixify")))
    go_to(page, "details.activity[open]:has(summary:has-text('Service entitlement')) form[enctype] button")
    press(page)
    page.wait_for_url("**/imports/**")
    one = Import(page)
    one.holds(ready=1, needs_attention=1)
    skip_to(page, "#standing a[href*='state=needs_attention']")
    press(page)
    expect(one.wrong).to_have_count(1)
    not_lost(page)
    go_to(page, "td.wrong a")
    press(page)
    expect(page.locator("[name=cell-u_total_units]")).to_be_focused()
    press(page, "Control+A")
    page.keyboard.type("900")
    press(page)
    one.holds(yet_to_validate=1)
    not_lost(page)
    go_to(page, "#validate")
    press(page)
    one.holds(ready=2, needs_attention=0)
    not_lost(page)
    go_to(page, "#publish")
    press(page)
    one.holds(published=2)
    not_lost(page)
