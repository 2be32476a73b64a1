"""Success plays in the browser: launched from an engagement, made by an administrator and tried without storing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import choose, log_on

both_languages = pytest.mark.parametrize("language", ["en", "fr"])
CATEGORY = {"en": "Health and risk", "fr": "Santé et risque"}
ACTIVITY = {"en": "Get to green", "fr": "Retour au vert"}
COST = {"en": "Cost", "fr": "Coûts"}
LEGACY = {"en": "Decommission legacy", "fr": "Réduire les systèmes hérités"}


def launches(page: Page) -> int:
    """How many launches the list tells."""
    page.goto("/launches")
    return page.locator("#rows tbody tr:has(a)").count()


def open_launcher(page: Page, kind: str) -> None:
    """From the list of engagements to the launcher of "plays" or "blueprints" of Genixify."""
    page.goto("/engagements?q=Genixify")
    page.locator("tbody a").first.click()
    page.locator("a[href*='/success/engagements/']").first.click()
    page.locator(f"a[href^='/launch/{kind}/']").click()


def pick(page: Page, text: str) -> None:
    """Choose one of the things to launch."""
    page.locator("ul.choices a", has_text=text).first.click()


@both_languages
def test_a_play_is_looked_at_ahead_and_launched_once(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    before = launches(page)
    open_launcher(page, "sn_acct_lc_engagement")
    assert barriers(page) == []
    pick(page, CATEGORY[language])
    assert barriers(page) == []
    pick(page, ACTIVITY[language])
    page.locator("button[value=try]").click()
    expect(page.locator("[role=status] ol li").first).to_be_visible()
    assert barriers(page) == []
    page.locator("button[value=finish]").dblclick()
    expect(page.locator("#flash .text")).to_be_visible()
    assert launches(page) == before + 1
    page.locator("#rows tbody a").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert barriers(page) == []


@both_languages
def test_a_blueprint_becomes_an_objective_of_its_engagement(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    open_launcher(page, "blueprint")
    pick(page, COST[language])
    pick(page, LEGACY[language])
    assert barriers(page) == []
    page.locator("button[value=finish]").click()
    expect(page.locator("#flash .text")).to_be_visible()
    page.goto("/success-blueprints")
    page.locator("#rows tbody a").first.click()
    assert barriers(page) == []


@both_languages
def test_a_subflow_is_made_refused_mended_and_tried(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "admin", language)
    page.goto("/subflows")
    page.locator("#rows tbody a").first.click()
    steps = page.locator("[name=steps]")
    good = steps.input_value()
    steps.fill("nothing: [of the kind")
    page.locator("#record-form .btn.primary").first.click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert barriers(page) == []
    steps.fill(good + "\n")
    page.locator("#record-form .btn.primary").first.click()
    expect(page.locator("#flash .text")).to_be_visible()
    page.locator("a[href^='/launch/try/']").click()
    choose(page.locator("[name=engagement_text]"), "Genixify")
    page.locator("main form .btn").first.click()
    page.locator("button[value=try]").click()
    expect(page.locator("[role=status] ol li").first).to_be_visible()
    assert barriers(page) == []
