"""The Attachment API, shaped as ServiceNow's: files on the records that the caller may read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, Kept, attach, keep
from ale.foundation.db import transaction
from ale.foundation.problem import Forbidden
from ale.foundation.query import KEY, Column, Columns
from ale.foundation.reading import find, may_change
from ale.foundation.record import RECORDS, Record
from ale.foundation.tables import RecordTable
from ale.web.api_document import PAGING
from ale.web.api_operations import described
from ale.web.api_rows import Asked, one, page, page_headers
from ale.web.api_schemas import TEXT, Schema, as_result, component, listed, shape
from ale.web.download import download
from ale.web.identity import actor
from ale.web.json import BadRequest, api_door, result

bp = Blueprint("api_attachments", __name__)
api_door(bp)


class AttachmentTable(RecordTable):
    """Attachments with the record under the name that ServiceNow gives it."""

    def __init__(self) -> None:
        super().__init__("sys_attachment", Attachment)

    def columns(self, by: Actor) -> Columns:
        """Those of the record type, and `table_sys_id`."""
        return super().columns(by) | {"table_sys_id": Column(KEY, Attachment.record)}


TABLE = AttachmentTable()
TAG = "Attachments"
FILE: Schema = {
    "allOf": [component("sys_attachment"), shape(download_link=TEXT, table_sys_id=TEXT)],
}
PLACE = (
    ("table_name", "The table of the record to hang the file on"),
    ("table_sys_id", "The record"),
    ("file_name", "What the file is called"),
)
FORM = shape(table_name=TEXT, table_sys_id=TEXT, uploadFile=TEXT | {"format": "binary"})
View = Callable[..., Any]


def at(path: str, *methods: str) -> Callable[[View], View]:
    """A route under both addresses that clients use."""

    def register(view: View) -> View:
        for version in ("", "/v1"):
            bp.add_url_rule(f"/api/now{version}/attachment{path}", view_func=view, methods=methods)
        return view

    return register


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"download_link": f"{request.url_root}api/now/attachment/{row['sys_id']}/file"}


def _asked() -> Asked:
    """Attachments are always shown as stored, all of their fields."""
    asked = Asked.of(request.args)
    return replace(asked, display="false", links=False, fields=())


@at("", "GET")
@described(TAG, {"200": as_result("The attachments", listed(FILE))}, query=PAGING)
def files() -> Response:
    """The attachments that sysparm_query describes."""
    asked = _asked()
    found = page(TABLE, asked, actor())
    return result([_plain(row) for row in found.rows], headers=page_headers(asked, found.total))


@at("/<sys_id>", "GET")
@described(TAG, {"200": as_result("The attachment", FILE)})
def file(sys_id: str) -> Response:
    """What is known of one attachment."""
    return result(_shown(sys_id))


def _shown(sys_id: str) -> dict[str, Any]:
    return _plain(one(TABLE, sys_id, _asked(), actor()))


@at("/<sys_id>/file", "GET")
@described(TAG, {"200": {"description": "The bytes", "content": {"application/octet-stream": {}}}})
def content(sys_id: str) -> Response:
    """The bytes, as a download: never shown in the browser."""
    return download(find(Attachment, sys_id, actor()))


@at("/file", "POST")
@described(TAG, {"201": as_result("The new attachment", FILE)}, body={"*/*": {}}, query=PLACE)
def upload() -> Response:
    """The body as a file; file_name, table_name and table_sys_id stand in the address."""
    record, name = _record(request.args), _name(request.args.get("file_name"))
    return _attached(record, name, keep(request.stream), request.mimetype)


@at("/upload", "POST")
@described(TAG, {"201": as_result("The new attachment", FILE)}, body={"multipart/form-data": {"schema": FORM}})
def upload_form() -> Response:
    """A form with table_name, table_sys_id and the file in `uploadFile`."""
    sent = next(iter(request.files.values()), None)
    if sent is None:
        raise BadRequest("Missing file", "Send one file as multipart/form-data.")
    record, name = _record(request.form), _name(sent.filename)
    return _attached(record, name, keep(sent.stream), sent.mimetype)


def _record(given: Mapping[str, str]) -> Record:
    """The record to hang the file on, before a byte is stored."""
    missing = [name for name in ("table_name", "table_sys_id") if not given.get(name)]
    if missing:
        raise BadRequest("Missing parameter", ", ".join(missing))
    record_type = RECORDS.get(given["table_name"])
    if record_type is None:
        raise BadRequest(f"Invalid table {given['table_name']}")
    record = find(record_type, given["table_sys_id"], actor())
    if not may_change(record, actor()):
        raise Forbidden(f"{actor().name} may not attach files to {record_type.__name__}")
    return record


def _name(given: str | None) -> str:
    if not given or not given.strip():
        raise BadRequest("Missing parameter", "file_name")
    return given


def _attached(record: Record, name: str, kept: Kept, content_type: str) -> Response:
    with transaction():
        attachment = attach(record, kept, name, by=actor(), content_type=content_type)
    address = f"{request.base_url.rpartition('/')[0]}/{attachment.sys_id}/file"
    return result(_shown(attachment.sys_id), 201, {"Location": address})


@at("/<sys_id>", "DELETE")
@described(TAG, {"204": {"description": "Removed"}})
def delete(sys_id: str) -> Response:
    """Remove an attachment."""
    attachment = find(Attachment, sys_id, actor())
    with transaction():
        changes.remove(attachment, by=actor())
    return Response(status=204)
