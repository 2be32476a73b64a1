"""What every template may use without being given it."""

from typing import Any

from flask import Flask, session

from ale.foundation.clock import now, today
from ale.web import drawn
from ale.web.addresses import list_href, new_href, record_href, report_href
from ale.web.identity import known_actor
from ale.web.language import locale
from ale.web.markup import clean
from ale.web.navigation import Menu


def init_app(app: Flask) -> None:
    """Give templates the reader, the language and the navigation."""
    app.context_processor(_frame)
    app.jinja_env.filters["clean"] = clean
    app.jinja_env.globals.update(
        record_href=record_href,
        list_href=list_href,
        new_href=new_href,
        report_href=report_href,
        asset=drawn.asset,
        drawn=drawn,
    )


def _frame() -> dict[str, Any]:
    """What `base.html` and `portal_base.html` stand on."""
    by = known_actor()
    return {
        "actor": by,
        "locale": locale(),
        "theme": by.theme if by else session.get("theme", "auto"),
        "nav": Menu(by, locale()),
        "now": now(),
        "today": today(),
    }
