"""Playbooks as their authors see them: versions, stages, activities, and the rows of running ones."""

from flask import Blueprint, flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ale.domains.playbooks import versions
from ale.domains.playbooks.instances import ActivityContext, Context, StageContext
from ale.domains.playbooks.records import Activity, ActivityDefinition, Playbook, Stage
from ale.foundation.db import transaction
from ale.foundation.label import Label
from ale.foundation.reading import find
from ale.web.addresses import form_href, offers
from ale.web.identity import actor
from ale.web.navigation import ADMINISTRATION, link
from ale.web.pages import record_pages
from ale.web.render import done

bp = Blueprint("playbooks_admin", __name__, url_prefix="/playbook-designer")
record_pages(bp, Playbook, "playbooks")
offers(Playbook, Label("New version", "Nouvelle version"), "playbooks_admin.new_version", changes=True)
record_pages(bp, Stage, "stages")
record_pages(bp, Activity, "activities")
record_pages(bp, ActivityDefinition, "definitions")
record_pages(bp, Context, "instances")
record_pages(bp, StageContext, "stage-instances")
record_pages(bp, ActivityContext, "activity-instances")

AUTHORS = ("playbook.author", "playbook.admin")
link(ADMINISTRATION, 20, Label("Playbooks", "Playbooks"), "playbooks_admin.playbooks_list", "workflow", roles=AUTHORS)


@bp.post("/playbooks/<sys_id>/new-version")
def new_version(sys_id: str) -> Response:
    """A draft like this version, to be edited and activated (PBK-05)."""
    with transaction():
        draft = versions.new_version(find(Playbook, sys_id, actor()), actor())
    flash(_("This is a draft. Change its stages and activities, then activate it."), "ok")
    return done(str(form_href(Playbook, draft.sys_id)))
