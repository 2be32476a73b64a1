"""CSV files made to do harm, or by programs that knew no better: what each is called, its bytes, what becomes of it."""

from collections.abc import Callable

Became = str | list[tuple[int | str, ...]]

PLAIN = [(2, "Lyon depot", "Lyon")]
LINES = 100_000


def lines(*texts: str) -> bytes:
    return "\n".join(("Name,City", *texts, "")).encode()


TEXTS: list[tuple[str, Callable[[], bytes], Became]] = [
    # Encodings
    ("two marks.csv", lambda: b"\xef\xbb\xbf\xef\xbb\xbfName,City\nLyon depot,Lyon\n", PLAIN),
    ("mark in the middle.csv", lambda: "Name,City\n\ufeffLyon depot,Lyon\n".encode(), PLAIN),
    ("utf-16 cut.csv", lambda: "\ufeffName,City\nLyon depot,Lyon\n".encode("utf-16-le")[:-1], "FILE_BROKEN"),
    ("utf-16 broken.csv", lambda: b"\xff\xfeN\0a\0m\0e\0\n\0\x00\xd8\n\0", "FILE_BROKEN"),
    ("utf-32.csv", lambda: "\ufeffName,City\nLyon depot,Lyon\n".encode("utf-32-le"), "FILE_BROKEN"),
    ("half of utf-8.csv", lambda: "Name,City\nDépôt,Orléans\n".encode()[:12] + b"\n", [(2, "DÃ", "")]),
    ("surrogates.csv", lambda: b"Name,City\n\xed\xa0\x80x,Lyon\n", [(2, "í\xa0€x", "Lyon")]),
    ("longer than needed.csv", lambda: b"Name,City\n\xc0\xaf\xc0\xae,Lyon\n", [(2, "À¯À®", "Lyon")]),
    ("utf-7.csv", lambda: b"Name,City\n+ADw-script+AD4-,Lyon\n", [(2, "+ADw-script+AD4-", "Lyon")]),
    ("cyrillic.csv", lambda: "Name,City\nСклад,Москва\n".encode("cp1251"), [(2, "Ñêëàä", "Ìîñêâà")]),
    ("escape sequences.csv", lambda: lines("\x1b[2J\x1b]0;x\x07Lyon depot,Lyon"), [(2, "[2J]0;xLyon depot", "Lyon")]),
    ("turned around.csv", lambda: lines("\u202egpj.exe\u202c,Lyon"), [(2, "gpj.exe", "Lyon")]),
    # NUL bytes
    ("nul in a cell.csv", lambda: b"Name,City\nLyon\0 depot,Lyon\n", "FILE_TYPE"),
    ("nul at the end.csv", lambda: b"Name,City\nLyon depot,Lyon\n" + bytes(5_000), "FILE_TYPE"),
    ("nul far down.csv", lambda: b"Name,City\n" + b"Lyon depot,Lyon\n" * 1_000 + b"\0\n", "FILE_BROKEN"),
    ("only nul.csv", lambda: bytes(10_000), "FILE_TYPE"),
    # Quotes
    ("quote never closed.csv", lambda: lines('"Lyon depot,Lyon', *["Paris,Paris"] * LINES), "FILE_BROKEN"),
    ("quote at the very end.csv", lambda: b'Name,City\nLyon depot,"', "FILE_BROKEN"),
    ("quote in the middle.csv", lambda: lines('Lyon "old" depot,Lyon'), [(2, 'Lyon "old" depot', "Lyon")]),
    ("text after a quote.csv", lambda: lines('"Lyon" depot,Lyon'), "FILE_BROKEN"),
    ("only quotes.csv", lambda: b'"' * 1_000_001, "FILE_BROKEN"),
    ("quotes in headings.csv", lambda: b'"Na""me","City"\nLyon,x\n', [(2, "Lyon", "x")]),
    ("new lines in quotes.csv", lambda: lines('"' + "\n" * 1_000 + 'x",Lyon'), [(2, "x", "Lyon")]),
    # Size
    ("one endless field.csv", lambda: lines("x" * 30_000_000 + ",Lyon"), "FILE_BROKEN"),
    ("one endless quoted field.csv", lambda: lines('"' + "x" * 30_000_000 + '",Lyon'), "FILE_BROKEN"),
    ("field of a million.csv", lambda: lines("x" * 1_000_000 + ",Lyon"), [(2, "x" * 32_768, "Lyon")]),
    ("endless line of commas.csv", lambda: lines("Lyon depot,Lyon" + "," * 5_000_000), PLAIN),
    ("endless line of blanks.csv", lambda: lines("Lyon depot,Lyon" + ", " * 5_000_000), "FILE_TOO_LARGE"),
    ("a million headings.csv", lambda: b"h," * 1_000_000 + b"\n", "FILE_TOO_LARGE"),
    ("only new lines.csv", lambda: b"\n" * 60_000_000, "FILE_TOO_LARGE"),
    ("only commas.csv", lambda: b",,,,\n" * 10_000_000, "FILE_TOO_LARGE"),
    ("no line ends.csv", lambda: b"x" * 40_000_000, "FILE_BROKEN"),
    (
        "three kinds of line ends.csv",
        lambda: b"Name,City\r\nLyon,a\rParis,b\nNice,c\n\r",
        [(2, "Lyon", "a"), (3, "Paris", "b"), (4, "Nice", "c")],
    ),
    # What a spreadsheet program would run
    (
        "formula.csv",
        lambda: lines('=HYPERLINK("http://x"),Lyon'.replace('"', "'")),
        [(2, "=HYPERLINK('http://x')", "Lyon")],
    ),
    ("formula with a plus.csv", lambda: lines("+1+cmd|' /C calc'!A0,-2+3"), [(2, "+1+cmd|' /C calc'!A0", "-2+3")]),
    ("formula with an at.csv", lambda: lines("@SUM(1),\t=1"), [(2, "@SUM(1)", "=1")]),
    ("formula in full width.csv", lambda: lines("＝1+1,Lyon"), [(2, "＝1+1", "Lyon")]),
    ("markup.csv", lambda: lines("<img src=x onerror=alert(1)>,Lyon"), [(2, "<img src=x onerror=alert(1)>", "Lyon")]),
    # Separators and what is not CSV
    ("separator of nothing.csv", lambda: b"sep=\nName,City\nLyon depot,Lyon\n", "HEADER_MISMATCH"),
    ("separator of quotes.csv", lambda: b'sep="\nName"City\n', []),
    ("separator of a letter.csv", lambda: b"sep=e\nName,City\n", []),
    ("json.csv", lambda: b'[{"Name": "Lyon depot", "City": "Lyon"}]\n', []),
    ("page.csv", lambda: b"<html><body><table><tr><td>Name</td></tr></table></body></html>\n", "FILE_TYPE"),
    ("archive.csv", lambda: b"\x1f\x8b\x08\x00" + b"x" * 100, "FILE_TYPE"),
    ("old workbook.csv", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "FILE_TYPE"),
]
