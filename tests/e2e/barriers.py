"""What keeps somebody out of a page, as axe-core finds it, and what does not fit a telephone."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from ale.config import PROJECT

AXE = PROJECT / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules whose answer the theme can change; all others read the same document in both."""
QUICK = {"resultTypes": ["violations"], "preload": False}
WIDE = {"width": 1280, "height": 3000}  # so tall that bars which stick to an edge cover nothing
NARROW = 375
STILL = """async () => {
    const ends = one => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity;
    const moving = () => document.getAnimations().filter(ends);
    do {
        for (let frames = 2; frames; frames--) await new Promise(done => requestAnimationFrame(done));
        await Promise.allSettled(moving().map(one => one.finished));
    } while (moving().length);
}"""
"""Resolves when the page has been laid out and painted and nothing on it moves."""


@cache
def axe() -> str:
    """The source of axe-core, which npm fetched for the tests."""
    if not AXE.exists():
        pytest.skip("No axe-core for the accessibility tests; make frontend fetches it")
    return AXE.read_text()


def barriers(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in light and dark and on a telephone, in sentences; empty: nothing."""
    _light_up(page, "light")
    found = _violations(page, {"runOnly": {"type": "tag", "values": TAGS}})
    _light_up(page, "dark")
    colours = _violations(page, {"runOnly": {"type": "rule", "values": COLOURS}})
    _light_up(page, "light")
    return [*found, *(f"dark: {one}" for one in colours), *_too_wide(page)]


def _too_wide(page: Page) -> list[str]:
    """Whether a telephone would have to scroll the page sideways."""
    before = page.viewport_size
    assert before
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.evaluate(STILL)
    needs = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    return [f"{needs} px wide at {NARROW} px"] if needs > NARROW else []


def _light_up(page: Page, theme: Literal["light", "dark"]) -> None:
    """Change the theme as the system would; the page has painted it when this returns."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate(STILL)


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    result = page.evaluate(f"axe.run(document, {json.dumps(options | QUICK)})")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"][:3]
    ]
