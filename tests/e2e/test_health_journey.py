"""Health in the browser: a success manager finds out why a score fell; an administrator tries weights and publishes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import log_on, settled

both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def moved(page: Page) -> tuple[int, int]:
    """The two scores that are compared."""
    before, after = re.findall(r"\d+", page.locator("#why h2").first.inner_text())
    return int(before), int(after)


def signed(number: int, language: str) -> str:
    """A change in points as the page writes it."""
    sign = "" if number == 0 else "+" if number > 0 else "−"
    return f"{sign}{abs(number)}{'.' if language == 'en' else ','}00"


@both_languages
def test_why_a_score_fell_is_found_down_to_the_rows(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/health")
    assert barriers(page) == []
    page.locator("tbody a", has_text="Genixify").click()
    before, after = moved(page)
    assert after < before
    expect(page.locator(".sum .num").last).to_have_text(signed(after - before, language))
    assert barriers(page) == []
    first = page.locator("#f-from option").last.get_attribute("value") or ""
    page.locator("#f-from").select_option(first)
    page.locator(".between .btn").click()
    expect(page.locator("#why h2").first).not_to_contain_text(f"{before} →")
    settled(page)
    assert f"from={first}" in page.url
    expect(page.locator(".sum .num").last).to_have_text(signed(moved(page)[1] - moved(page)[0], language))
    late = page.locator("#why table").first.locator("a[href^='#receipt-']").nth(2)
    late.click()
    card = page.locator(late.get_attribute("href") or "")
    card.locator("a[href*='query=sys_idIN']").click()
    expect(page.locator("#rows tbody")).to_contain_text("Call the sponsor")


@both_languages
def test_weights_are_tried_before_they_count(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "admin", language)
    page.goto("/health-weightings?query=state=published")
    page.locator("tbody a").first.click()
    page.locator("form[action$='/new-version'] button").click()
    expect(page.locator("#flash .text")).to_be_visible()
    draft = page.url
    page.locator("tbody a[href*='/health-weights/']").first.click()
    page.locator("#f-weight").fill("90")
    page.locator("#record-form .btn.primary").first.click()
    expect(page.locator("#flash .text")).to_be_visible()
    page.goto(draft)
    page.locator("a[href$='/trial']").click()
    expect(page.locator("figure.lines")).to_have_count(2)
    expect(page.locator("tbody .badge").first).to_be_visible()
    assert barriers(page) == []
    page.goto(draft)
    page.locator("form[action$='/steps/publish'] button").click()
    expect(page.locator("[name=state]")).to_have_value("published")
