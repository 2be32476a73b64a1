"""What a file is, whatever its name says, and whether it is safe to unpack: looked at before anything parses it."""

import re
import zipfile
import zlib
from typing import IO

from ale.domains.imports.refused import Refused

_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
_MOST_PARTS = 5_000
_MOST_UNPACKED = 512 * 1024 * 1024
_MOST_RATIO = 100  # Excel's own sheets stay below 30, also when a million rows of them are empty
# What reading a part of a damaged package may raise.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError)
_HEAD = 8192  # bytes of a part in which its document type and its root stand
_STRINGS = re.compile(rb"<(?:\w+:)?sst\b[^>]*\buniqueCount=[\"'](\d+)")
_SMALL = 1024 * 1024  # a part up to this size may be as regular as it likes


def open_package(file: IO[bytes]) -> zipfile.ZipFile:
    """The parts of an .xlsx workbook. Raises Refused when `file` is anything else, or unsafe."""
    head = file.read(512)
    if head.startswith(_OLE):
        raise Refused(_ole_reason(head + file.read()))
    if not head.startswith(_ZIP):
        raise Refused(_foreign_reason(head))
    try:
        package = zipfile.ZipFile(file)
    except DAMAGED as error:
        raise Refused("broken") from error
    _refuse_unsafe(package.infolist())
    _refuse_other_kinds(package)
    return package


def refuse_binary(head: bytes) -> None:
    """Raise Refused when the first bytes of a .csv file are no text, or that of a web page."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refused("markup")
    if head.startswith(_ZIP):
        raise Refused("misnamed")
    if head.startswith((_OLE, b"%PDF", *_ARCHIVES)):
        raise Refused("not_text")


def _ole_reason(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "password"
    old_excel = any(name.encode("utf-16-le") in content for name in ("Workbook", "Book"))
    return "old_excel" if old_excel else "not_workbook"


def _foreign_reason(head: bytes) -> str:
    if head.startswith(_ARCHIVES):
        return "archive"
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return "markup" if text.startswith(b"<") else "not_workbook"


def _refuse_unsafe(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise Refused("bomb")
    names = set()
    for part in parts:
        if part.flag_bits & 1:
            raise Refused("password")
        if part.file_size > max(_SMALL, _MOST_RATIO * part.compress_size):
            raise Refused("bomb")
        name = part.filename.replace("\\", "/").casefold()
        if name in names or name.startswith("/") or ".." in name.split("/"):
            raise Refused("broken")
        names.add(name)


def _refuse_other_kinds(package: zipfile.ZipFile) -> None:
    names = {name.casefold() for name in package.namelist()}
    if "mimetype" in names and b"opendocument" in _beginning(package, "mimetype"):
        raise Refused("open_document")
    if "[content_types].xml" not in names:
        raise Refused("archive")
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Refused("macro")
    if any(name.endswith("workbook.bin") for name in names):
        raise Refused("binary")
    types = _beginning(package, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise Refused("macro")
    if b"sheet.main+xml" not in types and b"template.main+xml" not in types:
        raise Refused("not_workbook")
    _refuse_tricks(package)


def _refuse_tricks(package: zipfile.ZipFile) -> None:
    """What no program writes: document types, which have readers fetch files or fill memory, and counts that lie."""
    for part in package.infolist():
        if part.filename.casefold().endswith((".xml", ".rels")):
            beginning = _beginning(package, part.filename, _HEAD)
            if b"<!DOCTYPE" in beginning:
                raise Refused("broken")
            claimed = _STRINGS.search(beginning)
            if claimed and int(claimed[1]) > part.file_size:  # room is made for as many
                raise Refused("bomb")


def _beginning(package: zipfile.ZipFile, name: str, size: int = _SMALL) -> bytes:
    try:
        with package.open(name) as part:
            return part.read(size)
    except DAMAGED as error:
        raise Refused("broken") from error
