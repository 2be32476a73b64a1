"""A file that came with a form, where code that reads files by their path finds it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import request

from ale.foundation.problem import Problem, Rejected


@contextmanager
def uploaded(name: str) -> Iterator[tuple[Path, str]]:
    """The path of the file in the field `name`, for as long as this lasts, and what its sender calls it.

    Rejected (NO_FILES) when none was chosen.
    """
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        raise Rejected([Problem("NO_FILES", "Choose at least one file.", name)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uploaded"
        sent.save(path)
        yield path, sent.filename
