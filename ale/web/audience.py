"""Who may knock at which door: every route is declared here by its endpoint or its blueprint; the rest stays shut.

What somebody then may see and do behind a door is said by the records (`Access`), door by door the same.
"""

from enum import Enum, auto


class Audience(Enum):
    """Who is let in."""

    EVERYBODY = auto()
    CALLERS = auto()
    """Programs: the door itself asks for credentials, never for the session."""
    LOGGED_ON = auto()
    STAFF = auto()
    """Everybody logged on but customers, who are led to their portal."""


DOORS: dict[str, Audience] = {
    "static": Audience.EVERYBODY,
    "health": Audience.EVERYBODY,
    "session.log_on": Audience.EVERYBODY,
    "session.enter": Audience.EVERYBODY,
    "session.preferences": Audience.EVERYBODY,
    "session.invitation": Audience.EVERYBODY,
    "session.accept": Audience.EVERYBODY,
    "session.log_out": Audience.LOGGED_ON,
    "portal": Audience.LOGGED_ON,
    "portal_success": Audience.LOGGED_ON,
    "attachments": Audience.LOGGED_ON,
    **dict.fromkeys(
        ("api", "api_attachments", "api_batch", "api_import_sets", "api_stats", "import_api"), Audience.CALLERS
    ),
    **dict.fromkeys(
        ("account_loads", "accounts", "actions", "conformance", "corrections", "estate", "home", "home_redirects",
         "imports", "imports_admin", "invitations", "knowledge", "launcher", "lives", "mappings", "onboarding",
         "outbox", "people", "platform", "playbooks", "playbooks_admin", "playbooks_begin", "plays", "portfolio",
         "previews", "publications", "recommended", "reports", "scores", "search", "signals", "styleguide", "success",
         "system", "tokens", "trail", "views"),
        Audience.STAFF,
    ),
}  # fmt: skip
"""By endpoint, or by blueprint for all its routes that are not named themselves."""


def audience_of(endpoint: str) -> Audience | None:
    """Who may use this route; None where nobody said so: then nobody may."""
    return DOORS.get(endpoint) or DOORS.get(endpoint.partition(".")[0])
