"""Somebody opens ALE, logs on, reads in the language of choice and logs out."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.visitor import log_on


def test_the_language_chosen_is_there_at_the_next_log_on(page: Page) -> None:
    log_on(page, "viewer", "fr")
    page.locator("#user-menu summary").click()
    page.locator("#user-menu form[action*=logout] button").click()
    page.locator("input[name=username]").fill("viewer")
    page.locator("input[name=password]").fill("demo")
    page.keyboard.press("Enter")
    expect(page.locator("#user-menu")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
