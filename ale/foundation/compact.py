"""JSON as rows keep it and processes pass it on, by the fastest library: an import does this a million times."""

from typing import Any

import orjson


def as_json(value: Any) -> str:
    """Compact JSON of dicts, lists, texts, numbers and booleans; every letter stands for itself."""
    return orjson.dumps(value).decode()


from_json = orjson.loads
"""What a JSON text or its UTF-8 bytes say."""
