"""The scheduled job behind the trends."""

from ale.domains.system.supplied import supply_job
from ale.foundation.actor import Actor
from ale.foundation.label import Label

NAME = Label("Landing page figures", "Chiffres de la page d’accueil")


def supply_figures(by: Actor) -> None:
    """Make the daily job that stores the figures."""
    supply_job(NAME, "landing_snapshots", "23:30", by, active=True)
