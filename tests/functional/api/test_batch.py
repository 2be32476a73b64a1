"""Several requests in one: each answered as if it came alone, in order, in the name of the caller."""

import base64
import json
from typing import Any

import pytest

from tests.functional.api.calls import CASES, CONTACTS, Call, Rows, contact, contact_of

BATCH = "/api/now/v1/batch"
JSON = [{"name": "Content-Type", "value": "application/json"}]


def part(number: int, method: str, url: str, body: Any = None) -> dict[str, Any]:
    sent = {"body": base64.b64encode(json.dumps(body).encode()).decode()} if body is not None else {}
    return {"id": str(number), "method": method, "url": url, "headers": JSON} | sent


def batch(call: Call, *parts: dict[str, Any], user: str = "agent") -> list[dict[str, Any]]:
    answer = call("POST", BATCH, user, json={"batch_request_id": 7, "rest_requests": list(parts)})
    assert answer.status_code == 200, answer.text
    assert answer.json["batch_request_id"] == "7"
    assert answer.json["unserviced_requests"] == []
    served: list[dict[str, Any]] = answer.json["serviced_requests"]
    return served


def body(served: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(served["body"]))


def test_each_request_is_answered_in_order(call: Call, rows: Rows) -> None:
    key = contact_of("Genixify")
    served = batch(
        call,
        part(3, "PATCH", f"{CONTACTS}/{key}?sysparm_display_value=all", {"title": "Buyer"}),
        part(1, "GET", f"{CONTACTS}?sysparm_query=account.name%3DGenixify&sysparm_limit=1"),
        part(2, "POST", CONTACTS, contact(first_name="Zoë")),
        part(4, "GET", f"{CONTACTS}/bunk"),
        part(5, "POST", CONTACTS, {}),
        part(6, "DELETE", f"{CONTACTS}/{key}"),
    )
    assert [(one["id"], one["status_code"]) for one in served] == [
        ("3", 200), ("1", 200), ("2", 201), ("4", 404), ("5", 400), ("6", 403),
    ]  # fmt: skip
    assert body(served[0])["result"]["title"]["value"] == "Buyer"
    headers = {one["name"]: one["value"] for one in served[1]["headers"]}
    after = rows("customer_contact", query="account.name=Genixify")
    assert int(headers["X-Total-Count"]) == len(after) - 1
    assert body(served[2])["result"]["first_name"] == "Zoë"
    assert rows("customer_contact", query=f"sys_id={key}", fields="title") == [{"title": "Buyer"}]


def test_a_deleted_record_has_no_body(call: Call) -> None:
    key = call("POST", CONTACTS, json=contact()).json["result"]["sys_id"]
    (served,) = batch(call, part(1, "DELETE", f"{CONTACTS}/{key}"), user="admin")
    assert (served["status_code"], "body" in served) == (204, False)


def test_nothing_to_do(call: Call) -> None:
    assert batch(call) == []


def test_a_refusal_does_not_hinder_the_others(call: Call) -> None:
    same = contact(email="twice@x.example")
    served = batch(call, *(part(number, "POST", CONTACTS, same) for number in range(2)), part(9, "GET", CONTACTS))
    assert [one["status_code"] for one in served] == [201, 403, 200]


def test_a_request_inside_sees_no_more_than_one_alone(call: Call) -> None:
    (served,) = batch(call, part(1, "GET", CASES), user="genixify.admin")
    assert "Boxeo" not in json.dumps(body(served))
    (refused,) = batch(call, part(1, "GET", "/api/now/table/sys_user"), user="genixify.admin")
    assert refused["status_code"] == 403


@pytest.mark.parametrize(
    "url", ["/login", "", "https://elsewhere.example/api/now/table/x", BATCH, "/api/now/v1/../batch", "/livez"]
)
def test_only_the_api_is_reached_and_no_further_batch(call: Call, url: str) -> None:
    answer = call("POST", BATCH, json={"batch_request_id": 1, "rest_requests": [part(1, "GET", url)]})
    assert answer.status_code == 400


@pytest.mark.parametrize("given", [{"rest_requests": "x"}, {"rest_requests": [1]}, {"rest_requests": [{}] * 1001}])
def test_what_is_no_batch_is_400(call: Call, given: dict[str, Any]) -> None:
    assert call("POST", BATCH, json=given).status_code == 400


def test_a_body_that_is_no_base64_is_400(call: Call) -> None:
    bad = part(1, "POST", CONTACTS) | {"body": "é!"}
    assert call("POST", BATCH, json={"batch_request_id": 1, "rest_requests": [bad]}).status_code == 400


def test_a_batch_needs_credentials(client: Any) -> None:
    assert client.post(BATCH, json={"rest_requests": []}).status_code == 401
