"""What is drawn in Python escapes what it is given, as the templates do."""

from ale.web.drawn import LONGEST, badge, row
from ale.web.values import Shown

HOSTILE = """<b onclick="x('y')">&"""
ESCAPED = "&lt;b onclick=&#34;x(&#39;y&#39;)&#34;&gt;&amp;"


def line(**facts: object) -> dict[str, object]:
    """A line with one cell after the first."""
    first = Shown("a", "A", "first")
    return {"key": "1", "href": None, "title": "T", "cells": [first, Shown(**{"name": "b", "label": "B"} | facts)]}  # type: ignore[arg-type]


def test_a_cell_is_text_link_badge_or_a_dash() -> None:
    assert str(row(line(value=HOSTILE))) == f"<tr><td>first</td><td>{ESCAPED}</td></tr>"
    assert f'<td class="num"><a href="{ESCAPED}">{ESCAPED}</a></td>' in row(
        line(value=HOSTILE, href=HOSTILE, number=True)
    )
    assert f'<span class="badge warn">{ESCAPED}</span>' in row(line(value=HOSTILE, tone="warn"))
    assert '<td><span class="muted">–</span></td>' in row(line(value="", href=HOSTILE, tone="warn"))
    assert str(badge(HOSTILE)) == f'<span class="badge">{ESCAPED}</span>'


def test_the_first_cell_leads_to_the_record_by_its_title_when_it_is_empty() -> None:
    given = line(value="x") | {"href": HOSTILE, "title": HOSTILE}
    assert f'<tr><td><a href="{ESCAPED}">first</a></td>' in row(given)
    given["cells"] = [Shown("a", "A", "")]
    assert str(row(given)) == f'<tr><td><a href="{ESCAPED}">{ESCAPED}</a></td></tr>'
    assert str(row(given | {"cells": []})) == "<tr></tr>"


def test_a_long_text_is_cut_at_a_word() -> None:
    words = "word " * 100
    cut = str(row(line(value=words, long=True)))
    assert "word word..." in cut
    assert len(cut) < LONGEST + 60
    assert words in row(line(value=words))
