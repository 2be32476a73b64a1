"""The demo data as it is shown first."""

from collections.abc import Callable

from ale.domains.landing.queries import TREND_DAYS, cards_for, count_of, trends
from ale.foundation.actor import Actor


def test_the_history_of_the_demo_leads_to_the_figures_of_today(actor: Callable[[str], Actor]) -> None:
    agent = actor("agent")
    for card in cards_for(agent):
        values = [value for _, value in trends(agent)[card.key]]
        assert len(values) == TREND_DAYS - 1
        assert abs(values[-1] - count_of(card, agent)) <= 2, card.key  # a step of the walk, and a task due just now
