"""Builds .xlsx files part by part, also such as no program would write."""

import io
import zipfile
from collections.abc import Collection, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def text(cell: str, value: str) -> str:
    """A cell of text."""
    value = value.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def number(cell: str, value: object, style: int = 0) -> str:
    return f'<c r="{cell}" s="{style}"><v>{value}</v></c>'


def row(line: int, *cells: str) -> str:
    return f'<row r="{line}">{"".join(cells)}</row>'


HEADINGS = row(1, text("A1", "Name"), text("B1", "City"))
DATA = row(2, text("A2", "Lyon depot"), text("B2", "Lyon"))


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    """The XML of a sheet."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def xlsx(
    *sheets: str,
    names: Sequence[str] = (),
    hidden: Collection[int] = (),
    book: str = "",
    prolog: str = "",
    styles: str = "",
    content_type: str = SHEET_TYPE,
    more: dict[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of sheets given as XML; `prolog` and `book` go into workbook.xml, `more` adds or replaces parts."""
    titles = [*names, *(f"Sheet{n + 1}" for n in range(len(names), len(sheets)))]
    states = ['state="hidden"' if n in hidden else "" for n in range(len(titles))]
    listed = "".join(
        f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}" {state}/>'
        for n, (title, state) in enumerate(zip(titles, states, strict=True), 1)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{prolog}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
        f"{book}<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}'
        f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rIdS" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": styles or styled(),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": content for n, content in enumerate(sheets, 1)}
    return zipped(parts | (more or {}))


def styled(*formats: str) -> str:
    """styles.xml in which cell style 1 has the first of the formats, 2 the second and so on."""
    kinds = "".join(f'<numFmt numFmtId="{170 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    cells = "".join(f'<xf numFmtId="{170 + n}" applyNumberFormat="1"/>' for n in range(len(formats)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{kinds}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{cells}</cellXfs></styleSheet>'
    )


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive of the parts, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def ole(*streams: str) -> bytes:
    """The outside of an OLE file (old Excel, encrypted Excel) with directory entries of these names."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory.ljust(2048, b"\0")
