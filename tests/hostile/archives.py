"""Archives that are not what they seem, made of a good workbook."""

import io
import struct
import zipfile

from tests.hostile.refused import GOOD


def packed(method: int) -> bytes:
    """A good workbook packed by another method."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(target, "w", method) as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
    return target.getvalue()


def unknown_method(method: int) -> bytes:
    """A good workbook that claims a method of packing which nobody has, or that of encrypted archives."""
    content = bytearray(GOOD)
    for signature, offset in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset : at + offset + 2] = struct.pack("<H", method)
            at = content.find(signature, at + 4)
    return bytes(content)


def overlapping() -> bytes:
    """Hundreds of parts that are one and the same piece of the file, as in the bombs that unpack to petabytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(GOOD).items():
            archive.writestr(name, content)
        archive.writestr("xl/media/0.bin", b"\0" * 900_000)
        kernel = archive.infolist()[-1]
        for n in range(1, 900):
            again = zipfile.ZipInfo(f"xl/media/{n}.bin")
            again.compress_type, again.CRC = kernel.compress_type, kernel.CRC
            again.compress_size, again.file_size = kernel.compress_size, kernel.file_size
            again.header_offset = kernel.header_offset
            archive.filelist.append(again)
    return target.getvalue()


def parts_of(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def same_name_twice() -> bytes:
    """Two parts of the very same name: the first is what one reader shows, the second what another one reads."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts_of(GOOD).items():
            archive.writestr(name, content)
    content = parts_of(GOOD)["xl/worksheets/sheet1.xml"].replace(b"Lyon", b"Oslo")
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/worksheets/sheet2.xml", content)
    return target.getvalue().replace(b"xl/worksheets/sheet2.xml", b"xl/worksheets/sheet1.xml")


def fewer_entries() -> bytes:
    """The end of the directory says that there is one part; there are seven."""
    at = GOOD.rfind(b"PK\5\6")
    return GOOD[: at + 8] + struct.pack("<HH", 1, 1) + GOOD[at + 12 :]


def far_directory() -> bytes:
    at = GOOD.rfind(b"PK\5\6")
    return GOOD[: at + 16] + struct.pack("<I", 0xFFFFFFF0) + GOOD[at + 20 :]


def commented() -> bytes:
    """A page of script in the comment of the archive."""
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"<script>alert(1)</script>"
    return target.getvalue()
