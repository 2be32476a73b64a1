"""The only floor that knows HTML: turns records into pages and requests into changes."""

from flask import Flask
from htmx_flask import Htmx
from jinja2 import StrictUndefined

from ale.web import errors, identity, language, recent, security, templates


def init_app(app: Flask) -> None:
    """Attach sessions, languages, security headers, errors and what templates may use."""
    app.jinja_env.undefined = StrictUndefined
    Htmx(app)
    security.init_app(app)
    identity.init_app(app)
    language.init_app(app)
    errors.init_app(app)
    templates.init_app(app)
    recent.init_app(app)
