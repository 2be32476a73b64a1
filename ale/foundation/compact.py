"""JSON as rows keep it and processes pass it on, by the fastest library: an import does this a million times."""

from typing import Any

import orjson


def as_json(value: Any) -> str:
    """Compact JSON; every letter stands for itself, and what JSON does not know, such as decimals, is told as text."""
    return orjson.dumps(value, default=str).decode()


from_json = orjson.loads
"""What a JSON text or its UTF-8 bytes say."""
