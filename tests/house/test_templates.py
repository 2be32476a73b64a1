"""What templates may not do: styles and scripts of their own, markup without escaping, words without translation."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT

TEMPLATES = sorted((ROOT / "ale" / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "ale" / "static" / "js").glob("*.js"))
FORBIDDEN = {
    "a style of its own": re.compile(r"""\sstyle\s*=|<style\b"""),
    "a script of its own": re.compile(r"""<script\b(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*["']|javascript:"""),
    "a script inside htmx": re.compile(r"""\bhx-on\b|\bhx-vals\s*=\s*["']js:|["']js:"""),
    "a filter of hx-trigger": re.compile(r"""hx-trigger"?\s*[=:]\s*["'][^"']*\["""),
    "markup that is not escaped": re.compile(r"""\|\s*safe\b|autoescape\s+false|\bMarkup\("""),
    "an address outside": re.compile(r"""\b(?:src|href|action)\s*=\s*["']https?://"""),
}
WORDS = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
ATTRIBUTE = re.compile(r"""[\w:-]+=(?:"[^"]*"|'[^']*')""")
MARKUP = re.compile(r"<!--.*?-->|<[^>]*>|&\w+;", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:aria-label|title|placeholder|alt)\s*=\s*["']([^"'{}]*[A-Za-z]{3}[^"'{}]*)["']""")
NAMES = {"ALE", "Account", "Lifecycle", "portal"}
"""The name of the product, and the class of a body."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "ale"))


def place(text: str, at: int) -> int:
    """The number of the line."""
    return text.count("\n", 0, at) + 1


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        found = FORBIDDEN[what].search(text)
        assert not found, f"{name(path)}:{place(text, found.start())}: {found[0]!r}"


def test_every_word_can_be_translated() -> None:
    for path in TEMPLATES:
        if path.name == "styleguide.html":
            continue
        text = path.read_text("utf-8")
        plain = set(WORDS.findall(ATTRIBUTE.sub(" ", MARKUP.sub(" ", JINJA.sub(" ", text))))) - NAMES
        assert not plain, f"{name(path)}: {sorted(plain)}"
        spoken = SPOKEN.findall(text)
        assert not spoken, f"{name(path)}: {spoken}"


def test_macros_use_their_arguments_and_no_globals() -> None:
    """A macro draws what it is given; who asks and what is asked for is not its business."""
    for path in sorted((ROOT / "ale" / "templates" / "macros").glob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"\b(?:request|session|g|config|actor)\b\.", text), name(path)


def test_imported_macros_are_used() -> None:
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        for statement in re.findall(r"\{%-?\s*from\s+\"[^\"]+\"\s+import\s+([^%]+?)-?%\}", text):
            for part in statement.split(","):
                word = part.split(" as ")[-1].replace("with context", "").strip()
                uses = len(re.findall(rf"\b{re.escape(word)}\b", text))
                assert uses > 1 and re.search(rf"\b{re.escape(word)}\s*\(", text), f"{name(path)}: {word}"  # noqa: PT018


def test_scripts_make_no_code_of_text() -> None:
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert not re.search(r"\beval\(|new Function\(|innerHTML\s*=|document\.write|\.style\.", text), path.name
