"""The OpenAPI document agrees with the declarations and with the caller's rights."""

from collections.abc import Iterator
from typing import Any

from ale.foundation.record import RECORDS
from tests.functional.api.calls import Call


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
    document = call("GET", "/api/openapi.json", "genixify.admin").json
    assert "/api/now/table/sys_user" not in document["paths"]
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
