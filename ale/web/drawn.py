"""What pages draw by the hundred, since a macro of the templates takes ten times as long; those pass these on."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from ale.web.language import said as _
from ale.web.values import Shown

LONGEST = 120  # characters of a long text in a table


def row(line: Mapping[str, Any], pick: object = False, picked: bool = False) -> Markup:
    """A line of a table: {key, href, title, cells}; its first cell leads to the record, `pick` lets it be selected."""
    drawn = [_td(one, cell(one)) for one in line["cells"]]
    if line["href"] and drawn:
        first = line["cells"][0]
        drawn[0] = _td(first, f'<a href="{escape(line["href"])}">{escape(first.value or line["title"])}</a>')
    box = pick_cell(line["key"], line["title"], picked) if pick else ""
    return Markup(f"<tr>{box}{''.join(drawn)}</tr>")  # noqa: S704 -- of escaped parts


def cell(value: Shown) -> str:
    """A value as text, link or badge."""
    if not value.value:
        return '<span class="muted">–</span>'
    if value.tone is not None:
        return badge(value.value, value.tone)
    if value.href:
        return f'<a href="{escape(value.href)}">{escape(value.value)}</a>'
    return escape(_shortened(value.value) if value.long else value.value)


def badge(text: str, tone: str = "") -> Markup:
    """A state as word, shape and colour."""
    return Markup(f'<span class="badge{" " + tone if tone else ""}">{escape(text)}</span>')  # noqa: S704 -- as above


def pick_cell(value: str, label: str, checked: bool = False) -> Markup:
    """The first cell of a row that can be selected; `label` names the row."""
    key, name = escape(value), _("Select %(row)s", row=label)
    box = f'<input type="checkbox" name="rows" value="{key}" id="pick-{key}" aria-label="{name}"'
    return Markup(f'<td class="pick">{box}{" checked" if checked else ""}></td>')  # noqa: S704 -- as above


@lru_cache(4096)
def icon(name: str, label: str | None = None) -> Markup:
    """One icon of the sprite made by `python -m ale.frontend`; without a label it is hidden from screen readers."""
    what = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    use = f'<use href="{escape(asset("vendor/icons.svg"))}#{escape(name)}"></use>'
    return Markup(f'<svg class="icon" width="16" height="16" {what}>{use}</svg>')  # noqa: S704 -- as above


@lru_cache(256)
def asset(path: str) -> str:
    """The address of a file in static/."""
    return url_for("static", filename=path)


def _td(value: Shown, inside: str) -> str:
    return f'<td class="num">{inside}</td>' if value.number else f"<td>{inside}</td>"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST + 5 else f"{text[: LONGEST - 3].rsplit(' ', 1)[0]}..."
