"""CSV text as rows: what a spreadsheet program would show of it, whatever its encoding and separator."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import IO

from ale.domains.imports.confined.cells import GUARDED, clean
from ale.domains.imports.confined.container import refuse_binary
from ale.domains.imports.refused import Refused

_WIDEST = 16_384  # columns of the widest sheet there is
_SEPARATORS = ",;\t|"
_NAMED_SEPARATOR = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)  # a first line that Excel obeys and does not show
_QUOTED = re.compile(r'"[^"]*"')
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')  # how zeros in front are kept in CSV for Excel
csv.field_size_limit(1 << 20)


def csv_rows(file: IO[bytes], most_columns: int, shown: Callable[[str], str] = str) -> Iterator[list[str]]:
    """Every row of the text, empty ones too, each value as `shown`. Raises Refused when it cannot be read.

    That a row is wider than `most_columns` is said of those only that nobody should even look at.
    """
    file.seek(0)
    refuse_binary(file.read(512))
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    count = 0
    try:
        for row in csv.reader(text, delimiter=_skip_to_data(text), strict=True):
            if len(row) > _WIDEST and any(row[_WIDEST:]):
                raise Refused("columns", columns=len(row), max=most_columns)
            del row[_WIDEST:]
            yield list(map(shown, row))
            count += 1
    except csv.Error as error:
        raise Refused("endless" if "field limit" in str(error) else "quotes", line=count + 1) from error
    finally:
        text.detach()  # else the file would be closed with it


def _skip_to_data(text: io.TextIOWrapper) -> str:
    """The separator; a first line that names it is passed over, others are not."""
    beginning = text.read(65_536)
    text.seek(0)
    named = _NAMED_SEPARATOR.match(beginning)
    if named:
        text.readline()
    return named[1] if named else _separator(beginning.lstrip("\r\n"))


def _encoding(file: IO[bytes]) -> str:
    """The first encoding that fits the whole file; without a mark UTF-8, then that of Western Windows."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates, reason = ["utf-16"], "encoding"
    elif b"\0" in head:
        candidates, reason = ["utf-16-le" if b"\0" in head[1::2] else "utf-16-be"], "not_text"
    else:
        candidates, reason = ["utf-8-sig", "cp1252"], "encoding"
    for encoding in candidates:
        if _fits(file, encoding):
            return encoding
    raise Refused(reason)


def _fits(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(1 << 20):
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(beginning: str) -> str:
    """The likely separator that is most frequent in the heading line, outside of quotes."""
    headings = _QUOTED.sub("", beginning).partition("\n")[0].partition("\r")[0]
    return max(_SEPARATORS, key=headings.count)


def plain(value: str) -> str:
    """A value as clean text, without what only keeps spreadsheet programs from misreading it."""
    kept = _KEPT_AS_TEXT.fullmatch(value)
    value = clean(kept[1] if kept else value)
    return clean(value[1:]) if value.startswith("'") and GUARDED.match(value) else value  # see exports.safe_cell
