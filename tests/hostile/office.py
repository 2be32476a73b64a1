"""Sheets as Excel, Google Sheets, LibreOffice and Numbers write them, down to the attributes that nobody needs.

Made by hand after files of these programs: what a reader trips over is how the XML is written, not what it says.
"""

from tests.hostile.package import DATA, HEADINGS, MAIN, row, sheet, styled, text, xlsx

DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
EXCEL = (
    f'xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'mc:Ignorable="x14ac xr" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
    'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
)


def shared(*items: str) -> str:
    """The part of shared strings; items are XML."""
    listed = "".join(f"<si>{item}</si>" for item in items)
    return f'{DECLARED}<sst xmlns="{MAIN}" count="{len(items)}" uniqueCount="{len(items)}">{listed}</sst>'


def words(*texts: str) -> str:
    return shared(*(f"<t>{one}</t>" for one in texts))


def excel(*rows: str, items: str = "", styles: str = "", after: str = "", book: str = "") -> bytes:
    """As Excel writes: shared strings, a dimension, spans, heights to five digits, namespaces of every year."""
    body = (
        f'{DECLARED}<worksheet {EXCEL} xr:uid="{{00000000-0001-0000-0000-000000000000}}"><dimension ref="A1:B9"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="B3" sqref="B3"/></sheetView></sheetViews>'
        '<sheetFormatPr baseColWidth="10" defaultRowHeight="14.5" x14ac:dyDescent="0.35"/>'
        '<cols><col min="1" max="1" width="22.54296875" customWidth="1"/></cols><sheetData>'
        '<row r="1" spans="1:2" x14ac:dyDescent="0.35"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        f'{"".join(rows)}</sheetData>{after}<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" '
        'footer="0.3"/></worksheet>'
    )
    return xlsx(
        body,
        styles=styles,
        book=book,
        more={"xl/sharedStrings.xml": items or words("Name", "City", "Lyon depot", "Lyon")},
    )


def line(number: int, *cells: str) -> str:
    return f'<row r="{number}" spans="1:2" x14ac:dyDescent="0.35">{"".join(cells)}</row>'


LYON = line(2, '<c r="A2" t="s"><v>2</v></c>', '<c r="B2" s="0" t="s"><v>3</v></c>')


def builtin(*numbers: int) -> str:
    """Styles that are numbers of Excel's own: 14 is the short date of wherever the file is opened."""
    cells = "".join(f'<xf numFmtId="{number}" fontId="0" applyNumberFormat="1"/>' for number in numbers)
    return (
        f'{DECLARED}<styleSheet {EXCEL}><fonts count="1" x14ac:knownFonts="1"><font><sz val="11"/></font></fonts>'
        '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
        f'<cellXfs count="9"><xf numFmtId="0"/>{cells}</cellXfs>'
        '<dxfs count="0"/><extLst><ext uri="{EB79DEF2}"/></extLst></styleSheet>'
    )


def google() -> bytes:
    """As Google Sheets writes: a drawing for each sheet, styled empty cells, heights, a thousand empty rows."""
    empty = "".join(
        f'<row r="{n}" ht="15.75" customHeight="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>'
        for n in range(4, 1_001)
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheetPr><outlinePr summaryBelow="0" summaryRight="0"/></sheetPr><sheetViews><sheetView workbookViewId="0"/>'
        '</sheetViews><sheetFormatPr customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/><sheetData>'
        '<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" s="1" t="s"><v>2</v></c><c r="B2" s="1" t="s"><v>3</v></c></row>'
        '<row r="3"><c r="A3" s="2"><v>45716.0</v></c><c r="B3" s="1" t="b"><v>1</v></c></row>'
        f'{empty}</sheetData><drawing r:id="rId1"/></worksheet>'
    )
    return xlsx(
        body, names=["Feuille 1"], styles=styled("General", "yyyy\\-mm\\-dd"),
        more={
            "xl/sharedStrings.xml": words("Name", "City", "Lyon depot", "Lyon"),
            "xl/drawings/drawing1.xml": "<xdr:wsDr xmlns:xdr='http://x'/>",
            "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" '
            f'Type="{OFFICE}/drawing" Target="../drawings/drawing1.xml"/></Relationships>',
        },
    )  # fmt: skip


def libreoffice() -> bytes:
    """As LibreOffice writes: every cell with a style and a kind, formulas with aca, preserved blanks, a footer."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheetPr filterMode="false"><pageSetUpPr fitToPage="false"/></sheetPr><dimension ref="A1:B3"/>'
        '<cols><col collapsed="false" customWidth="false" hidden="false" outlineLevel="0" max="16384" min="1" '
        'style="0" width="11.53"/></cols><sheetData>'
        '<row r="1" customFormat="false" ht="12.8" hidden="false" customHeight="false" outlineLevel="0">'
        '<c r="A1" s="0" t="s"><v>0</v></c><c r="B1" s="0" t="s"><v>1</v></c></row>'
        '<row r="2" customFormat="false" ht="12.8"><c r="A2" s="0" t="s"><v>2</v></c>'
        '<c r="B2" s="0" t="s"><v>3</v></c></row>'
        '<row r="3" customFormat="false" ht="12.8"><c r="A3" s="1" t="n"><v>45716</v></c>'
        '<c r="B3" s="0" t="str"><f aca="false">CONCATENATE(&quot;Ly&quot;,&quot;on&quot;)</f><v>Lyon</v></c></row>'
        "</sheetData><headerFooter><oddFooter>&amp;C&amp;P</oddFooter></headerFooter></worksheet>"
    )
    texts = ("Name", "City", "Lyon depot", "Lyon")
    return xlsx(
        body, styles=styled("d/m/yy"), book="<calcPr iterateCount='100' refMode='A1' iterate='false'/>",
        more={"xl/sharedStrings.xml": shared(*(f'<t xml:space="preserve">{one}</t>' for one in texts))},
    )  # fmt: skip


def numbers() -> bytes:
    """As Numbers writes: a sheet that tells what was exported comes first, then one for each table."""
    summary = sheet(
        row(3, text("B3", "This document was exported from Numbers. Each table was converted to an Excel worksheet.")),
        row(7, text("B7", "Numbers Sheet Name"), text("C7", "Numbers Table Name"), text("D7", "Excel Worksheet Name")),
    )
    return xlsx(summary, sheet(HEADINGS, DATA), names=["Export Summary", "Sheet 1 - Table 1"])
