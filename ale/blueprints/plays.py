"""Internal plays and their tasks; definitions, subflows and launches of success plays."""

from flask import Blueprint

from ale.domains.plays import launches, records, starts
from ale.domains.success.rules import OVER
from ale.foundation.label import Label
from ale.web.navigation import ADMINISTRATION, SUCCESS, link
from ale.web.pages import record_pages

bp = Blueprint("plays", __name__)
record_pages(bp, records.InternalPlay, "internal-plays")
record_pages(bp, records.InternalPlayTask, "internal-play-tasks")
record_pages(bp, launches.Definition, "definitions")
record_pages(bp, launches.AleChoice, "ale-choices")
record_pages(bp, launches.Subflow, "subflows")
record_pages(bp, launches.Launch, "launches")
record_pages(bp, launches.Blueprint, "success-blueprints")
record_pages(bp, launches.FlowRun, "flow-runs")
record_pages(bp, starts.PlayRule, "play-rules")
record_pages(bp, starts.PlayStart, "play-starts")

for place, (label, slug, icon, record_type) in enumerate(
    (
        (Label("Internal plays", "Actions internes"), "internal_plays", "play", records.InternalPlay),
        (Label("Internal play tasks", "Tâches d’actions internes"), "internal_play_tasks", "list-checks",
         records.InternalPlayTask),
    )
):  # fmt: skip
    link(
        SUCCESS,
        42 + place,
        label,
        f"plays.{slug}_list",
        icon,
        reads=record_type,
        counts=lambda kind: kind.state.not_in(OVER),
    )

LAUNCHES = Label("Launched success plays", "Scénarios de réussite lancés")
DEFINITIONS = Label("Definition records", "Enregistrements de définition")
CHOICES, SUBFLOWS = Label("ALE choices", "Choix ALE"), Label("Subflows", "Sous-flux")
RULES = Label("Rules for success plays", "Règles des scénarios")
link(SUCCESS, 60, LAUNCHES, "plays.launches_list", "rocket", reads=launches.Launch)
link(ADMINISTRATION, 40, DEFINITIONS, "plays.definitions_list", "rocket", roles=("sn_acct_lc.success_play_admin",))
link(ADMINISTRATION, 41, CHOICES, "plays.ale_choices_list", "list-checks", roles=("sn_acct_lc.success_play_admin",))
link(ADMINISTRATION, 42, SUBFLOWS, "plays.subflows_list", "workflow", roles=("sn_acct_lc.success_play_admin",))
link(ADMINISTRATION, 43, RULES, "plays.play_rules_list", "workflow", roles=("sn_acct_lc.success_play_admin",))
