"""The scheduled jobs that ALE delivers; administrators change them, so that they are made once."""

from typing import Any

from sqlalchemy import select

from ale.domains.system.records import ScheduledJob
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session

SWEEP = "Attachment sweep"


def supply_job(name: str, handler: str, at: str, by: Actor, **more: Any) -> None:
    """Make a daily job that is not there yet; inactive unless told otherwise."""
    if not session.scalar(select(ScheduledJob.sys_id).where(ScheduledJob.name == name)):
        create(ScheduledJob, {"name": name, "handler": handler, "schedule": {"at": at}} | more, by=by)


def supply_sweep(by: Actor) -> None:
    """Make the job that clears the attachment folder."""
    supply_job(SWEEP, "attachment_sweep", "03:30", by, active=True)
