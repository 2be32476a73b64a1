"""Sending a stored file: always as a download, whatever it claims to be."""

import re

from flask import Response, send_file

from ale.foundation.attachments import Attachment, path_of

_RUNS = re.compile(r"html|script|[+/]xml$")
"""Content types that a browser would run or render; they are sent as plain bytes."""


def download(attachment: Attachment) -> Response:
    """The bytes of an attachment; the browser saves them and never runs or shows them here."""
    answer = send_file(
        path_of(attachment),
        "application/octet-stream" if _RUNS.search(attachment.content_type) else attachment.content_type,
        as_attachment=True,
        download_name=attachment.file_name,
        etag=attachment.sha256,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
