"""Every icon that a template names is in the sprite that the front-end build makes."""

import re
from pathlib import Path

from ale import frontend

TEMPLATES = Path(frontend.__file__).parent / "templates"
NAMED = re.compile(r"""(?:icon|draw|icon_button)\(\s*["']([a-z0-9-]+)["']|icon=["']([a-z0-9-]+)["']""")


def test_templates_name_icons_that_exist() -> None:
    used = {one or other for page in TEMPLATES.rglob("*.html") for one, other in NAMED.findall(page.read_text())}
    assert {"check", "lock"} <= used
    assert used <= {*frontend.ICONS.split(), *frontend.RENAMED}
