"""Onboarding cases, their tasks and teams."""

from flask import Blueprint

from ale.domains.onboarding.records import CaseTask, OnboardingCase, open_condition
from ale.domains.onboarding.teams import AccountTeamMember, CustomerTeamMember, SquadMember
from ale.foundation.label import Label
from ale.web.navigation import ONBOARDING, link
from ale.web.pages import record_pages

bp = Blueprint("onboarding", __name__)
record_pages(bp, OnboardingCase, "cases")
record_pages(bp, CaseTask, "tasks")
record_pages(bp, CustomerTeamMember, "customer-team")
record_pages(bp, AccountTeamMember, "account-team")
record_pages(bp, SquadMember, "squad")

CASES, TASKS = Label("Cases", "Dossiers"), Label("Tasks", "Tâches")
link(ONBOARDING, 10, CASES, "onboarding.cases_list", "briefcase", reads=OnboardingCase, counts=open_condition)
link(ONBOARDING, 20, TASKS, "onboarding.tasks_list", "list-checks", reads=CaseTask, counts=open_condition)
