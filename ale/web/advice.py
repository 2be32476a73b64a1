"""Values that are recommended for the fields of a form (RA-02); who knows them adds itself once."""

from collections.abc import Callable, Mapping
from typing import Any

from ale.foundation.record import Record

Recommended = Mapping[str, tuple[Any, bool]]
"""By field: the value, and whether a new record begins with it."""

SOURCES: list[Callable[[type[Record]], Recommended]] = []


def advice_for(record_type: type[Record]) -> dict[str, tuple[Any, bool]]:
    """What is recommended for every record of a type."""
    return {name: one for source in SOURCES for name, one in source(record_type).items()}
