"""Files that hang on records: a row behind the wall, its bytes beside the database under their own checksum.

The bytes are stored first and safely (`keep`), the row is written in the transaction that needs it (`attach`): a crash
between the two leaves an object without a row, which `sweep` removes, and never a row without its object. Who may
read a record may read its files; content is only ever sent as a download.
"""

import hashlib
import os
import re
import tempfile
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from ale.foundation import changes
from ale.foundation.actor import Actor
from ale.foundation.choice import Choice
from ale.foundation.db import Separated, session
from ale.foundation.field import Values, field
from ale.foundation.history import BESIDE, domain_of
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden, Problem, Rejected
from ale.foundation.reading import may_change, of_readable, visible
from ale.foundation.record import RECORDS, Access, Record, Section, Sheet, table_name

LARGEST = 192 * 1024 * 1024
"""Bytes of the largest file."""
_PIECE = 1024 * 1024
_CONTENT_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}")

_folder: list[Path] = []


class Purpose(Choice):
    TEMPLATE = "template", "Template", "Modèle"
    UPLOAD = "upload", "Upload", "Chargement"
    BACKUP = "backup", "Backup", "Sauvegarde"
    GENERAL = "general", "General", "Général"


def _that_of_its_record(values: Values, by: Actor) -> str:
    record = session.get(RECORDS[values["table_name"]], values["record"]) if values.get("record") else None
    return domain_of(record) if record else by.domain


class Attachment(Separated, Record):
    """One file on one record; the same bytes attached twice are stored once."""

    __tablename__ = "sys_attachment"

    file_name: Mapped[str] = field("File name", "Nom du fichier", max_length=255, read_only=True, customer=True)
    content_type: Mapped[str] = field("Content type", "Type de contenu", max_length=150, read_only=True, customer=True)
    size_bytes: Mapped[int] = field("Size", "Taille", read_only=True, customer=True)
    sha256: Mapped[str] = field("Checksum", "Empreinte", max_length=64, read_only=True, index=True)
    table_name: Mapped[str] = field("Table", "Table", max_length=80, read_only=True, customer=True)
    record: Mapped[str] = field("Record", "Enregistrement", max_length=32, read_only=True, customer=True, index=True)
    purpose: Mapped[Purpose] = field("Purpose", "Usage", default=Purpose.GENERAL, read_only=True)
    processed: Mapped[bool] = field("Imported", "Importé", default=False, read_only=True)

    __sheet__ = Sheet(
        label=Label("Attachment", "Pièce jointe"), plural=Label("Attachments", "Pièces jointes"), display="file_name",
        columns=("file_name", "table_name", "size_bytes", "purpose", "processed", "sys_created_on"),
        filters=("table_name", "purpose", "processed"), search=("file_name",),
        form=(
            Section.of("File", "Fichier", "file_name", "content_type", "size_bytes", "sha256"),
            Section.of("Hangs on", "Joint à", "table_name", "record", "purpose", "processed"),
        ),
        access=Access(
            read=("*",), report_view=(), customer_read=("*",),
            delete=("sn_acct_lc.agent", "sn_acct_lc.ale_success_agent"),
            rows=lambda kind, by: of_readable(kind.table_name, kind.record, by, "sys_attachment"),
        ),
        domain_of=_that_of_its_record, icon="paperclip",
    )  # fmt: skip


BESIDE.append(Attachment)


class Kept(NamedTuple):
    """Bytes that are safely stored and wait for their row."""

    sha256: str
    size: int


def store(folder: Path) -> None:
    """Say where the objects are; the application calls this once with a folder of its data folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _folder[:] = [folder]


def keep(stream: IO[bytes], largest: int = LARGEST) -> Kept:
    """Store what `stream` gives: written aside, synced and renamed, so that an object is whole or absent.

    Rejected (FILE_TOO_LARGE) beyond `largest` bytes; nothing of it stays.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=_folder[0], prefix=".new-", delete=False) as draft:
        try:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > largest:
                    message = "This file is too large; the limit is {megabytes} MB."
                    raise Rejected([Problem("FILE_TOO_LARGE", message, "file_name", megabytes=largest // 2**20)])
                digest.update(piece)
                draft.write(piece)
            draft.flush()
            os.fsync(draft.fileno())
            _into_place(Path(draft.name), _object(digest.hexdigest()))
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    return Kept(digest.hexdigest(), size)


def _object(sha256: str) -> Path:
    return _folder[0] / sha256[:2] / sha256


def _into_place(draft: Path, target: Path) -> None:
    """Rename, and sync the folder so that the name survives a power cut too."""
    target.parent.mkdir(exist_ok=True, mode=0o700)
    draft.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def attach(
    record: Record,
    kept: Kept,
    file_name: str,
    *,
    by: Actor,
    content_type: str | None = None,
    purpose: Purpose = Purpose.GENERAL,
) -> Attachment:
    """Hang a kept file on `record` in the running transaction; Forbidden for who may not write such records."""
    if not may_change(record, by):
        raise Forbidden(f"{by.name} may not attach files to {type(record).__name__}")
    values: dict[str, Any] = {
        "file_name": safe_name(file_name),
        "content_type": content_type if _CONTENT_TYPE.fullmatch(content_type or "") else "application/octet-stream",
        "size_bytes": kept.size,
        "sha256": kept.sha256,
        "table_name": table_name(type(record)),
        "record": record.sys_id,
        "purpose": purpose,
    }
    return changes.create(Attachment, values, by=replace(by, is_system=True))


def safe_name(name: str) -> str:
    """The last part of a path without control characters and marks that turn the direction of text."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    short = f"{stem[: 254 - len(ending)]}.{ending}" if dot and len(ending) < 20 else plain[:255]
    return short or "file"


def path_of(attachment: Attachment) -> Path:
    """Where the bytes are, to be opened for reading."""
    return _object(attachment.sha256)


def attachments_of(record: Record, by: Actor) -> list[Attachment]:
    """The files on `record` that `by` may read, oldest first."""
    hanging = visible(Attachment, by).where(
        Attachment.record == record.sys_id, Attachment.table_name == table_name(type(record))
    )
    return list(session.scalars(hanging.order_by(Attachment.sys_id)))


@changes.after(Record, "remove")
def go_with_the_record(record: Record, _before: Values | None, by: Actor) -> None:
    """The files of a removed record are removed with it; their bytes wait for the sweep."""
    system = replace(by, is_system=True)
    for attachment in attachments_of(record, system):
        changes.remove(attachment, by=system)


def sweep(older_than: float = 24 * 3600) -> int:
    """Remove objects that no row names and drafts left by a crash, both after `older_than` seconds; how many.

    To be called with the whole tree of domains in view: a row that cannot be seen does not protect its object.
    """
    named = set(session.scalars(select(Attachment.sha256).distinct()))
    removed = 0
    for found in [*_folder[0].glob("??/*"), *_folder[0].glob(".new-*")]:
        if found.name not in named and found.stat().st_mtime < time.time() - older_than:
            found.unlink()
            removed += 1
    return removed
