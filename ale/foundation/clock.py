"""The one clock: UTC without zone, whole seconds, as it is stored and sent."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The present moment in UTC, naive, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def today() -> date:
    """The present day in UTC."""
    return now().date()
