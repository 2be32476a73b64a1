"""The home page leads into the parts of the application."""

from collections.abc import Callable

from tests.conftest import Browser
from tests.pages import Visit

LogOnAs = Callable[[str], Browser]


def test_C001_the_home_page_leads_into_both_parts_and_to_help(log_on: LogOnAs) -> None:
    def led(user: str) -> list[str]:
        words = ("Account onboarding", "Customer success", "Explore", "Configure", "Use", "Reference")
        return [link.name for link in Visit(log_on(user)).open("/").find("a") if link.name in words]

    assert led("admin") == ["Account onboarding", "Customer success", "Explore", "Configure", "Use", "Reference"]
    assert "Configure" not in led("viewer")
