"""The scheduled jobs that ALE delivers; administrators change them, so that they are made once."""

from typing import Any

from sqlalchemy import select

from ale.domains.system.records import ScheduledJob
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.label import Label

SWEEP = Label("Attachment sweep", "Nettoyage des pièces jointes")


def supply_job(name: Label, handler: str, at: str, by: Actor, **more: Any) -> None:
    """Make a daily job that is not there yet; inactive unless told otherwise."""
    if not session.scalar(select(ScheduledJob.sys_id).where(ScheduledJob.name == name.en)):
        named = {"name": name.en, "name_fr": name.fr}
        create(ScheduledJob, named | {"handler": handler, "schedule": {"at": at}} | more, by=by)


def supply_sweep(by: Actor) -> None:
    """Make the job that clears the attachment folder."""
    supply_job(SWEEP, "attachment_sweep", "03:30", by, active=True)
