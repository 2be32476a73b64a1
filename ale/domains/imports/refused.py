"""Why a file cannot be imported: every reason with its code and its sentence, which says what to do."""

from typing import Any, Self

from ale.foundation.problem import Problem, Rejected, sentence

SENTENCES = {
    "type": (
        "FILE_TYPE",
        sentence("{file} cannot be imported: only Excel workbooks (.xlsx) and CSV files (.csv) can."),
    ),
    "old_excel": (
        "FILE_TYPE",
        sentence("{file} is an old Excel workbook (.xls). Open it in Excel and save it as .xlsx."),
    ),
    "binary": (
        "FILE_TYPE",
        sentence("{file} is a binary Excel workbook (.xlsb). Open it in Excel and save it as .xlsx."),
    ),
    "open_document": (
        "FILE_TYPE",
        sentence("{file} is an OpenDocument file (.ods). Open it in LibreOffice or Excel and save it as .xlsx."),
    ),
    "archive": (
        "FILE_TYPE",
        sentence("{file} is an archive, not a workbook. Unpack it and upload the workbooks it holds."),
    ),
    "markup": (
        "FILE_TYPE",
        sentence("{file} is a web page or XML file named like a workbook. Open it in Excel and save it as .xlsx."),
    ),
    "not_workbook": (
        "FILE_TYPE",
        sentence("{file} is not an Excel workbook, whatever its name says. Save the data as .xlsx."),
    ),
    "not_text": (
        "FILE_TYPE",
        sentence("{file} is not a text file, whatever its name says. Save the data as CSV or as .xlsx."),
    ),
    "misnamed": ("FILE_TYPE", sentence("{file} is an Excel workbook named .csv. Give it a name that ends in .xlsx.")),
    "macro": ("FILE_MACRO", sentence("{file} holds macros, which are not accepted. Save it as .xlsx, without macros.")),
    "password": (
        "FILE_PASSWORD",
        sentence("{file} is password-protected. Take the password off in Excel and save it again."),
    ),
    "broken": (
        "FILE_BROKEN",
        sentence("{file} is damaged and cannot be read. Open it in Excel, save it as .xlsx and upload that."),
    ),
    "quotes": (
        "FILE_BROKEN",
        sentence(
            "{file} cannot be read from line {line} on: a quotation mark is missing or misplaced. "
            "Save the data as .xlsx."
        ),
    ),
    "endless": (
        "FILE_BROKEN",
        sentence(
            "{file} has a cell without end in line {line}: a million characters, or a quotation mark that is missing. "
            "Save the data as .xlsx."
        ),
    ),
    "encoding": (
        "FILE_BROKEN",
        sentence("{file} has letters that cannot be read. Save it as “CSV UTF-8” or as .xlsx."),
    ),
    "bomb": (
        "FILE_BOMB",
        sentence("{file} unpacks to far more than a workbook holds and was not opened. Save the data in a new one."),
    ),
    "size": ("FILE_TOO_LARGE", sentence("{file} has more than {max} MB. Split it into several files.")),
    "rows": (
        "FILE_TOO_LARGE",
        sentence(
            "{file} reaches down to line {line}; at most {max} can be read at once. "
            "Delete what lies below the data, or split the file."
        ),
    ),
    "columns": (
        "FILE_TOO_LARGE",
        sentence("{file} reaches over {columns} columns; at most {max} can be read. Delete what lies beside the data."),
    ),
    "memory": (
        "FILE_TOO_LARGE",
        sentence(
            "{file} needs too much memory to be read. Delete what lies below and beside the data, or split the file."
        ),
    ),
    "time": (
        "FILE_TOO_LARGE",
        sentence("{file} takes too long to be read. Copy the data into a new workbook, or split it."),
    ),
    "empty": ("FILE_EMPTY", sentence("{file} has no headings: its visible sheets are empty. Use the template.")),
    "merged": (
        "HEADER_MERGED",
        sentence(
            "Line {line} of {file} has merged cells ({range}). "
            "The first filled line must hold the headings, one in each column: delete the lines above them and unmerge."
        ),
    ),
    "gap": (
        "HEADER_BLANK",
        sentence(
            "Cell {cell} of {file} has no heading though there are headings beside it. Fill it in or delete the column."
        ),
    ),
    "no_heading": (
        "HEADER_BLANK",
        sentence(
            "Cell {cell} of {file} has a value, but its column has no heading. Delete the value or use the template."
        ),
    ),
    "unknown": ("HEADER_MISMATCH", sentence("Column {column} of the file is unknown; use the template.")),
    "headings_below": (
        "HEADER_MISMATCH",
        sentence(
            "Line {line} of {file} is no heading line; the headings seem to follow below it. "
            "Delete the lines above them."
        ),
    ),
    "two_lines": ("HEADER_TWO_LINES", sentence("{file} has two heading lines ({line} and {next}). Keep only one.")),
    "duplicate": ("HEADER_DUPLICATE", sentence("Column {column} is in {file} twice. Keep only one.")),
    "missing": ("HEADER_MISSING", sentence("Column {column} is missing in {file}; use the template.")),
}


class Refused(Exception):
    """Raised where a file is read; `reason` is a key of `SENTENCES`, `params` fill its placeholders but {file}."""

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, params


class FileRefused(Rejected):
    """A file that is not imported: nothing of it may be loaded. Usually one problem."""

    @classmethod
    def because(cls, file: str, *refusals: Refused) -> Self:
        """The refusal of `file`, in sentences."""
        return cls([_problem(file, refusal) for refusal in refusals])


class HeadingsUnclear(FileRefused):
    """A file that can be imported once somebody has said which columns its headings mean."""


def _problem(file: str, refusal: Refused) -> Problem:
    code, sentence = SENTENCES[refusal.reason]
    return Problem(code, sentence, file=file, **refusal.params)
