"""A success manager's way in the browser: from an engagement to an outcome, a case led to its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import choose, log_on, settled

both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def press(page: Page, deed: str) -> None:
    """Press the button for a deed ("complete", "create") of the open activity."""
    page.locator(f"#activities [id^={deed}-]").click()


def fill(page: Page, **values: str) -> None:
    """Fill in fields of the open activity."""
    for name, value in values.items():
        page.locator(f"#activities [name={name}]").fill(value)


def say(page: Page, text: str) -> None:
    """Send the text that the open activity asks for."""
    fill(page, text=text)
    press(page, "complete")
    expect(page.locator("#said")).to_contain_text(text)


@both_languages
def test_the_morning_begins_with_figures_and_what_is_late(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/success")
    tiles = page.locator(".scores a")
    expect(tiles).to_have_count(5)
    for place in range(5):
        told = int(page.locator(".scores .value").nth(place).inner_text())
        tiles.nth(place).click()
        expect(tiles.nth(place)).to_have_attribute("aria-current", "true")
        expect(page.locator("#listed tbody tr")).to_have_count(told)
    assert barriers(page) == []
    page.locator("#portfolio .tabs a[href*='tab=']").last.click()
    settled(page)
    expect(page.locator("#portfolio .tabs a").last).to_be_focused()
    needs = page.locator(".needs li")
    expect(needs.first).to_be_visible()
    deeds = [one.get_attribute("href") or "" for one in page.locator(".needs li a.small").all()]
    assert len(deeds) == needs.count()
    for deed in deeds[:5]:
        page.goto(deed)
        expect(page.locator("h1")).to_be_visible()
        assert barriers(page) == []


@both_languages
def test_from_an_engagement_to_an_outcome(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/engagements?q=Genixify")
    page.locator("tbody a").first.click()
    page.locator("a[href*='/success/engagements/']").first.click()
    page.locator(".tabs a[href*='tab=blueprint']").click()
    page.locator("tbody a", has_text="Cut handling time").click()
    page.locator("a[href*='/success/objectives/']").first.click()
    outcome = page.locator(".outcomes a[hx-get]").first
    outcome.click()
    expect(page.locator(".outcomes .chosen")).to_have_count(1)
    assert "outcome=" in page.url
    assert barriers(page) == []


@both_languages
def test_a_success_case_is_led_to_its_end(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/playbooks/new/sn_acct_lc_success_case")
    choose(page.locator("[name=engagement_text]"), "Genixify")
    page.locator("main form .btn.primary").click()
    fill(page, short_description="Faster reports", description="They take an hour.")
    press(page, "complete")
    expect(page.locator("h1")).to_have_text("Faster reports")
    press(page, "complete")
    say(page, "Faster reporting by June")
    say(page, "1. audit 2. fix")
    fill(page, subject="Kick-off")
    press(page, "create")
    expect(page.locator("#activities")).to_contain_text("Kick-off")
    press(page, "complete")
    expect(page.locator("#activities .errors")).to_be_visible()
    assert barriers(page) == []
    playbook = page.url
    page.locator("#activities a", has_text="Kick-off").click()
    page.locator("[name=state]").select_option("canceled")
    page.locator("main form .btn.primary").first.click()
    page.goto(playbook)
    press(page, "complete")
    expect(page.locator("#activities [name=agenda]")).to_have_count(0)
    press(page, "complete")
    say(page, "A minute now.")
    page.locator("#activities [name=closure_code]").select_option("achieved")
    fill(page, close_notes="They take a minute.")
    press(page, "complete")
    page.locator("a[hx-get$='/steps/close']").click()
    page.locator("dialog .btn.primary").click()
    expect(page.locator("[name=state]")).to_have_value("closed")


@both_languages
def test_an_initiative_is_planned_shared_and_closed(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/playbooks/new/sn_acct_lc_success_initiative")
    choose(page.locator("[name=success_outcome_text]"), "a")
    page.locator("main form .btn.primary").click()
    fill(page, subject=f"Self-service {language}", description="So that nobody has to call.")
    press(page, "complete")
    expect(page.locator("h1")).to_have_text(f"Self-service {language}")
    press(page, "complete")
    assert barriers(page) == []
    page.locator("#activities [name=closure_code]").select_option("achieved")
    fill(page, close_notes="Half of the calls are gone.")
    press(page, "complete")
    assert barriers(page) == []


@both_languages
def test_an_internal_play_is_led_to_its_end(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/playbooks/new/sn_acct_lc_internal_play")
    choose(page.locator("[name=engagement_text]"), "Genixify")
    page.locator("main form .btn.primary").click()
    fill(page, short_description="Find a sponsor", description="The last one left.")
    press(page, "complete")
    expect(page.locator("h1")).to_have_text("Find a sponsor")
    press(page, "complete")
    say(page, "1. ask 2. wait")
    press(page, "complete")
    say(page, "There is one.")
    assert barriers(page) == []
    page.locator("#activities [name=closure_code]").select_option("achieved")
    fill(page, close_notes="Lea does it.")
    press(page, "complete")
    assert barriers(page) == []
