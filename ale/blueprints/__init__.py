"""The doors: one module per domain, each with its `bp`; every module found here is registered."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every door."""
    for module in iter_modules(__path__):
        if module.ispkg:
            continue
        app.register_blueprint(import_module(f"{__name__}.{module.name}").bp)
