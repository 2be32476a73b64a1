"""Recommended actions: rules, cards and what they show; the log and the registrations."""

from flask import Blueprint

from ale.domains.actions import records, trail
from ale.domains.actions.service import constants
from ale.foundation.label import Label
from ale.web.advice import SOURCES
from ale.web.navigation import ADMINISTRATION, ONBOARDING, link
from ale.web.pages import record_pages

bp = Blueprint("actions", __name__)
record_pages(bp, records.ActionRule, "action-rules")
record_pages(bp, records.Recommendation, "recommendations")
record_pages(bp, records.Guidance, "guidance")
record_pages(bp, records.Tree, "decision-trees")
record_pages(bp, records.Node, "decision-nodes")
record_pages(bp, records.FieldRecommendation, "field-recommendations")
record_pages(bp, records.Generator, "resource-generators")
record_pages(bp, trail.ActionLog, "action-log")
record_pages(bp, trail.Registration, "consumer-registrations")

SOURCES.append(constants)

REGISTRATIONS = Label("Consumer registrations", "Enregistrements de consommateurs")
RULES = Label("Recommended actions", "Actions recommandées")
TREES = Label("Decision trees", "Arbres de décision")
link(ONBOARDING, 75, REGISTRATIONS, "actions.consumer_registrations_list", "globe", reads=trail.Registration)
link(ADMINISTRATION, 66, RULES, "actions.action_rules_list", "sparkles", roles=("admin",))
link(ADMINISTRATION, 67, TREES, "actions.decision_trees_list", "git-branch", roles=("admin",))
