"""The supplied roles: what they contain and how else they are spelled."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

from ale.foundation.label import Label


class SuppliedRole(NamedTuple):
    """A role of the product; whoever holds it holds what it `contains` too."""

    name: str
    label: Label
    contains: tuple[str, ...]
    aliases: tuple[str, ...]


def _read(text: str) -> tuple[SuppliedRole, ...]:
    return tuple(
        SuppliedRole(one["name"], Label(**one["label"]), tuple(one.get("contains", ())), tuple(one.get("aliases", ())))
        for one in yaml.safe_load(text)
    )


SUPPLIED = _read((Path(__file__).parent / "supplied_roles.yaml").read_text("utf-8"))

CONTAINS = {role.name: role.contains for role in SUPPLIED}
_CANONICAL = {alias: role.name for role in SUPPLIED for alias in role.aliases}


def canonical(name: str) -> str:
    """The role meant by one of its spellings."""
    return _CANONICAL.get(name, name)


def closure(granted: Iterable[str]) -> frozenset[str]:
    """The granted roles and all that they contain, directly or through others."""
    held: set[str] = set()
    waiting = [canonical(name) for name in granted]
    while waiting:
        name = waiting.pop()
        if name not in held:
            held.add(name)
            waiting.extend(CONTAINS.get(name, ()))
    return frozenset(held)
