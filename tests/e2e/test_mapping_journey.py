"""A customer's own headings: the columns are matched once, seen before anything is loaded, and known the next time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import workbooks
from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import Import, log_on, settled


@dataclass(frozen=True)
class Theirs:
    """A file as its owner keeps it: `column` and `word` are what a person has to say, the rest is proposed."""

    number: str
    rows: list[workbooks.Row]
    later: list[workbooks.Row]
    proposed: dict[int, str]
    column: tuple[int, str]
    word: tuple[str, str]


AGREEMENT = {"Agreement": "", "Begins": "2026-01-01", "Until": "2026-12-31", "Amount": 1200, "Status": "Live", "Ink": 1}
MACHINE = {"Désignation": "", "Modèle": "Secure Link", "N° de série": "SN-77", "Situation": "au sous-sol", "Encre": 1}
STORIES = {
    "en": Theirs(
        "ALEIMP0000006",
        [AGREEMENT | {"Agreement": "Their support"}, AGREEMENT | {"Agreement": "Their extras", "Status": "Draft"}],
        [AGREEMENT | {"Agreement": "Their next support"}],
        {1: "u_starts", 2: "u_ends", 3: "u_value", 4: "u_state", 5: ""},
        (0, "u_short_description"),
        ("value-4-0", "active"),
    ),
    "fr": Theirs(
        "ALEIMP0000004",
        [MACHINE | {"Désignation": "Leur presse"}, MACHINE | {"Désignation": "Leur four", "Situation": "Retiré"}],
        [MACHINE | {"Désignation": "Leur pompe"}],
        {0: "u_name", 1: "u_product", 2: "u_serial_number", 4: ""},
        (3, "u_state"),
        ("value-3-0", "in_use"),
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_columns_are_matched_once_and_known_the_next_time(
    open_browser: Callable[..., Page], tmp_path: Path, language: str
) -> None:
    theirs, page, late = STORIES[language], open_browser(**WIDE), open_browser()
    log_on(page, "agent", language)
    one = bring(page, theirs.number, workbooks.write(tmp_path, "theirs.xlsx", theirs.rows))
    page.locator("#import a[id^=match-]").click()
    match(page, theirs)
    assert barriers(page) == []
    log_on(late, "analyst", language)
    late.goto(page.url)
    page.locator("#load-file").click()
    one.holds(ready=2)
    late.locator("#load-file").click()
    expect(late.locator("#flash .text")).to_contain_text("Olive Marchand")
    page.locator("#publish").click()
    one.holds(published=2)
    page.locator("#add").click()
    add(page, workbooks.write(tmp_path, "later.xlsx", theirs.later))
    one.holds(ready=1, published=2)
    expect(page.locator("#import a[id^=match-]")).to_have_count(0)
    page.locator("a[href$='/life']").click()
    expect(page.locator("#life .banner.ok")).to_be_visible()
    expect(page.locator("#columns tbody")).to_contain_text("later.xlsx")
    assert barriers(page) == []


def bring(page: Page, number: str, path: Path) -> Import:
    """Upload a file to an import of the demo that no other journey uses; it comes to wait for its columns."""
    page.goto(f"/imports?q={number}")
    page.locator("tbody a").first.click()
    expect(page.locator("#import")).to_be_visible()
    page.locator("#import input[type=file]").set_input_files(path)
    page.locator("#import form[enctype] .btn.primary").click()
    expect(page.locator("#import a[id^=match-]")).to_be_visible()
    settled(page)
    return Import(page)


def add(page: Page, path: Path) -> None:
    """Upload one more file from the dialog."""
    page.locator("#add-files input[type=file]").set_input_files(path)
    page.locator("#add-files form .btn.primary").click()


def match(page: Page, theirs: Theirs) -> None:
    """See what is proposed, and say the rest: one column, and what one word means."""
    for place, name in theirs.proposed.items():
        expect(page.locator(f"#f-column-{place}")).to_have_value(name)
    place, name = theirs.column
    page.locator(f"#f-column-{place}").focus()
    page.locator(f"#f-column-{place}").select_option(name)
    expect(page.locator("#consequences .banner.bad")).to_have_count(0)
    settled(page)
    expect(page.locator(f"#f-column-{place}")).to_be_focused()
    field, meant = theirs.word
    page.locator(f"#f-{field}").select_option(meant)
