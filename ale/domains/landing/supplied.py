"""The scheduled job behind the trends."""

from sqlalchemy import select

from ale.domains.system.records import ScheduledJob
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session

NAME = "Landing page figures"


def supply_jobs(by: Actor) -> None:
    """Make the daily job that is not there yet."""
    if not session.scalar(select(ScheduledJob.sys_id).where(ScheduledJob.name == NAME)):
        given = {"name": NAME, "active": True, "handler": "landing_snapshots", "schedule": {"at": "23:30"}}
        create(ScheduledJob, given, by=by)
