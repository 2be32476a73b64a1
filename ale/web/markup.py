"""Text with markup that people wrote, made fit to be shown: structure stays, everything that acts goes."""

import nh3
from markupsafe import Markup

_TAGS = {"a", "b", "br", "code", "em", "h2", "h3", "i", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th",
         "thead", "tr", "u", "ul"}  # fmt: skip


def clean(text: str | None) -> Markup:
    """The text without scripts, styles, pictures and addresses other than https and mailto."""
    kept = nh3.clean(text or "", tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"})
    return Markup(kept)  # noqa: S704 -- cleaned just now
