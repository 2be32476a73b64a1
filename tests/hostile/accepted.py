"""Odd files that must be read: what each is called, its bytes, and the rows below the headings Name and City."""

from collections.abc import Callable

from tests.hostile.package import DATA, HEADINGS, MAIN, number, row, sheet, styled, text, xlsx

PLAIN = [(2, "Lyon depot", "Lyon")]
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def cells(*values: str, styles: str = "", book: str = "") -> bytes:
    """A workbook with these cells (XML, for A2, A3 and so on) below the heading Name."""
    rows = [row(line, value.replace("?", f"A{line}")) for line, value in enumerate(values, 2)]
    return xlsx(sheet(HEADINGS, *rows), styles=styles, book=book)


def inline(value: str) -> bytes:
    return xlsx(sheet(HEADINGS, row(2, text("A2", value))))


def a_million_empty_rows() -> bytes:
    return xlsx(sheet(HEADINGS, DATA, *(f'<row r="{line}" ht="15"/>' for line in range(3, 1_048_577))))


def styled_to_the_bottom() -> bytes:
    return xlsx(sheet(HEADINGS, DATA, *(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577))))


def no_references() -> bytes:
    """Cells and rows may leave out where they stand."""
    line = "<row>{}</row>".format
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'.format
    return xlsx(
        sheet(
            line(cell("Name") + cell("City")),
            line(cell("Lyon depot") + cell("Lyon")),
            line("<c/>" + '<c t="e"><v>#REF!</v></c>'),
        )
    )


def prefixed() -> bytes:
    """As programs of Microsoft's own library write it: every element with a prefix."""
    body = sheet(HEADINGS, DATA, row(3, '<c r="A3"><f>NOW()</f></c>')).replace(f' xmlns="{MAIN}"', "")
    for tag in ("worksheet", "sheetData", "row", "c", "is", "t", "f"):
        for end in ("<", "</"):
            for after in (" ", ">"):
                body = body.replace(f"{end}{tag}{after}", f"{end}x:{tag}{after}")
    return xlsx(body.replace("<x:worksheet", f'<x:worksheet xmlns:x="{MAIN}"'))


def rich() -> str:
    return (
        '<c r="A2" t="inlineStr"><is><r><rPr><family val="2"/></rPr><t xml:space="preserve">Lyon </t></r>'
        "<r><t>depot</t></r><rPh><t>phonetic</t></rPh></is></c>"
    )


ACCEPTED: list[tuple[str, Callable[[], bytes], list[tuple[int | str, ...]]]] = [
    ("plain.xlsx", lambda: xlsx(sheet(HEADINGS, DATA)), PLAIN),
    ("CAPITALS.XLSX", lambda: xlsx(sheet(HEADINGS, DATA)), PLAIN),
    ("../..\\x\u202e/name.xlsx", lambda: xlsx(sheet(HEADINGS, DATA)), PLAIN),
    ("million empty rows.xlsx", a_million_empty_rows, PLAIN),
    ("styled to the bottom.xlsx", styled_to_the_bottom, PLAIN),
    (
        "empty rows between.xlsx",
        lambda: xlsx(sheet(HEADINGS, row(3, text("A3", " ")), row(5, text("B5", "x")))),
        [(5, "", "x")],
    ),
    (
        "headings on line 3.xlsx",
        lambda: xlsx(sheet(row(3, text("B3", "Name"), text("C3", "City")), row(4, text("C4", "Lyon")))),
        [(4, "", "", "Lyon")],
    ),
    ("hidden first.xlsx", lambda: xlsx(sheet(row(1, text("A1", "no"))), sheet(HEADINGS, DATA), hidden=[0]), PLAIN),
    ("empty first.xlsx", lambda: xlsx(sheet(), sheet(HEADINGS, DATA)), PLAIN),
    (
        "explanation first.xlsx",
        lambda: xlsx(sheet(row(1, text("A1", "no"))), sheet(HEADINGS, DATA), names=["How to fill in"]),
        PLAIN,
    ),
    ("no references.xlsx", no_references, [*PLAIN, (3, "", "#REF!")]),
    ("prefixed.xlsx", prefixed, [*PLAIN, (3, "#FORMULA!", "")]),
    ("strict.xlsx", lambda: xlsx(sheet(HEADINGS, DATA).replace(MAIN, STRICT)), PLAIN),
    ("leading zeros.xlsx", lambda: inline("00420"), [(2, "00420", "")]),
    (
        "padded.xlsx",
        lambda: cells(number("?", 420, 1), number("?", 1.5, 1), styles=styled("00000")),
        [(2, "00420", ""), (3, "1.5", "")],
    ),
    (
        "numbers.xlsx",
        lambda: cells(*(number("?", n) for n in ("3", "-0", "1.5", "0.30000000000000004", "1E+20", "123456789012345"))),
        [
            (2, "3", ""),
            (3, "0", ""),
            (4, "1.5", ""),
            (5, "0.3", ""),
            (6, "100000000000000000000", ""),
            (7, "123456789012345", ""),
        ],
    ),
    (
        "dates.xlsx",
        lambda: cells(
            number("?", 45716, 1),
            number("?", 45716.354166666664, 2),
            styles=styled("yyyy\\-mm\\-dd", "dd/mm/yyyy hh:mm"),
        ),
        [(2, "2025-02-28", ""), (3, "2025-02-28 08:30:00", "")],
    ),
    (
        "dates of 1904.xlsx",
        lambda: cells(number("?", 44254, 1), styles=styled("dd/mm/yyyy"), book='<workbookPr date1904="1"/>'),
        [(2, "2025-02-28", "")],
    ),
    (
        "written date.xlsx",
        lambda: cells('<c r="?" t="d"><v>2025-02-28T08:30:00</v></c>'),
        [(2, "2025-02-28 08:30:00", "")],
    ),
    (
        "booleans.xlsx",
        lambda: cells('<c r="?" t="b"><v>1</v></c>', '<c r="?" t="b"><v>0</v></c>'),
        [(2, "true", ""), (3, "false", "")],
    ),
    (
        "formulas.xlsx",
        lambda: cells(
            '<c r="?"><f>1+1</f><v>2</v></c>',
            '<c r="?" t="str"><f>A1&amp;"x"</f><v>Namex</v></c>',
            '<c r="?" t="str"><f>""</f><v></v></c><c r="B4"><v>1</v></c>',
            '<c r="?"><f>1+1</f></c>',
            '<c r="?"><f>1+1</f><v/></c>',
        ),
        [(2, "2", ""), (3, "Namex", ""), (4, "", "1"), (5, "#FORMULA!", ""), (6, "#FORMULA!", "")],
    ),
    (
        "errors.xlsx",
        lambda: cells('<c r="?" t="e"><v>#N/A</v></c>', "<c r='?' t='e'><f>1/0</f><v>#DIV/0!</v></c>"),
        [(2, "#N/A", ""), (3, "#DIV/0!", "")],
    ),
    ("error in other quotes.xlsx", lambda: cells("<c r='?' t='e'><v>#N/A</v></c>"), [(2, "#N/A", "")]),
    ("rich text.xlsx", lambda: xlsx(sheet(HEADINGS, row(2, rich()))), [(2, "Lyon depot", "")]),
    ("shared.xlsx", lambda: cells('<c r="?" t="s"><v>0</v></c>'), [(2, "shared", "")]),
    ("blanks.xlsx", lambda: inline("\u00a0\u200b Lyon\u00a0depot \ufeff\u200e"), [(2, "Lyon\u00a0depot", "")]),
    ("control characters.xlsx", lambda: inline("Lyon_x0007__x0000_ depot_x000D__x000A_x"), [(2, "Lyon depot\nx", "")]),
    ("emoji.xlsx", lambda: inline("👩‍🚒 Lyon 🏳️‍🌈"), [(2, "👩‍🚒 Lyon 🏳️‍🌈", "")]),
    ("right to left.xlsx", lambda: inline("מחסן חיפה"), [(2, "מחסן חיפה", "")]),
    ("markup.xlsx", lambda: inline("<script>alert(1)</script>"), [(2, "<script>alert(1)</script>", "")]),
    ("formula text.xlsx", lambda: inline("=cmd|' /C calc'!A0"), [(2, "=cmd|' /C calc'!A0", "")]),
    ("long.xlsx", lambda: inline("x" * 32_767), [(2, "x" * 32_767, "")]),
    ("longer than Excel has.xlsx", lambda: inline("x" * 200_000), [(2, "x" * 32_768, "")]),
    (
        "merged data.xlsx",
        lambda: xlsx(sheet(HEADINGS, DATA, after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')),
        PLAIN,
    ),
    ("no data.xlsx", lambda: xlsx(sheet(HEADINGS)), []),
    ("plain.csv", lambda: b"Name,City\nLyon depot,Lyon\n", PLAIN),
    ("semicolons.csv", lambda: "Name;City\r\nLyon depot;Lyon, 3ᵉ\r\n".encode(), [(2, "Lyon depot", "Lyon, 3ᵉ")]),
    ("tabs.csv", lambda: b"Name\tCity\nLyon depot\tLyon", PLAIN),
    ("separator named.csv", lambda: b"sep=|\r\nName|City\r\nLyon depot|Lyon\r\n", [(2, "Lyon depot", "Lyon")]),
    ("mark.csv", lambda: b"\xef\xbb\xbfName,City\nLyon depot,Lyon\n", PLAIN),
    ("utf-16.csv", lambda: "\ufeffName\tCity\nLyon depot\tLyon\n".encode("utf-16-le"), PLAIN),
    ("utf-16 unmarked.csv", lambda: "Name,City\nLyon depot,Lyon\n".encode("utf-16-be"), PLAIN),
    ("windows.csv", lambda: "Name;City\nDépôt “est”;Orléans €\n".encode("cp1252"), [(2, "Dépôt “est”", "Orléans €")]),
    ("old mac.csv", lambda: b"Name,City\rLyon depot,Lyon\r", PLAIN),
    (
        "quotes.csv",
        lambda: b'"Name","City"\n"Lyon\n""old"" depot","Lyon"\n\n5" pipe,Paris\n',
        [(2, 'Lyon\n"old" depot', "Lyon"), (4, '5" pipe', "Paris")],
    ),
    ("zeros kept.csv", lambda: b'Name,City\n"=""00420""",\'=SUM(A1)\n', [(2, "00420", "=SUM(A1)")]),
    ("short rows.csv", lambda: b"Name,City\nLyon depot\n,,,\n", [(2, "Lyon depot", "")]),
    ("begins like a zip.csv", lambda: b"PK,City\nLyon depot,Lyon\n", PLAIN),
]
