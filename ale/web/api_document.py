"""The OpenAPI document, generated from the declarations: what the caller may do, with which fields.

The Table API comes from the tables, everything else from what stands on the routes themselves.
"""

from typing import Any

from ale.foundation.actor import Actor
from ale.foundation.field import Field, Kind, fields_of
from ale.foundation.problem import Forbidden
from ale.foundation.query import columns_of
from ale.foundation.reading import may, may_set
from ale.foundation.record import RECORDS, Record
from ale.foundation.tables import Table, table_named, table_names
from ale.web.api_operations import json_body, operations
from ale.web.api_rows import figure_field
from ale.web.api_schemas import (
    ERROR,
    ERRORS,
    TEXT,
    VALUE,
    Schema,
    as_response,
    as_result,
    component,
    in_path,
    listed,
    parameters,
    with_errors,
)
from ale.web.language import locale

_FORMATS = {Kind.DATE: "YYYY-MM-DD", Kind.DATETIME: "YYYY-MM-DD HH:MM:SS, UTC", Kind.LIST: "sys_ids, joined by commas"}
_ROW_PARAMETERS = (
    ("sysparm_fields", "Names of fields joined by commas, references followed by dots: number,account.name"),
    ("sysparm_display_value", "false: as stored, true: as shown, all: both"),
    ("sysparm_exclude_reference_link", "true leaves the links of references out"),
    ("sysparm_view", "Any text: without sysparm_fields only what the pages show, of a list or of one row"),
)
_AS_TYPED = (("sysparm_input_display_value", "true: names instead of sys_ids, moments of the caller's time zone"),)
PAGING = (
    ("sysparm_query", "An encoded query: state=new^account.nameSTARTSWITHGen^ORDERBYnumber"),
    ("sysparm_limit", "Rows of a page, 10000 at most"),
    ("sysparm_offset", "Rows to leave out before it"),
)


def document(by: Actor, address: str) -> Schema:
    """The document for `by`; `address` is that of the application."""
    paths: Schema = {}
    schemas: Schema = {"Value": VALUE, "Error": ERROR}
    for name in table_names():
        table = table_named(name)
        if table is None or not _is_readable(table, by):
            continue
        kind = None if table.read_only else RECORDS[name]
        schemas[name] = _answered(table, by)
        if kind:
            schemas[f"{name}_values"] = _accepted(kind, by)
        paths[f"/api/now/table/{name}"] = _collection(name, kind, by)
        paths[f"/api/now/table/{name}/{{sys_id}}"] = _item(name, kind, by)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ALE", "version": "1", "description": "Account Lifecycle Events: records over HTTP."},
        "servers": [{"url": address.rstrip("/")}],
        "security": [{"basic": []}, {"token": []}],
        "paths": paths | _short_addresses() | operations(by),
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "token": {"type": "http", "scheme": "bearer"},
            },
            "schemas": schemas,
            "responses": {code: as_response(text, component("Error")) for code, text in ERRORS.items()},
        },
    }


def _is_readable(table: Table, by: Actor) -> bool:
    try:
        table.rows(by)
    except Forbidden:
        return False
    return True


def _answered(table: Table, by: Actor) -> Schema:
    """A row as it is sent."""
    fields = [column.field for column in table.columns(by).values()] + [
        figure_field(one) for one in table.calculated(by)
    ]
    return {"type": "object", "properties": {item.name: _shown(item) for item in fields}}


def _shown(item: Field) -> Schema:
    return {"title": item.label.text(locale()), "$ref": "#/components/schemas/Value"}


def _accepted(kind: type[Record], by: Actor) -> Schema:
    """The values that make or change a row; other names are left out without an error."""
    open_ = {name: column.field for name, column in columns_of(kind, by).items() if may_set(column.field, by)}
    journals: Schema = dict.fromkeys(kind.__sheet__.journals, TEXT)
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


def _operation(
    name: str, kind: type[Record] | None, text: str, good: Schema, *, body: Schema | None = None, **more: Any
) -> Schema:
    tag = kind.__sheet__.plural.text(locale()) if kind else name
    operation: Schema = {"tags": [tag], "summary": text, "responses": with_errors(good)}
    if body:
        operation["requestBody"] = {"content": json_body(body)}
    return operation | more


def _values(name: str, *needed: str) -> Schema:
    schema = component(f"{name}_values")
    return schema | ({"required": list(needed)} if needed else {})


def _collection(name: str, kind: type[Record] | None, by: Actor) -> Schema:
    """The path of a table; without a `kind` it is only read."""
    rows = {"200": as_result("The rows", listed(component(name)))}
    rows["200"]["headers"] = {"X-Total-Count": {"schema": {"type": "integer"}}}
    path = {"get": _operation(name, kind, "List", rows, parameters=parameters((*PAGING, *_ROW_PARAMETERS)))}
    if kind and may(kind, "create", by):
        made = {"201": as_result("The new row", component(name))}
        needed = [field.name for field in fields_of(kind).values() if field.mandatory]
        path["post"] = _operation(
            name, kind, "Make", made, body=_values(name, *needed), parameters=parameters((*_ROW_PARAMETERS, *_AS_TYPED))
        )
    return path


def _item(name: str, kind: type[Record] | None, by: Actor) -> Schema:
    shown = {"200": as_result("The row", component(name))}
    given = [in_path("sys_id"), *parameters(_ROW_PARAMETERS)]
    path: Schema = {"parameters": given, "get": _operation(name, kind, "Read", shown)}
    if kind and may(kind, "write", by):
        path["patch"] = _operation(name, kind, "Change", shown, body=_values(name), parameters=parameters(_AS_TYPED))
        path["put"] = path["patch"]
    if kind and may(kind, "delete", by):
        path["delete"] = _operation(name, kind, "Delete", {"204": {"description": "Deleted"}})
    return path


def _short_addresses() -> Schema:
    """The same tables under their short address, told once for all of them."""
    row: Schema = {"type": "object", "additionalProperties": component("Value")}
    body = json_body({"type": "object"})
    name, key = in_path("name"), in_path("sys_id")

    def told(text: str, status: str, schema: Schema | None, **more: Any) -> Schema:
        good = as_result(text, schema) if schema else {"description": text}
        return {"tags": ["Short addresses"], "summary": text, "responses": with_errors({status: good})} | more

    changed = told("Change a row", "200", row, requestBody={"content": body})
    return {
        "/api/v1/{name}": {
            "parameters": [name, *parameters(_ROW_PARAMETERS)],
            "get": told("List rows", "200", listed(row), parameters=parameters(PAGING)),
            "post": told("Make a row", "201", row, requestBody={"content": body}),
        },
        "/api/v1/{name}/{sys_id}": {
            "parameters": [name, key, *parameters(_ROW_PARAMETERS)],
            "get": told("Read a row", "200", row),
            "patch": changed,
            "put": changed,
            "delete": told("Delete a row", "204", None),
        },
    }
