"""Every pair of colours that the style sheets put together can be read, in the light theme and in the dark one."""

import re
from itertools import product
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "ale" / "static" / "css"
SHARED = ("tokens", "base", "components", "fields", "pages")
SHEETS = (*SHARED, "records", "charts", "health", "imports", "mapping", "portal")
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall((CSS / "tokens.css").read_text())}
THEMES = ("light", "dark")

GROUNDS = ("canvas", "surface", "sunken", "raised")
STATES = ("ok", "warn", "bad", "info")
TEXT = (
    *product(("text", "muted", "accent", "accent-strong"), GROUNDS),
    *product(STATES, GROUNDS),
    *((state, f"{state}-tint") for state in STATES),
    *product(("text", "muted", "accent"), ("accent-tint",)),
    *product(("text", "accent"), ("info-tint",)),
    ("text", "bad-tint"),
    *product(("accent-ink",), ("accent", "accent-strong")),
)
CONTROLS = (*product(("control", "accent", "bad"), GROUNDS), ("accent", "accent-tint"), ("control", "accent-tint"))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1, as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, theme: str) -> None:
    at = THEMES.index(theme)
    assert contrast(COLOURS[ink][at], COLOURS[ground][at]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), CONTROLS)
def test_controls_and_focus_stand_out(edge: str, ground: str, theme: str) -> None:
    at = THEMES.index(theme)
    assert contrast(COLOURS[edge][at], COLOURS[ground][at]) >= 3


def test_only_tokens_name_colours() -> None:
    for sheet in SHEETS[1:]:
        css = (CSS / f"{sheet}.css").read_text()
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\b(?:rgb|hsl|oklch)\(", css), sheet


def test_every_colour_is_among_the_measured_pairs() -> None:
    measured = {name for pair in (*TEXT, *CONTROLS) for name in pair}
    assert set(COLOURS) - measured == {"line"}  # a hairline only decorates


def test_style_sheets_use_only_tokens_that_exist() -> None:
    css = {sheet: (CSS / f"{sheet}.css").read_text() for sheet in SHEETS}
    named = set(re.findall(r"(--[\w-]+):", css["tokens"]))
    used = {name for text in css.values() for name in re.findall(r"var\((--[\w-]+)", text)}
    assert used <= named


def test_style_sheets_stay_small() -> None:
    sizes = {sheet: (CSS / f"{sheet}.css").stat().st_size for sheet in SHEETS}
    assert sum(sizes[sheet] for sheet in SHARED) <= 40 * 1024
    assert max(sizes[sheet] for sheet in SHEETS if sheet not in SHARED) <= 4 * 1024
