"""Customer success: engagements with their plans, cases, touchpoints, tasks and meetings; what they are measured by."""

from flask import Blueprint

from ale.domains.success import actions, measures, plan
from ale.domains.success.records import Engagement, EngagementContract, open_condition
from ale.foundation.label import Label
from ale.web.navigation import ADMINISTRATION, SUCCESS, link
from ale.web.pages import record_pages

bp = Blueprint("success", __name__)
record_pages(bp, Engagement, "engagements")
record_pages(bp, EngagementContract, "engagement-contracts")
record_pages(bp, plan.Objective, "success-objectives")
record_pages(bp, plan.Outcome, "success-outcomes")
record_pages(bp, plan.Initiative, "success-initiatives")
record_pages(bp, actions.SuccessCase, "success-cases")
record_pages(bp, actions.SuccessTask, "success-tasks")
record_pages(bp, actions.Touchpoint, "touchpoints")
record_pages(bp, actions.Meeting, "meetings")
record_pages(bp, measures.ServiceDefinition, "service-definitions")
record_pages(bp, measures.Indicator, "indicators")

for place, (label, slug, icon, record_type) in enumerate(
    (
        (Label("Engagements", "Engagements"), "engagements", "heart-pulse", Engagement),
        (Label("Objectives", "Objectifs"), "success_objectives", "target", plan.Objective),
        (Label("Outcomes", "Résultats"), "success_outcomes", "flag", plan.Outcome),
        (Label("Initiatives", "Initiatives"), "success_initiatives", "rocket", plan.Initiative),
        (Label("Success cases", "Dossiers de réussite"), "success_cases", "briefcase", actions.SuccessCase),
        (Label("Touchpoints", "Points de contact"), "touchpoints", "message-square", actions.Touchpoint),
        (Label("Success tasks", "Tâches de réussite"), "success_tasks", "list-checks", actions.SuccessTask),
    )
):
    link(SUCCESS, place, label, f"success.{slug}_list", icon, reads=record_type, counts=open_condition)
link(SUCCESS, 20, Label("Meetings", "Réunions"), "success.meetings_list", "calendar", reads=actions.Meeting)

SERVICES, INDICATORS = (
    Label("Service definitions", "Définitions de service"),
    Label("KPI indicators", "Indicateurs KPI"),
)
link(ADMINISTRATION, 90, SERVICES, "success.service_definitions_list", "book-open", reads=measures.ServiceDefinition)
link(ADMINISTRATION, 91, INDICATORS, "success.indicators_list", "target", reads=measures.Indicator)
