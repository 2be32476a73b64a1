"""The source of the house, read and not run: its files, what they import, and where they stand."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """A Python file of the house."""

    path: Path

    @cached_property
    def module(self) -> str:
        """Its dotted name, e.g. `ale.domains.people.service`."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> set[str]:
        """The modules it imports when it runs, and what it takes from them: `from a.b import c` is `a.b`, `a.b.c`."""
        return {name for node in _running(self.tree) for name in _names(node)}

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """The calls that are written `name(...)` or `anything.name(...)`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and called(node) in names:
                yield node


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{one.name}" for one in node.names)


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def sources(*folders: str) -> list[Source]:
    """The Python files below these folders, e.g. "ale/web"; a file may be named too."""
    found = []
    for folder in folders:
        place = ROOT / folder
        found += [Source(path) for path in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    return found
