"""Risk signals and issues."""

from flask import Blueprint

from ale.domains.onboarding.records import open_condition
from ale.domains.signals.records import RiskSignal, Solution
from ale.foundation.label import Label
from ale.web.navigation import SUCCESS, link
from ale.web.pages import record_pages

bp = Blueprint("signals", __name__)
record_pages(bp, RiskSignal, "signals")
record_pages(bp, Solution, "solutions")

SIGNALS = Label("Risk signals", "Signaux de risque")
link(SUCCESS, 40, SIGNALS, "signals.signals_list", "alert-triangle", reads=RiskSignal, counts=open_condition)
