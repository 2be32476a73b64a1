"""Reading settings and keeping scheduled work going."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from ale.domains.system.records import Property, ScheduledJob
from ale.foundation.actor import ROOT_DOMAIN, Actor
from ale.foundation.attachments import sweep
from ale.foundation.clock import now
from ale.foundation.db import inside, session

Handler = Callable[[Actor], str]
HANDLERS: dict[str, Handler] = {}
"""What a scheduled job may run, by the name in its `handler` field; each answers a sentence about what it did."""


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register a function as work that can be scheduled."""

    def register(function: Handler) -> Handler:
        HANDLERS[name] = function
        return function

    return register


ALIASES = {"sn_acct_lc.BackupDays": "sn_accct_lc.BackupDays"}
"""Other spellings of settings that the manual prints; one that is there goes first, since somebody made it."""


def setting(name: str, default: str = "") -> str:
    """The value of a system property as text."""
    found = select(Property.value).where(Property.name.in_((name, ALIASES.get(name, name))))
    value = session.scalar(found.order_by(Property.name == name))
    return default if value is None else value


def setting_is_on(name: str, *, default: bool = False) -> bool:
    """The value of a boolean system property."""
    return setting(name, "true" if default else "false").strip().casefold() == "true"


def setting_number(name: str, default: int = 0) -> int:
    """The value of an integer system property; the default where it is no number."""
    text = setting(name, str(default)).strip()
    return int(text) if text.lstrip("-").isdigit() else default


def due_jobs(moment: datetime) -> list[ScheduledJob]:
    """The active scheduled jobs whose time has come."""
    jobs = session.scalars(select(ScheduledJob).where(ScheduledJob.active.is_(True)).order_by(ScheduledJob.name))
    return [job for job in jobs if job.next_run is None or job.next_run <= moment]


def run(job: ScheduledJob, by: Actor) -> str:
    """Run a scheduled job now, in the running transaction, and note the result; its Active mark stays as it is."""
    key = job.sys_id
    result = HANDLERS[job.handler](by)
    job = session.get_one(ScheduledJob, key)  # again: work in other domains empties the session
    job.last_run, job.last_result = now(), result
    job.next_run = next_run(job, now())
    session.flush()
    return result


def next_run(job: ScheduledJob, moment: datetime) -> datetime:
    """When a job runs again: at the time of day of its schedule, else a day later."""
    at = str((job.schedule or {}).get("at", "00:00"))
    hour, _, minute = at.partition(":")
    today = moment.replace(hour=int(hour), minute=int(minute or 0), second=0)
    return today if today > moment else today + timedelta(days=1)


@handler("attachment_sweep")
def sweep_attachments(_by: Actor) -> str:
    """Remove files that no attachment names any more; those of the last day may belong to an upload on its way."""
    with inside(ROOT_DOMAIN):
        return f"{sweep()} files"
