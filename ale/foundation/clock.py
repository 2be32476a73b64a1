"""The one clock: UTC without zone, whole seconds, as it is stored and sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """The present moment in UTC, naive, to the second; inside `one_moment`, the one at which that began."""
    return _held.get() or datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def today() -> date:
    """The present day in UTC."""
    return now().date()


@contextmanager
def one_moment() -> Iterator[None]:
    """All that happens in here happens at the same time: an act of somebody is one moment, however long it takes."""
    token = _held.set(now())
    try:
        yield
    finally:
        _held.reset(token)
