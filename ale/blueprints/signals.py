"""Risk signals and issues."""

from flask import Blueprint
from flask_babel import gettext as _

from ale.blueprints.shown.risk_matrix import RiskMatrix
from ale.domains.onboarding.records import open_condition
from ale.domains.signals.records import Occurrence, RiskSignal, Solution
from ale.foundation.label import Label
from ale.web.navigation import SUCCESS, link
from ale.web.pages import MADE, PICTURES, record_pages

bp = Blueprint("signals", __name__)
record_pages(bp, RiskSignal, "signals")
record_pages(bp, Solution, "solutions")
record_pages(bp, Occurrence, "risk-occurrences")


def _made(signal: RiskSignal) -> str:
    """A new signal, or what it was told of as well."""
    if signal.times_seen == 1:
        return _("Created.")
    return _("This risk is known already: signal %(number)s was told that it was seen again.", number=signal.number)


MADE[RiskSignal] = _made
PICTURES[RiskSignal] = RiskMatrix
SIGNALS = Label("Risk signals", "Signaux de risque")
link(SUCCESS, 40, SIGNALS, "signals.signals_list", "alert-triangle", reads=RiskSignal, counts=open_condition)
