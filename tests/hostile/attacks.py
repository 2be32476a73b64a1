"""Files made to do harm: what each is called, its bytes, and what must become of it.

That is the code of the refusal; or, where the harm lies beside the data, the rows that are read below the headings Name
and City.
"""

import zipfile
from collections.abc import Callable

from tests.hostile.archives import (
    commented,
    far_directory,
    fewer_entries,
    overlapping,
    packed,
    parts_of,
    same_name_twice,
    unknown_method,
)
from tests.hostile.package import DATA, HEADINGS, MAIN, number, row, sheet, styled, text, xlsx, zipped
from tests.hostile.refused import GOOD, laughs

PLAIN = [(2, "Lyon depot", "Lyon")]
Became = str | list[tuple[int | str, ...]]


def with_part(name: str, content: str | bytes) -> bytes:
    """A good workbook with one more part, or another one in place of its own."""
    return xlsx(sheet(HEADINGS, DATA), more={name: content})


def cell(xml: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook with this cell as A2."""
    return xlsx(sheet(HEADINGS, row(2, xml, text("B2", "Lyon"))), more=more)


def strings(items: str, claims: str = "", prolog: str = "") -> bytes:
    """A workbook with these shared strings, the first of which is A2."""
    part = f'{prolog}<sst xmlns="{MAIN}"{claims}>{items}</sst>'
    return cell('<c r="A2" t="s"><v>0</v></c>', {"xl/sharedStrings.xml": part})


def relation(target: str, mode: str = "") -> bytes:
    """A workbook whose sheet is said to be elsewhere."""
    place = "xl/_rels/workbook.xml.rels"
    relations = parts_of(GOOD)[place].decode()
    return with_part(place, relations.replace('Target="worksheets/sheet1.xml"', f'Target="{target}"{mode}'))


def linked(kind: str, target: str) -> str:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )


def quadratic() -> str:
    """One long entity, named again and again: no nesting that a reader could count."""
    return f'<!DOCTYPE x [<!ENTITY a "{"x" * 100_000}">]>'


DDE = f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
QUERY = f'<connections xmlns="{MAIN}"><connection id="1" name="c"><dbPr connection="DSN=x"/></connection></connections>'
MANY = 200_000

ATTACKS: list[tuple[str, Callable[[], bytes], Became]] = [
    # Archives
    ("overlapping parts.xlsx", overlapping, "FILE_BOMB"),
    ("same name twice.xlsx", same_name_twice, "FILE_BROKEN"),
    ("fewer entries.xlsx", fewer_entries, "FILE_BROKEN"),
    ("far directory.xlsx", far_directory, "FILE_BROKEN"),
    ("packed by lzma.xlsx", lambda: packed(zipfile.ZIP_LZMA), "FILE_BROKEN"),
    ("packed by bzip2.xlsx", lambda: packed(zipfile.ZIP_BZIP2), "FILE_BROKEN"),
    ("packed by aes.xlsx", lambda: unknown_method(99), "FILE_BROKEN"),
    ("packed by nobody.xlsx", lambda: unknown_method(77), "FILE_BROKEN"),
    ("begins as a paper.xlsx", lambda: b"%PDF-1.7\n" + GOOD, "FILE_TYPE"),
    ("begins as a picture.xlsx", lambda: b"GIF89a" + GOOD, "FILE_TYPE"),
    ("begins as a page.xlsx", lambda: b"<html><script>1</script></html>" + GOOD, "FILE_TYPE"),
    ("begins as a program.xlsx", lambda: b"MZ" + bytes(100) + GOOD, "FILE_TYPE"),
    ("goes on as a page.xlsx", lambda: GOOD + b"<script>alert(1)</script>", PLAIN),
    ("script in the comment.xlsx", commented, PLAIN),
    ("archive within.xlsx", lambda: with_part("xl/media/a.zip", zipped({"b.zip": zipped({"c": "x" * 9})})), PLAIN),
    ("backwards slash.xlsx", lambda: xlsx(sheet(HEADINGS, DATA), more={"xl\\..\\..\\x.xml": "x"}), "FILE_BROKEN"),
    ("drive.xlsx", lambda: xlsx(sheet(HEADINGS, DATA), more={"C:/windows/system.ini": "x"}), PLAIN),
    ("device.xlsx", lambda: xlsx(sheet(HEADINGS, DATA), more={"xl/CON": "x", "xl/NUL.xml": "x"}), PLAIN),
    *(
        (f"cut at {part} of 8.xlsx", lambda part=part: GOOD[: len(GOOD) * part // 8], "FILE_BROKEN")
        for part in range(1, 8)
    ),
    # Entities and what is outside
    ("quadratic.xlsx", lambda: strings(f"<si><t>{'&a;' * 10_000}</t></si>", prolog=quadratic()), "FILE_BROKEN"),
    (
        "laughs in styles.xlsx",
        lambda: with_part("xl/styles.xml", laughs() + "<styleSheet>&j;</styleSheet>"),
        "FILE_BROKEN",
    ),
    (
        "laughs in types.xlsx",
        lambda: xlsx(
            sheet(HEADINGS, DATA),
            more={"[Content_Types].xml": laughs() + '<Types>&j;<x ContentType="sheet.main+xml"/></Types>'},
        ),
        "FILE_BROKEN",
    ),
    (
        "laughs in relations.xlsx",
        lambda: with_part("xl/_rels/workbook.xml.rels", laughs() + "<x>&j;</x>"),
        "FILE_BROKEN",
    ),
    (
        "parameter entity.xlsx",
        lambda: strings(
            "<si><t>x</t></si>", prolog=('<!DOCTYPE x [<!ENTITY % r SYSTEM "http://127.0.0.1:1/x.dtd"> %r;]>')
        ),
        "FILE_BROKEN",
    ),
    (
        "outside document type.xlsx",
        lambda: strings("<si><t>x</t></si>", prolog=('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">')),
        "FILE_BROKEN",
    ),
    ("sheet outside.xlsx", lambda: relation("file:///etc/passwd", ' TargetMode="External"'), "FILE_BROKEN"),
    (
        "sheet on the network.xlsx",
        lambda: relation("http://127.0.0.1:1/sheet1.xml", ' TargetMode="External"'),
        "FILE_BROKEN",
    ),
    ("sheet upwards.xlsx", lambda: relation("../../../../etc/passwd"), "FILE_BROKEN"),
    ("sheet is the book.xlsx", lambda: relation("workbook.xml"), "FILE_EMPTY"),
    (
        "external link.xlsx",
        lambda: xlsx(
            sheet(HEADINGS, DATA),
            more={
                "xl/externalLinks/externalLink1.xml": DDE,
                "xl/externalLinks/_rels/externalLink1.xml.rels": linked(
                    "externalLinkPath", "file://server/share/x.xlsx"
                ),
            },
        ),
        PLAIN,
    ),
    ("query of a database.xlsx", lambda: with_part("xl/connections.xml", QUERY), PLAIN),
    (
        "template on the network.xlsx",
        lambda: with_part("xl/worksheets/_rels/sheet1.xml.rels", linked("attachedTemplate", "http://127.0.0.1:1/x")),
        PLAIN,
    ),
    ("macro sheet.xlsx", lambda: with_part("xl/macrosheets/sheet1.xml", "<x/>"), "FILE_MACRO"),
    ("control.xlsx", lambda: with_part("xl/activeX/activeX1.bin", b"x"), PLAIN),
    ("object within.xlsx", lambda: with_part("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0"), PLAIN),
    # Sheets
    (
        "says it is the largest.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA, before='<dimension ref="A1:XFD1048576"/>')),
        PLAIN,
    ),
    (
        "says nonsense of itself.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA, before='<dimension ref="ZZZZ9:-A1"/>')),
        "FILE_BROKEN",
    ),
    ("reference out of the world.xlsx", lambda: cell('<c r="ZZZZZZZZZZ2"><v>1</v></c>'), "FILE_TOO_LARGE"),
    ("reference without a row.xlsx", lambda: cell('<c r="A"><v>1</v></c>'), "FILE_BROKEN"),
    ("row zero.xlsx", lambda: xlsx(sheet(HEADINGS, '<row r="0"><c r="A0"><v>1</v></c></row>')), "FILE_BROKEN"),
    ("row below zero.xlsx", lambda: xlsx(sheet(HEADINGS, '<row r="-5"><c r="A-5"><v>1</v></c></row>')), "FILE_BROKEN"),
    (
        "a million merged.xlsx",
        lambda: xlsx(
            sheet(
                HEADINGS,
                DATA,
                after=(
                    "<mergeCells>" + "".join(f'<mergeCell ref="D{n}:E{n}"/>' for n in range(5, MANY)) + "</mergeCells>"
                ),
            )
        ),
        PLAIN,
    ),
    (
        "many attributes.xlsx",
        lambda: cell('<c r="A2" ' + " ".join(f"a{n}='1'" for n in range(MANY)) + "><v>1</v></c>"),
        [(2, "1", "Lyon")],
    ),
    (
        "one cell again and again.xlsx",
        lambda: xlsx(sheet(HEADINGS, row(2, text("B2", "Lyon"), *(number("A2", n) for n in range(MANY))))),
        [(2, str(MANY - 1), "Lyon")],
    ),
    (
        "rows out of order.xlsx",
        lambda: xlsx(sheet(HEADINGS, row(3, text("A3", "c")), row(2, text("A2", "b")))),
        [(2, "b", ""), (3, "c", "")],
    ),
    (
        "formulas in a ring.xlsx",
        lambda: cell('<c r="A2"><f t="shared" si="0" ref="A2:A9">B2</f><v>7</v></c>'),
        [(2, "7", "Lyon")],
    ),
    # Strings
    (
        "says it has four billion strings.xlsx",
        lambda: strings("<si><t>Lyon depot</t></si>", ' count="4294967295" uniqueCount="4294967295"'),
        "FILE_BOMB",
    ),
    (
        "says it has four billion styles.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA), styles=styled("0").replace("<cellXfs>", '<cellXfs count="4294967295">')),
        PLAIN,
    ),
    (
        "says it has four billion merged.xlsx",
        lambda: xlsx(
            sheet(HEADINGS, DATA, after=('<mergeCells count="4294967295"><mergeCell ref="A5:B5"/></mergeCells>'))
        ),
        PLAIN,
    ),
    ("string that is not there.xlsx", lambda: cell('<c r="A2" t="s"><v>99999999</v></c>'), "FILE_BROKEN"),
    ("string below zero.xlsx", lambda: cell('<c r="A2" t="s"><v>-1</v></c>'), [(2, "shared", "Lyon")]),
    ("strings within strings.xlsx", lambda: strings(f"{'<si>' * MANY}<t>x</t>{'</si>' * MANY}"), "FILE_BOMB"),
    ("string of the strings.xlsx", lambda: strings("<si><t>Lyon depot</t></si><si><r><t/></r></si>"), PLAIN),
    ("string of many pieces.xlsx", lambda: strings(f"<si>{'<r><t>x</t></r>' * MANY}</si>"), "FILE_BOMB"),
    (
        "string of a thousand pieces.xlsx",
        lambda: strings(f"<si>{'<r><t>x</t></r>' * 40_000}</si>"),
        [(2, "x" * 32_768, "Lyon")],
    ),
    (
        "letters that are none.xlsx",
        lambda: xlsx(
            sheet(HEADINGS, DATA),
            more={"xl/worksheets/sheet1.xml": sheet(HEADINGS, DATA).encode().replace(b"Lyon", b"L\xff\xfe")},
        ),
        "FILE_BROKEN",
    ),
    # Styles and values
    ("a hundred thousand styles.xlsx", lambda: xlsx(sheet(HEADINGS, DATA), styles=styled(*["0.0"] * 100_000)), PLAIN),
    (
        "endless format.xlsx",
        lambda: xlsx(sheet(HEADINGS, row(2, number("A2", 1, 1))), styles=styled("[" * 500_000)),
        [(2, "1", "")],
    ),
    ("style that is not there.xlsx", lambda: cell(number("A2", 7, 4_000_000_000)), [(2, "7", "Lyon")]),
    (
        "date of the year 30000.xlsx",
        lambda: xlsx(sheet(HEADINGS, row(2, number("A2", 9_999_999_999, 1))), styles=styled("yyyy")),
        [(2, "9999999999", "")],
    ),
    ("number without end.xlsx", lambda: cell(number("A2", "1E999")), [(2, "inf", "Lyon")]),
    ("no number.xlsx", lambda: cell(number("A2", "NaN")), [(2, "nan", "Lyon")]),
    ("words for a number.xlsx", lambda: cell(number("A2", "DROP TABLE")), [(2, "DROP TABLE", "Lyon")]),
    ("kind that is none.xlsx", lambda: cell('<c r="A2" t="zzz"><v>1</v></c>'), "FILE_BROKEN"),
    ("ends of text.xlsx", lambda: cell(text("A2", "a_x0000_b_x001F_c")), [(2, "abc", "Lyon")]),
    ("zero by number.xlsx", lambda: cell('<c r="A2" t="inlineStr"><is><t>a&#0;b</t></is></c>'), "FILE_BROKEN"),
]
