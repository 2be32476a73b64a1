"""The JSON schemas that the OpenAPI document is put together from."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
OR_NONE: Schema = {"type": ["string", "null"]}

ERRORS = {
    "400": "The table does not exist, or what was sent is incomplete or unreadable",
    "401": "No valid credentials",
    "403": "Not with these roles, or a business rule refuses",
    "404": "There is no such record for the caller",
    "409": "Somebody else changed it meanwhile",
    "429": "Too many requests; Retry-After says when to come again",
}


def shape(optional: Schema | None = None, /, **properties: Schema) -> Schema:
    """An object that has all these properties, and may have the optional ones."""
    return {"type": "object", "properties": properties | (optional or {}), "required": list(properties)}


def listed(items: Schema) -> Schema:
    """A list of `items`."""
    return {"type": "array", "items": items}


def component(name: str) -> Schema:
    """A schema of the document by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def as_response(text: str, schema: Schema) -> Schema:
    """An answer as it is sent."""
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def as_result(text: str, schema: Schema) -> Schema:
    """An answer that has `schema` as its result."""
    return as_response(text, shape(result=schema))


def with_errors(good: Schema) -> Schema:
    """The answers of an operation: the good ones, and what everything may be refused with."""
    return good | {code: {"$ref": f"#/components/responses/{code}"} for code in ERRORS}


def parameters(known: tuple[tuple[str, str], ...]) -> list[Schema]:
    """What may stand behind the question mark, by name and meaning."""
    return [{"name": name, "in": "query", "description": text, "schema": TEXT} for name, text in known]


def in_path(name: str) -> Schema:
    """A parameter in the address itself."""
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


VALUE: Schema = {
    "anyOf": [
        TEXT,
        {
            "type": "object",
            "properties": dict.fromkeys(("display_value", "value", "link"), TEXT),
            "additionalProperties": False,
        },
    ]
}
ERROR: Schema = shape(
    error={
        "type": "object",
        "properties": {
            "message": TEXT,
            "detail": OR_NONE,
            "problems": listed(shape(code=TEXT, field=OR_NONE, message=TEXT)),
        },
        "required": ["message", "detail"],
    },
    status={"const": "failure"},
)
