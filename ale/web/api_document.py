"""The OpenAPI document of the Table API, generated from the declarations: what the caller may do, with which fields."""

from typing import Any

from ale.foundation.actor import Actor
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.query import columns_of
from ale.foundation.reading import may, may_set
from ale.foundation.record import RECORDS, Record
from ale.web.language import locale

Schema = dict[str, Any]

_FORMATS = {Kind.DATE: "YYYY-MM-DD", Kind.DATETIME: "YYYY-MM-DD HH:MM:SS, UTC", Kind.LIST: "sys_ids, joined by commas"}
_ROW_PARAMETERS = (
    ("sysparm_fields", "Names of fields joined by commas, references followed by dots: number,account.name"),
    ("sysparm_display_value", "false: as stored, true: as shown, all: both"),
    ("sysparm_exclude_reference_link", "true leaves the links of references out"),
)
_LIST_PARAMETERS = (
    ("sysparm_query", "An encoded query: state=new^account.nameSTARTSWITHGen^ORDERBYnumber"),
    ("sysparm_limit", "Rows of a page, 10000 at most"),
    ("sysparm_offset", "Rows to leave out before it"),
    *_ROW_PARAMETERS,
)
_ERRORS = {
    "400": "The table does not exist, or what was sent is incomplete or unreadable",
    "401": "No valid credentials",
    "403": "Not with these roles, or a business rule refuses",
    "404": "There is no such record for the caller",
}


def document(by: Actor, address: str) -> Schema:
    """The document for `by`; `address` is that of the application."""
    readable = {name: kind for name, kind in RECORDS.items() if may(kind, "read", by)}
    paths: Schema = {}
    schemas: Schema = {"Value": _VALUE, "Error": _ERROR}
    for name, kind in readable.items():
        schemas[name] = _answered(kind, by)
        schemas[f"{name}_values"] = _accepted(kind, by)
        paths[f"/api/now/table/{name}"] = _collection(name, kind, by)
        paths[f"/api/now/table/{name}/{{sys_id}}"] = _item(name, kind, by)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ALE", "version": "1", "description": "Account Lifecycle Events: records over HTTP."},
        "servers": [{"url": address.rstrip("/")}],
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "schemas": schemas,
            "responses": {
                code: _response(text, {"$ref": "#/components/schemas/Error"}) for code, text in _ERRORS.items()
            },
        },
    }


_VALUE: Schema = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("display_value", "value", "link")},
            "additionalProperties": False,
        },
    ]
}
_PROBLEM: Schema = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "field": {"type": ["string", "null"]}, "message": {"type": "string"}},
    "required": ["code", "field", "message"],
}
_ERROR: Schema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "detail": {"type": ["string", "null"]},
                "problems": {"type": "array", "items": _PROBLEM},
            },
            "required": ["message", "detail"],
        },
        "status": {"const": "failure"},
    },
    "required": ["error", "status"],
}


def _answered(kind: type[Record], by: Actor) -> Schema:
    """A row as it is sent."""
    columns = columns_of(kind, by)
    return {"type": "object", "properties": {name: _shown(column.field) for name, column in columns.items()}}


def _shown(item: Field) -> Schema:
    return {"title": item.label.text(locale()), "$ref": "#/components/schemas/Value"}


def _accepted(kind: type[Record], by: Actor) -> Schema:
    """The values that make or change a row; other names are left out without an error."""
    open_ = {name: column.field for name, column in columns_of(kind, by).items() if may_set(column.field, by)}
    journals: Schema = {name: {"type": "string"} for name in kind.__sheet__.journals}
    return {"type": "object", "properties": {name: _given(item) for name, item in open_.items()} | journals}


def _given(item: Field) -> Schema:
    schema: Schema = {"title": item.label.text(locale()), "type": _TYPES.get(item.kind, ["string", "null"])}
    if item.max_length and item.kind is Kind.TEXT:
        schema["maxLength"] = item.max_length
    if item.choices:
        schema["enum"] = [one.value for one in item.choices] + ([] if item.mandatory else ["", None])
    hint = f"sys_id of {item.to}" if item.kind is Kind.REFERENCE else _FORMATS.get(item.kind)
    return schema | ({"description": hint} if hint else {})


_TYPES = {
    Kind.INTEGER: ["integer", "string", "null"],
    Kind.DECIMAL: ["number", "string", "null"],
    Kind.BOOLEAN: ["boolean", "string", "null"],
    Kind.JSON: ["object", "array", "string", "null"],
}


def _response(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _result(text: str, schema: Schema) -> Schema:
    return _response(text, {"type": "object", "properties": {"result": schema}, "required": ["result"]})


def _operation(kind: type[Record], text: str, good: Schema, *, body: Schema | None = None, **more: Any) -> Schema:
    operation = {
        "tags": [kind.__sheet__.plural.text(locale())],
        "summary": text,
        "responses": good | {code: {"$ref": f"#/components/responses/{code}"} for code in _ERRORS},
    }
    if body:
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return operation | more


def _values(name: str, *needed: str) -> Schema:
    schema: Schema = {"$ref": f"#/components/schemas/{name}_values"}
    return schema | ({"required": list(needed)} if needed else {})


def _parameters(known: tuple[tuple[str, str], ...]) -> list[Schema]:
    return [{"name": name, "in": "query", "description": text, "schema": {"type": "string"}} for name, text in known]


def _collection(name: str, kind: type[Record], by: Actor) -> Schema:
    row = {"$ref": f"#/components/schemas/{name}"}
    listed = {"200": _result("The rows", {"type": "array", "items": row})}
    listed["200"]["headers"] = {"X-Total-Count": {"schema": {"type": "integer"}}}
    path = {"get": _operation(kind, "List", listed, parameters=_parameters(_LIST_PARAMETERS))}
    if may(kind, "create", by):
        made = {"201": _result("The new row", row)}
        needed = [field.name for field in fields_of(kind).values() if field.mandatory]
        path["post"] = _operation(
            kind, "Make", made, body=_values(name, *needed), parameters=_parameters(_ROW_PARAMETERS)
        )
    return path


def _item(name: str, kind: type[Record], by: Actor) -> Schema:
    shown = {"200": _result("The row", {"$ref": f"#/components/schemas/{name}"})}
    key = {"name": "sys_id", "in": "path", "required": True, "schema": {"type": "string"}}
    path: Schema = {"parameters": [key, *_parameters(_ROW_PARAMETERS)], "get": _operation(kind, "Read", shown)}
    if may(kind, "write", by):
        path["patch"] = _operation(kind, "Change", shown, body=_values(name))
        path["put"] = path["patch"]
    if may(kind, "delete", by):
        path["delete"] = _operation(kind, "Delete", {"204": {"description": "Deleted"}})
    return path
