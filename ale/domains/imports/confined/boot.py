"""First code of a confined child (run as a script): cut what ties it to the machine, then run one module's main."""

import os
import sys
import types
from importlib import import_module
from pathlib import Path


def _see_packages_as_folders() -> None:
    """Have `ale.…` importable without running ale/__init__.py: Flask and SQLAlchemy have no business in a child."""
    root = Path(__file__).parents[4]
    for name in ("ale", "ale.foundation", "ale.domains", "ale.domains.imports", "ale.domains.imports.confined"):
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")))]
        sys.modules[name] = package


if __name__ == "__main__":
    _, wanted, parent, argument = sys.argv
    _see_packages_as_folders()
    from ale.domains.imports.confined.confine import leave_network
    from ale.foundation.lifeline import end_with_parent

    end_with_parent(int(parent))
    leave_network()
    import_module(wanted).main(argument)
    sys.stdout.flush()
    os._exit(0)  # nothing to tidy: freeing a big sheet cell by cell would only cost time
