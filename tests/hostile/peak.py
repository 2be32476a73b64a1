"""What the most greedy child takes: `python -m tests.hostile.peak files` (or scripts) prints it in MiB.

A process of its own, since a child counts what its parent had when it forked, and a test run grows large.
"""

import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from ale.domains.imports.refused import FileRefused
from ale.domains.imports.sandbox import Sandbox
from ale.domains.imports.workbook import read_workbook
from tests.hostile.attacks import ATTACKS
from tests.hostile.refused import REFUSED
from tests.hostile.scripts import HOGS
from tests.hostile.texts import TEXTS

ROOT = Path(__file__).parents[2]


def files() -> None:
    """Read every file that means harm, or could not be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        for name, build, _ in (*REFUSED, *ATTACKS, *TEXTS):
            path.write_bytes(build())
            with suppress(FileRefused), read_workbook(path, name) as workbook:
                list(workbook.chunks())


def scripts() -> None:
    """Run every script that hogs."""
    with Sandbox(patience=0.7) as sandbox:
        for hog in HOGS.values():
            sandbox.run(hog, [{}])


def peak_of(kind: str) -> int:
    """MiB of the largest child of a fresh process that does this."""
    command = [sys.executable, "-m", "tests.hostile.peak", kind]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    {"files": files, "scripts": scripts}[sys.argv[1]]()
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
