"""The OpenAPI document agrees with the routes, the declarations and the caller's rights."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from ale.foundation.record import RECORDS
from tests.functional.api.calls import Call
from tests.imports import CONTACTS, Import, contact

IMPORTS = "/api/sn_acct_lc/import_task/{sys_id}"


def test_every_route_is_in_it_with_all_its_methods(call: Call, app: Flask) -> None:
    paths = call("GET", "/api/openapi.json", "admin").json["paths"]
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert len(rules) > 20
    for rule in rules:
        address = re.compile(re.sub(r"<[^>]+>", "[^/]+", rule.rule))
        methods = {one.lower() for path, told in paths.items() if address.fullmatch(path) for one in told}
        assert methods >= {one.lower() for one in rule.methods or ()} - {"head", "options"}, rule


def test_nothing_is_in_it_that_is_no_route(call: Call, app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    for path, told in call("GET", "/api/openapi.json", "admin").json["paths"].items():
        named = set(re.findall(r"{(\w+)}", path))
        assert {one["name"] for one in told.get("parameters", ()) if one["in"] == "path"} == named
        for method in told.keys() - {"parameters"}:
            assert routes.test(path, method.upper()), (path, method)
            assert told[method]["summary"]


def test_what_imports_answer_is_as_it_says(call: Call, contacts: Import) -> None:
    contacts.load_rows(contact(1), contact(2, Email="nonsense"))
    paths = call("GET", "/api/openapi.json").json["paths"]
    key = contacts.task.sys_id

    def check(schema: Any, value: Any) -> None:
        if "properties" in schema:
            assert schema["properties"].keys() >= value.keys() >= set(schema["required"])
            for name, inner in schema["properties"].items():
                check(inner, value[name])
        elif schema.get("type") == "array":
            for one in value:
                check(schema["items"], one)
        elif "enum" in schema:
            assert value in schema["enum"]

    for method, rest, status, body in (
        ("get", "/rows", 200, None),
        ("post", "/preview", 200, {"rows": "all"}),
        ("post", "/validate", 202, {}),
        ("post", "/restart", 200, {}),
    ):
        answer = call(method.upper(), f"{IMPORTS}{rest}".replace("{sys_id}", key), json=body)
        assert answer.status_code == status
        told = paths[f"{IMPORTS}{rest}"][method]["responses"][str(status)]
        check(told["content"]["application/json"]["schema"], answer.json)


def test_staging_tables_are_told_as_they_are_served(call: Call) -> None:
    document = call("GET", "/api/openapi.json").json
    assert document["paths"][f"/api/now/table/{CONTACTS}"].keys() == {"get"}
    assert document["components"]["schemas"][CONTACTS]["properties"]["u_first_name"]["title"] == "First name"


def test_it_lists_what_the_caller_may_do(call: Call) -> None:
    document = call("GET", "/api/openapi.json", "admin").json
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) >= {f"/api/now/table/{name}" for name in RECORDS}
    made = document["paths"]["/api/now/table/customer_contact"]["post"]
    needed = made["requestBody"]["content"]["application/json"]["schema"]["required"]
    assert set(needed) == {"first_name", "last_name", "email", "account"}
    values = document["components"]["schemas"]["customer_contact_values"]["properties"]
    assert values["first_name"]["maxLength"] == 40
    assert "fr" in values["language"]["enum"]
    assert "sys_created_on" not in values


def test_a_customer_reads_about_little(call: Call) -> None:
    document = call("GET", "/api/openapi.json", "genixify.manager").json
    assert "/api/now/table/sys_user" not in document["paths"]
    assert f"/api/now/table/{CONTACTS}" not in document["paths"]
    assert f"{IMPORTS}/load" not in document["paths"]
    assert "/api/now/attachment" in document["paths"]
    assert "post" not in document["paths"]["/api/now/table/customer_contact"]
    assert set(document["components"]["schemas"]["customer_account"]["properties"]) == {"sys_id", "name"}


def test_every_reference_in_it_leads_somewhere(call: Call) -> None:
    document = call("GET", "/api/openapi.json", "admin").json

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            for inner in part.values():
                yield from references(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from references(inner)

    for found in set(references(document)):
        place = document
        for step in found.removeprefix("#/").split("/"):
            place = place[step]
