"""One running ALE a session, Debian's Chromium, and pages that fail their test on anything the browser complains of."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.instances import Instance, launch, own_engines, ready

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MEANT = re.compile(r"Failed to load resource: .* status of (409|422)|htmx:(afterRequest|sendAbort)")
"""What is written about an answer that says no, since the page says it better, and one that made way for another."""

PATIENCE = 30_000
"""Milliseconds until something that does not happen is a failure: a busy machine is none."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """ALE with its demo data, worker and queue."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with own_engines(f"e2e_{worker}") as engines:
        running = launch(tmp_path_factory.mktemp("ale") / "data", ALE_ENV="development", **engines)
        try:
            yield ready(running)
        finally:
            running.end()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; a module's own, since its event loop would be in the way of other tests."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("No Chromium for the browser journeys; on Debian or Ubuntu: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def watch(page: Page, complaints: list[str]) -> None:
    """Note errors of scripts and policies, and answers that failed."""

    def heard(message: ConsoleMessage) -> None:
        is_page = message.location.get("url") == page.url  # says itself what is wrong, e.g. that it does not exist
        if message.type == "error" and not is_page and not MEANT.match(message.text):
            complaints.append(f"{page.url}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 500:
            complaints.append(f"{response.url}: {response.status}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("response", answered)


@pytest.fixture
def open_browser(chromium: Browser, server: Instance) -> Iterator[Callable[..., Page]]:
    """`open_browser(width=1280, height=800)`: a page of a visitor of its own; complaints fail the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(width: int = 1280, height: int = 900) -> Page:
        size = {"width": width, "height": height}
        context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}", viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch(page, complaints)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    """The page of somebody who has not logged on."""
    return open_browser()
