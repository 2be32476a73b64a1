"""Settings and scheduled jobs, for administrators; the list of all files."""

from flask import Blueprint, flash
from werkzeug.wrappers import Response

from ale.domains.system.records import Property, ScheduledJob
from ale.domains.system.service import run
from ale.foundation.attachments import Attachment
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden
from ale.foundation.reading import find, may
from ale.web.addresses import offers, record_href
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, link
from ale.web.pages import record_pages
from ale.web.render import done

bp = Blueprint("system", __name__)
record_pages(bp, Property, "settings")
record_pages(bp, ScheduledJob, "jobs")
record_pages(bp, Attachment, "attachments")
offers(ScheduledJob, Label("Execute now", "Exécuter maintenant"), "system.execute_now", changes=True)

link(ADMINISTRATION, 60, Label("Settings", "Paramètres"), "system.settings_list", "settings", reads=Property)
link(ADMINISTRATION, 70, Label("Scheduled jobs", "Tâches planifiées"), "system.jobs_list", "clock", reads=ScheduledJob)


@bp.post("/jobs/<sys_id>/execute-now")
def execute_now(sys_id: str) -> Response:
    """Run a scheduled job at once, also an inactive one, which stays so (JOB-02)."""
    job = find(ScheduledJob, sys_id, actor())
    if not may(ScheduledJob, "write", actor()):
        raise Forbidden("only administrators run scheduled jobs")
    with transaction():
        flash(run(job, actor()), "ok")
    return done(str(record_href("sysauto_script", sys_id)))
