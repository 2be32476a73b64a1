"""Files on records: upload, download, take off; who may read a record may read its files."""

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from ale.foundation.attachments import Attachment, attach, keep
from ale.foundation.changes import remove
from ale.foundation.db import transaction
from ale.foundation.problem import Forbidden, NotVisible
from ale.foundation.reading import find, may_change
from ale.foundation.record import RECORDS
from ale.web.addresses import own_path
from ale.web.download import download
from ale.web.identity import actor
from ale.web.render import done

bp = Blueprint("attachments", __name__, url_prefix="/portal/attachments")
"""Below /portal, since customers come here too."""


@bp.post("/<table>/<sys_id>")
def upload(table: str, sys_id: str) -> BaseResponse:
    """Attach the sent files to a record, then back to the page they were sent from."""
    if table not in RECORDS:
        raise NotVisible
    record = find(RECORDS[table], sys_id, actor())
    if not may_change(record, actor()):
        raise Forbidden
    kept = [(keep(one.stream), one) for one in request.files.getlist("files") if one.filename]
    with transaction():
        for bytes_, sent in kept:
            attach(record, bytes_, sent.filename or "", by=actor(), content_type=sent.mimetype)
    flash(_("%(count)s files are attached.", count=len(kept)), "ok")
    return done(own_path(request.referrer))


@bp.get("/<sys_id>")
def download_file(sys_id: str) -> Response:
    """The bytes of a file."""
    return download(find(Attachment, sys_id, actor()))


@bp.post("/<sys_id>/take-off")
def take_off(sys_id: str) -> BaseResponse:
    """Take a file off its record."""
    found = find(Attachment, sys_id, actor())
    with transaction():
        remove(found, by=actor())
    flash(_("%(name)s is removed.", name=found.file_name), "ok")
    return done(own_path(request.referrer))
