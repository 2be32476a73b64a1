"""A risk in the browser: reported twice, found in the matrix, answered by a play that starts by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import choose, log_on

both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def save(page: Page) -> None:
    """Send the form of the record."""
    page.locator("#record-form .btn.primary").click()
    expect(page.locator("#flash .text, .toast").first).to_be_visible()


def report(page: Page, risk: str, description: str) -> str:
    """Report a serious risk for Genixify; the address of the signal that it led to."""
    page.goto("/signals/new")
    page.locator("#f-short_description").fill(risk)
    page.locator("#f-description").fill(description)
    choose(page.locator("[name=engagement_text]"), "Genixify")
    page.locator("#f-probability").select_option("very_high")
    page.locator("#f-priority").select_option("1")
    save(page)
    return page.url.partition("?")[0]


def switch_on(page: Page, trigger: str) -> str:
    """Let the rule with this trigger start its play; the address of the rule."""
    page.goto(f"/play-rules?query=trigger={trigger}")
    page.locator("tbody a").first.click()
    page.locator("#f-active").check()
    save(page)
    expect(page.locator("#f-active")).to_be_checked()
    return page.url.partition("?")[0]


def shows(page: Page, address: str, text: str | re.Pattern[str]) -> None:
    """Load a page until it tells what the worker did meanwhile."""
    for _ in range(60):
        page.goto(address)
        if page.locator("#related", has_text=text).count():
            return
        page.wait_for_timeout(500)
    expect(page.locator("#related")).to_contain_text(text)


@both_languages
def test_a_risk_is_reported_again_and_answered_by_itself(open_browser: Callable[..., Page], language: str) -> None:
    admin = open_browser(**WIDE)
    log_on(admin, "admin", language)
    switch_on(admin, "risk")
    assert barriers(admin) == []

    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    risk = f"The sponsor left ({language})"
    signal = report(page, risk, "Since May.")
    assert report(page, risk, "Lea says so too.") == signal
    page.goto(f"{signal}?related=ale_risk_occurrence.risk_signal")
    expect(page.locator("#related tbody tr")).to_have_count(1)
    assert barriers(page) == []

    page.goto("/signals")
    cell = page.locator(".matrix svg a:has(rect.bad)").last
    assert barriers(page) == []
    cell.click()
    expect(page.locator(".matrix svg a[aria-current]")).to_have_count(1)
    expect(page.locator("#rows .pager")).to_be_visible()

    solutions = f"{signal}?related=sn_acct_lc_risk_signal_solution_relationship.risk_signal"
    shows(page, solutions, "RSSOL")


@pytest.mark.parametrize(("language", "account"), [("en", "Boxeo"), ("fr", "Genixify")])
def test_fallen_health_becomes_a_risk_by_itself(open_browser: Callable[..., Page], language: str, account: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "admin", language)
    switch_on(page, "health")
    page.goto(f"/engagements?q={account}")
    page.locator("tbody a").first.click()
    engagement = page.url.partition("?")[0]
    for health in ("green", "red"):
        page.locator("#f-perceived_health").select_option(health)
        save(page)
    told = re.compile("Health fell|La santé de")  # in the language of the success manager
    shows(page, f"{engagement}?related=sn_acct_lc_risk_signal_issue.engagement", told)
    assert barriers(page) == []
