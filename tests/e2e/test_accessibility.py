"""Nobody is kept out: axe finds nothing on any page, in both languages and themes, and each fits a telephone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page

from tests.e2e.barriers import WIDE, barriers, too_wide
from tests.e2e.visitor import log_on

pytestmark = pytest.mark.journeys

RECORD = re.compile(r"\b[0-9a-f]{32}\b")
LINKS = "Array.from(document.querySelectorAll('a[href]'), a => a.href)"


def kind(address: str) -> str:
    """Pages of one kind differ only in their record and in what their list asks for."""
    return RECORD.sub("·", urlsplit(address).path)


def crawl(page: Page, start: str) -> dict[str, list[str]]:
    """What is wrong with the pages that links lead to from `start`, one page of each kind, by address."""
    page.goto(start)
    own = urlsplit(page.url).netloc
    waiting, seen = deque([page.url]), {kind(page.url)}
    wrong: dict[str, list[str]] = {}
    while waiting:
        address = waiting.popleft()
        try:
            page.goto(address)
        except Error as error:
            if "Download is starting" in error.message:
                continue
            raise
        wrong[address] = barriers(page) + too_wide(page)
        for link in page.evaluate(LINKS):
            if urlsplit(link).netloc == own and kind(link) not in seen:
                seen.add(kind(link))
                waiting.append(link)
    return wrong


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("user_name", "start", "kinds"), [("admin", "/", 40), ("genixify.admin", "/portal", 3)])
def test_no_page_that_a_link_leads_to_keeps_anybody_out(
    open_browser: Callable[..., Page], user_name: str, start: str, kinds: int, language: str
) -> None:
    page = open_browser(**WIDE)
    log_on(page, user_name, language)
    wrong = crawl(page, start)
    assert len(wrong) >= kinds, sorted(wrong)
    assert {address: faults for address, faults in wrong.items() if faults} == {}
