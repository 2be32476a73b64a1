"""The rooms of the house, in the order in which they may use each other: a domain knows those before it only."""

from importlib import import_module, util

from ale.foundation.record import check_declarations

ORDER = (
    "system",
    "people",
    "watching",
    "views",
    "reports",
    "accounts",
    "estate",
    "onboarding",
    "success",
    "signals",
    "plays",
    "scores",
    "playbooks",
    "imports",
    "knowledge",
    "actions",
    "landing",
    "conformance",
)

PARTS = (
    "records", "platform", "teams", "instances", "staging", "builder", "trail", "launches", "served", "backup",
    "plugins", "service", "success_runs", "account_loads", "renewals",
)  # fmt: skip


def load() -> None:
    """Import every domain, so that web, worker and commands know the same records and reactions."""
    for name in ORDER:
        for part in PARTS:
            if util.find_spec(f"ale.domains.{name}.{part}"):
                import_module(f"ale.domains.{name}.{part}")
    check_declarations()
