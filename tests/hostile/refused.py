"""Files that must be refused: what each is called, its bytes, and the code of the refusal."""

import gzip
import io
import zipfile
from collections.abc import Callable

from tests.hostile.package import DATA, HEADINGS, MAIN, ole, row, sheet, text, xlsx, zipped

GOOD = xlsx(sheet(HEADINGS, DATA))


def far_cell() -> bytes:
    """Two cells that span the largest sheet there is: 550 GB in a dense table."""
    return xlsx(sheet(HEADINGS, row(1_048_576, text("XFD1048576", "x"))))


def stray_cell() -> bytes:
    return xlsx(sheet(HEADINGS, DATA, row(1_048_576, text("B1048576", "x"))))


def wide(columns: int) -> bytes:
    cells = "".join('<c t="inlineStr"><is><t>h</t></is></c>' for _ in range(columns))
    return xlsx(sheet(f'<row r="1">{cells}</row>', DATA))


def bomb(part: str, begin: str, filling: str, end: str) -> bytes:
    """A workbook of some 100 kB with a part of 100 MB."""
    return xlsx(sheet(HEADINGS, DATA), more={part: begin + filling * (100_000_000 // len(filling)) + end})


def many_parts() -> bytes:
    return xlsx(sheet(HEADINGS, DATA), more={f"docProps/p{n}.xml": "" for n in range(6_000)})


def lying_size() -> bytes:
    """The directory says that the sheet has 10 bytes; it unpacks to more."""
    content = bytearray(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = content.rfind(b"xl/worksheets/sheet1.xml")
    assert int.from_bytes(content[at - 22 : at - 18], "little") == real
    content[at - 22 : at - 18] = (10).to_bytes(4, "little")
    return bytes(content)


def twice() -> bytes:
    """The same part under two spellings: readers differ in which they take."""
    return xlsx(sheet(HEADINGS, DATA), more={"xl/worksheets/SHEET1.xml": sheet(HEADINGS)})


def encrypted_part() -> bytes:
    content = bytearray(GOOD)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def bad_checksum() -> bytes:
    """A byte inside a stored sheet is changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
    return target.getvalue().replace(b"Lyon depot", b"Lyon depit")


def laughs() -> str:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    return f"<!DOCTYPE lol [{entities}]>"


def lol_sheet() -> bytes:
    return xlsx(laughs() + sheet(HEADINGS, row(2, '<c r="A2" t="inlineStr"><is><t>&j;</t></is></c>')))


def outside_file() -> bytes:
    """A shared string that would be the content of a file of the server."""
    return xlsx(
        sheet(HEADINGS, row(2, '<c r="A2" t="s"><v>0</v></c>')),
        more={
            "xl/sharedStrings.xml": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            f'<sst xmlns="{MAIN}"><si><t>&f;</t></si></sst>'
        },
    )


def deep() -> bytes:
    return xlsx(sheet(HEADINGS, "<row>" * 200_000))


def unzipped_with(name: str) -> bytes:
    return xlsx(sheet(HEADINGS, DATA), more={name: "x"})


TITLED = row(2, text("A2", "Name"), text("B2", "City"))
OTHERS_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'

REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("text.xlsx", lambda: b"Name,City\nLyon depot,Lyon\n", "FILE_TYPE"),
    ("picture.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "FILE_TYPE"),
    ("paper.xlsx", lambda: b"%PDF-1.7\n%...", "FILE_TYPE"),
    ("page.xlsx", lambda: b"\xef\xbb\xbf<html><table><tr><td>Name</td></tr></table></html>", "FILE_TYPE"),
    ("xml2003.xlsx", lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "FILE_TYPE"),
    ("packed.xlsx", lambda: gzip.compress(GOOD), "FILE_TYPE"),
    ("archive.xlsx", lambda: zipped({"a.txt": "hello"}), "FILE_TYPE"),
    ("nested.xlsx", lambda: zipped({f"{n}.zip": zipped({"inner.zip": GOOD}) for n in range(16)}), "FILE_TYPE"),
    ("nothing in it.xlsx", lambda: zipped({}), "FILE_TYPE"),
    ("old.xls", lambda: ole("Workbook"), "FILE_TYPE"),
    ("old renamed.xlsx", lambda: ole("Workbook"), "FILE_TYPE"),
    ("word.xlsx", lambda: ole("WordDocument"), "FILE_TYPE"),
    ("secret.xlsx", lambda: ole("EncryptionInfo", "EncryptedPackage"), "FILE_PASSWORD"),
    ("secret part.xlsx", encrypted_part, "FILE_PASSWORD"),
    ("open document.xlsx", lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "FILE_TYPE"),
    ("open document.ods", lambda: b"", "FILE_TYPE"),
    ("binary.xlsx", lambda: xlsx(sheet(), more={"xl/workbook.bin": b"x"}), "FILE_TYPE"),
    ("letter.xlsx", lambda: zipped({"[Content_Types].xml": OTHERS_TYPES, "word/document.xml": ""}), "FILE_TYPE"),
    ("notes.txt", lambda: b"Name\nLyon depot\n", "FILE_TYPE"),
    ("program.exe", lambda: b"MZ", "FILE_TYPE"),
    ("macros.xlsm", lambda: GOOD, "FILE_MACRO"),
    ("macros inside.xlsx", lambda: unzipped_with("xl/VBAProject.bin"), "FILE_MACRO"),
    (
        "macros declared.xlsx",
        lambda: xlsx(sheet(HEADINGS), content_type="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "FILE_MACRO",
    ),
    ("no bytes.xlsx", lambda: b"", "FILE_EMPTY"),
    ("no bytes.csv", lambda: b"", "FILE_EMPTY"),
    ("blanks.csv", lambda: b"\xef\xbb\xbf\r\n ; \r\n\r\n", "FILE_EMPTY"),
    ("empty.xlsx", lambda: xlsx(sheet()), "FILE_EMPTY"),
    ("blanks.xlsx", lambda: xlsx(sheet(row(1, text("A1", " \u00a0\u200b ")))), "FILE_EMPTY"),
    ("all hidden.xlsx", lambda: xlsx(sheet(HEADINGS, DATA), hidden=[0]), "FILE_EMPTY"),
    ("explanation only.xlsx", lambda: xlsx(sheet(HEADINGS), names=["Mode d’emploi"]), "FILE_EMPTY"),
    ("bomb in sheet.xlsx", lambda: bomb("xl/worksheets/sheet1.xml", "<worksheet>", " ", "</worksheet>"), "FILE_BOMB"),
    ("bomb in strings.xlsx", lambda: bomb("xl/sharedStrings.xml", "<sst>", "<si><t>a</t></si>", "</sst>"), "FILE_BOMB"),
    ("bomb elsewhere.xlsx", lambda: bomb("xl/media/image1.png", "", "\0", ""), "FILE_BOMB"),
    ("many parts.xlsx", many_parts, "FILE_BOMB"),
    ("lying size.xlsx", lying_size, "FILE_BROKEN"),
    ("cut.xlsx", lambda: GOOD[: len(GOOD) // 2], "FILE_BROKEN"),
    ("cut a little.xlsx", lambda: GOOD[:-30], "FILE_BROKEN"),
    ("checksum.xlsx", bad_checksum, "FILE_BROKEN"),
    ("twice.xlsx", twice, "FILE_BROKEN"),
    ("upwards.xlsx", lambda: unzipped_with("xl/../../../etc/passwd"), "FILE_BROKEN"),
    ("from the root.xlsx", lambda: unzipped_with("/etc/passwd"), "FILE_BROKEN"),
    ("no book.xlsx", lambda: xlsx(sheet(HEADINGS), more={"xl/workbook.xml": ""}), "FILE_BROKEN"),
    (
        "no sheet.xlsx",
        lambda: xlsx(sheet(HEADINGS), book='<sheets><sheet name="x" sheetId="9"/></sheets>'),
        "FILE_BROKEN",
    ),
    ("broken xml.xlsx", lambda: xlsx(sheet(HEADINGS, "<row r='2'><c><v>1</c></row>")), "FILE_BROKEN"),
    ("deep.xlsx", deep, "FILE_BROKEN"),
    ("laughs.xlsx", lol_sheet, "FILE_BROKEN"),
    ("document type.xlsx", lambda: xlsx(sheet(HEADINGS), prolog="<!DOCTYPE workbook>"), "FILE_BROKEN"),
    (
        "laughs in book.xlsx",
        lambda: xlsx(sheet(HEADINGS), more={"xl/workbook.xml": laughs() + "<x>&j;</x>"}),
        "FILE_BROKEN",
    ),
    ("outside file.xlsx", outside_file, "FILE_BROKEN"),
    (
        "row number.xlsx",
        lambda: xlsx(sheet(HEADINGS, '<row r="9999999999"><c r="A9999999999"><v>1</v></c></row>')),
        "FILE_TOO_LARGE",
    ),
    ("far cell.xlsx", far_cell, "FILE_TOO_LARGE"),
    ("stray cell.xlsx", stray_cell, "FILE_TOO_LARGE"),
    ("all columns.xlsx", lambda: wide(16_384), "FILE_TOO_LARGE"),
    ("1,001 columns.xlsx", lambda: wide(1_001), "FILE_TOO_LARGE"),
    (
        "title.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA, after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')),
        "HEADER_MERGED",
    ),
    (
        "two lines.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA, after='<mergeCells><mergeCell ref="A1:A2"/></mergeCells>')),
        "HEADER_MERGED",
    ),
    ("gap.xlsx", lambda: xlsx(sheet(row(1, text("A1", "Name"), text("C1", "City")), DATA)), "HEADER_BLANK"),
    ("beside.xlsx", lambda: xlsx(sheet(HEADINGS, row(2, text("A2", "x"), text("D2", "note")))), "HEADER_BLANK"),
    (
        "before.xlsx",
        lambda: xlsx(sheet(row(1, text("B1", "Name"), text("C1", "City")), row(2, text("A2", "1"), text("B2", "x")))),
        "HEADER_BLANK",
    ),
    ("beside.csv", lambda: b"Name,City\nLyon depot,Lyon\nAlain, Marie,Lyon\n", "HEADER_BLANK"),
    ("quote.csv", lambda: b'Name,City\n"Lyon depot,Lyon\nParis,Paris\n', "FILE_BROKEN"),
    ("title above.xlsx", lambda: xlsx(sheet(row(1, text("A1", "Depots")), TITLED)), "HEADER_MISMATCH"),
    ("title above.csv", lambda: b"Depots of Genixify\nName,City\nLyon depot,Lyon\n", "HEADER_MISMATCH"),
    ("workbook.csv", lambda: GOOD, "FILE_TYPE"),
    ("picture.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "FILE_TYPE"),
    ("program.csv", lambda: b"\x7fELF\2\1\1" + bytes(9) + b"abc\0\1" * 100, "FILE_TYPE"),
    ("letters.csv", lambda: b"Name,City\nL\x81\x8d,\x9d\n", "FILE_BROKEN"),
]
