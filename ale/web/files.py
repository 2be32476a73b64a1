"""The files of a record as a page shows them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for

from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, attachments_of
from ale.foundation.reading import may, may_change
from ale.foundation.record import Record, table_name
from ale.web.language import number


@dataclass(frozen=True)
class Files:
    """What the piece `records/files.html` reads."""

    record: Record
    by: Actor

    @property
    def address(self) -> str:
        """Where further files are sent."""
        return url_for("attachments.upload", table=table_name(type(self.record)), sys_id=self.record.sys_id)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """{name, href, note, remove} of each file; remove is None for who may not take it off."""
        return [self._row(one) for one in attachments_of(self.record, self.by)]

    def _row(self, one: Attachment) -> dict[str, Any]:
        removable = may(Attachment, "delete", self.by)
        return {
            "id": one.sys_id,
            "name": one.file_name,
            "href": url_for("attachments.download_file", sys_id=one.sys_id),
            "note": f"{number(max(one.size_bytes // 1024, 1))} kB",
            "remove": url_for("attachments.take_off", sys_id=one.sys_id) if removable else None,
        }

    @property
    def may_add(self) -> bool:
        """Whether the actor may attach files here."""
        return may_change(self.record, self.by)
