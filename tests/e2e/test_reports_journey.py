"""A success manager's way in the browser: from a list to a report that is kept, from the portfolio to a timeline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.barriers import WIDE, barriers
from tests.e2e.visitor import log_on, settled

both_languages = pytest.mark.parametrize("language", ["en", "fr"])


def ask(page: Page, name: str, value: str) -> None:
    """Choose a word of the question; the answer follows by itself."""
    page.locator(f"#q-{name}").focus()
    page.locator(f"#q-{name}").select_option(value)
    page.wait_for_url(f"**{name}={value}*")
    settled(page)


@both_languages
def test_from_a_list_to_a_report_that_is_kept(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/contacts?query=active%3Dtrue")
    page.locator(".toolbar a[href^='/reports/build']").click()
    expect(page.locator("#question .chip")).to_have_count(1)
    ask(page, "group_by", "account")
    ask(page, "chart", "bar")
    genixify = page.locator(".bars li", has_text="Genixify")
    expect(genixify).to_have_count(1)
    expect(page.locator(".bars li", has_text="Boxeo")).to_have_count(1)
    expect(page.locator("#q-chart")).to_be_focused()
    assert barriers(page) == []
    page.locator("#f-name").fill(f"Contacts {language}")
    page.locator("#save").click()
    expect(page.locator("h1")).to_have_text(f"Contacts {language}")
    assert barriers(page) == []
    with page.expect_download() as download:
        page.locator("#export-menu summary").click()
        page.locator("#export-menu a").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    told = genixify.locator(".num").inner_text()
    genixify.locator("a").first.click()
    expect(page.locator("#rows tbody tr")).to_have_count(int(told))
    expect(page.locator("#rows .chip")).to_have_count(2)


@both_languages
def test_a_report_that_cannot_be_kept_says_why(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/reports")
    page.locator(".btn.primary").first.click()
    ask(page, "table_name", "sn_acct_lc_success_outcome")
    page.locator("#save").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert barriers(page) == []


@both_languages
def test_every_supplied_report_opens(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/reports?query=audience%3Deverybody")
    addresses = [one.get_attribute("href") or "" for one in page.locator("tbody a[href*='/run']").all()]
    assert len(addresses) == 5
    for address in addresses:
        page.goto(address)
        expect(page.locator("tr.total")).to_have_count(1)
        assert barriers(page) == []


@both_languages
def test_from_the_portfolio_to_the_timeline_of_an_engagement(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(**WIDE)
    log_on(page, "csm", language)
    page.goto("/success")
    page.locator("#portfolio .choices a", has_text="Genixify").click()
    expect(page.locator("#portfolio [aria-current=true]")).to_contain_text("Genixify")
    settled(page)
    page.locator("#portfolio .tabs a[href*='tab=initiatives']").click()
    expect(page.locator("#portfolio tbody")).to_contain_text("Self-service portal")
    settled(page)
    assert barriers(page) == []
    page.locator("#portfolio header a[href*='/success/engagements/']").click()
    marks = page.locator("#timeline circle")
    expect(page.locator("#timeline tbody tr")).to_have_count(marks.count())
    assert marks.count() >= 3
    assert barriers(page) == []
    page.locator("#timeline tbody a", has_text="Weekly review").click()
    expect(page.locator("h1")).to_have_text("Weekly review")
