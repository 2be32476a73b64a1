"""What ALE delivers as rows: made once, completed at every start, never overwritten."""

from ale.domains.actions.supplied import supply_actions
from ale.domains.imports.supplied import supply_imports
from ale.domains.knowledge.supplied import supply_knowledge
from ale.domains.landing.supplied import supply_figures
from ale.domains.onboarding.supplied import supply_responsibilities, supply_settings
from ale.domains.people.service import supply_roles
from ale.domains.playbooks.supplied import supply_playbooks
from ale.domains.plays.supplied import supply_plays
from ale.domains.reports.supplied import supply_reports
from ale.domains.scores.supplied import supply_scores
from ale.domains.system.plugins import supply_plugins
from ale.domains.system.supplied import supply_sweep
from ale.foundation.actor import Actor


def supply_all() -> None:
    """Roles, settings, responsibilities, playbooks, plays, imports, articles, recommended actions, reports, jobs."""
    by = Actor.system()
    supply_roles(by)
    supply_settings(by)
    supply_responsibilities(by)
    supply_playbooks(by)
    supply_plays(by)
    supply_imports(by)
    supply_actions(supply_knowledge(by), by)
    supply_figures(by)
    supply_reports(by)
    supply_scores(by)
    supply_sweep(by)
    supply_plugins(by)
