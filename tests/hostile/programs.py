"""Workbooks as the programs of this world write them: what each is called, its bytes, the rows below Name and City.

One of them is refused: the fast reader looks for the book at its usual place only; saving it again puts it there.
"""

import io
import zipfile
from collections.abc import Callable

from tests.hostile.archives import parts_of
from tests.hostile.attacks import PLAIN
from tests.hostile.office import (
    LYON,
    OFFICE,
    builtin,
    excel,
    google,
    libreoffice,
    line,
    numbers,
    shared,
    words,
)
from tests.hostile.package import DATA, HEADINGS, MAIN, SHEET_TYPE, sheet, styled, xlsx, zipped

Rows = list[tuple[int | str, ...]]


def renamed(book: str, worksheet: str, absolute: bool) -> bytes:
    """The book and the sheet lie elsewhere; names are those of the whole package, or begin at the book."""
    parts = {name: content.decode() for name, content in parts_of(xlsx(sheet(HEADINGS, DATA))).items()}
    folder = book.rpartition("/")[0]
    start = "/" if absolute else ""
    parts[book] = parts.pop("xl/workbook.xml")
    parts[worksheet] = parts.pop("xl/worksheets/sheet1.xml")
    near = worksheet if absolute else worksheet.removeprefix(f"{folder}/")
    relations = parts.pop("xl/_rels/workbook.xml.rels").replace("worksheets/sheet1.xml", start + near)
    for part in ("styles.xml", "sharedStrings.xml"):
        relations = relations.replace(f'Target="{part}"', f'Target="/xl/{part}"')
    parts[f"{folder}/_rels/{book.rpartition('/')[2]}.rels".lstrip("/")] = relations
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("xl/workbook.xml", start + book)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("xl/workbook.xml", book)
    return zipped({**parts})


def prefixed_book() -> bytes:
    """As Microsoft's own library for programmers writes: the book with a prefix too, strings within the cells."""
    book = (
        f'<?xml version="1.0" encoding="utf-8"?><x:workbook xmlns:x="{MAIN}"><x:sheets>'
        f'<x:sheet name="Data" sheetId="1" r:id="rId1" xmlns:r="{OFFICE}"/></x:sheets></x:workbook>'
    )
    return xlsx(sheet(HEADINGS, DATA), more={"xl/workbook.xml": book})


def streamed() -> bytes:
    """As programs write that do not know how long a part will be: its length follows it."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    target = Stream()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(xlsx(sheet(HEADINGS, DATA))).items():
            archive.writestr(name, content)
    return target.getvalue()


def stored(**options: bool) -> bytes:
    """As programs write that do not compress; or as for archives of more than 4 GB."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts_of(xlsx(sheet(HEADINGS, DATA))).items():
            with archive.open(name, "w", force_zip64=options.get("large", False)) as part:
                part.write(content)
    return target.getvalue()


def without(*names: str) -> bytes:
    parts = parts_of(xlsx(sheet(HEADINGS, DATA)))
    relations = parts["xl/_rels/workbook.xml.rels"].decode()
    for name in names:
        del parts[f"xl/{name}"]
        begin = relations.rfind("<Relationship ", 0, relations.index(f'Target="{name}"'))
        relations = relations[:begin] + relations[relations.index("/>", begin) + 2 :]
    return zipped({**parts, "xl/_rels/workbook.xml.rels": relations})


def marked() -> bytes:
    """Every part begins with a byte order mark."""
    return zipped({name: b"\xef\xbb\xbf" + content for name, content in parts_of(xlsx(sheet(HEADINGS, DATA))).items()})


def capitals() -> bytes:
    """Names of parts in other letters than the relations have; they are the same name."""
    parts = parts_of(xlsx(sheet(HEADINGS, DATA)))
    return zipped({name.replace("worksheets/sheet1", "Worksheets/Sheet1"): content for name, content in parts.items()})


RICH = "<r><t>Lyon</t></r><r><rPr><b/><sz val='11'/><rFont val='Calibri'/></rPr><t xml:space='preserve'> depot</t></r>"
SPOKEN = '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'
TABLE = '<autoFilter ref="A1:B3"/><tableParts count="1"><tablePart r:id="rId9"/></tableParts>'

PROGRAMS: list[tuple[str, Callable[[], bytes], Rows | str]] = [
    ("excel.xlsx", lambda: excel(LYON), PLAIN),
    (
        "excel, rich text.xlsx",
        lambda: excel(LYON, items=shared("<t>Name</t>", "<t>City</t>", RICH, "<t>Lyon</t>")),
        PLAIN,
    ),
    (
        "excel, spoken.xlsx",
        lambda: excel(LYON, items=shared("<t>Name</t>", "<t>City</t>", SPOKEN, "<t/>")),
        [(2, "東京", "")],
    ),
    (
        "excel, line breaks.xlsx",
        lambda: excel(LYON, items=words("Name", "City", "Lyon_x000D_\ndepot", "Ly\non")),
        [(2, "Lyon\ndepot", "Ly\non")],
    ),
    (
        "excel, underlines.xlsx",
        lambda: excel(LYON, items=words("Name", "City", "a_x005F_x0041_b", "_x00e9_t")),
        [(2, "a_x0041_b", "ét")],
    ),
    ("excel, hidden rows.xlsx", lambda: excel(LYON.replace("<row ", '<row hidden="1" ')), PLAIN),
    ("excel, table.xlsx", lambda: excel(LYON, after=TABLE), PLAIN),
    (
        "excel, dates.xlsx",
        lambda: excel(
            line(2, '<c r="A2" s="1"><v>45716</v></c>', '<c r="B2" s="2"><v>45716.75</v></c>'),
            line(3, '<c r="A3" s="3"><v>0.5</v></c>', '<c r="B3" s="4"><v>1.5</v></c>'),
            styles=builtin(14, 22, 20, 46),
        ),
        [(2, "2025-02-28", "2025-02-28 18:00:00"), (3, "12:00:00", "36:00:00")],
    ),
    (
        "excel, dates of Japan.xlsx",
        lambda: excel(line(2, '<c r="A2" s="1"><v>45716</v></c>'), styles=builtin(31)),
        [(2, "2025-02-28", "")],
    ),
    (
        "excel, dates of a language.xlsx",
        lambda: excel(line(2, '<c r="A2" s="1"><v>45716</v></c>'), styles=styled("[$-40C]d mmmm yyyy;@")),
        [(2, "2025-02-28", "")],
    ),
    (
        "excel, dates of a Mac.xlsx",
        lambda: excel(
            line(2, '<c r="A2" s="1"><v>44254</v></c>'),
            styles=builtin(14),
            book='<workbookPr date1904="true" defaultThemeVersion="166925"/>',
        ),
        [(2, "2025-02-28", "")],
    ),
    (
        "excel, money and shares.xlsx",
        lambda: excel(
            line(2, '<c r="A2" s="1"><v>1234.5</v></c>', '<c r="B2" s="2"><v>0.15</v></c>'), styles=builtin(44, 9)
        ),
        [(2, "1234.5", "0.15")],
    ),
    (
        "excel, text that looks like numbers.xlsx",
        lambda: excel(LYON, items=words("Name", "City", "00420", "1E5")),
        [(2, "00420", "1E5")],
    ),
    (
        "excel, apostrophe.xlsx",
        lambda: excel(
            LYON.replace('s="0"', 's="1"'), styles=builtin(49).replace("applyNumber", 'quotePrefix="1" applyNumber')
        ),
        PLAIN,
    ),
    (
        "excel, shared formula.xlsx",
        lambda: excel(
            line(2, '<c r="A2" t="str"><f t="shared" ref="A2:A3" si="0">B2&amp;"!"</f><v>Lyon!</v></c>'),
            line(3, '<c r="A3" t="str"><f t="shared" si="0"/><v>Paris!</v></c>'),
        ),
        [(2, "Lyon!", ""), (3, "Paris!", "")],
    ),
    (
        "excel, array that spills.xlsx",
        lambda: excel(
            line(2, '<c r="A2" cm="1"><f t="array" ref="A2:A3">SEQUENCE(2)</f><v>1</v></c>'),
            line(3, '<c r="A3"><v>2</v></c>'),
        ),
        [(2, "1", ""), (3, "2", "")],
    ),
    (
        "excel, truth by formula.xlsx",
        lambda: excel(line(2, '<c r="A2" t="b"><f>TRUE()</f><v>1</v></c>')),
        [(2, "true", "")],
    ),
    ("google.xlsx", google, [*PLAIN, (3, "2025-02-28", "true")]),
    ("libreoffice.xlsx", libreoffice, [*PLAIN, (3, "2025-02-28", "Lyon")]),
    ("numbers.xlsx", numbers, PLAIN),
    ("openpyxl.xlsx", lambda: renamed("xl/workbook.xml", "xl/worksheets/sheet1.xml", absolute=True), PLAIN),
    ("book elsewhere.xlsx", lambda: renamed("xl/workbook2.xml", "xl/worksheets/s.xml", absolute=False), "FILE_BROKEN"),
    ("book at the top.xlsx", lambda: renamed("workbook.xml", "sheet1.xml", absolute=True), PLAIN),
    ("prefixed book.xlsx", prefixed_book, PLAIN),
    ("streamed.xlsx", streamed, PLAIN),
    ("stored.xlsx", stored, PLAIN),
    ("for four gigabytes.xlsx", lambda: stored(large=True), PLAIN),
    ("no styles.xlsx", lambda: without("styles.xml"), PLAIN),
    ("no shared strings.xlsx", lambda: without("sharedStrings.xml"), PLAIN),
    ("neither.xlsx", lambda: without("styles.xml", "sharedStrings.xml"), PLAIN),
    ("marks.xlsx", marked, PLAIN),
    ("capitals of parts.xlsx", capitals, PLAIN),
    (
        "template.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA), content_type=SHEET_TYPE.replace("sheet.main", "template.main")),
        PLAIN,
    ),
]
