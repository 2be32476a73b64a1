"""What the API answers to generated requests: never a 5xx, and always what its OpenAPI document says."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.functional.api.calls import basic

PERSONAS = ("admin", "csm", "genixify.admin")
EXAMPLES = 3
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance]


def operations(app: Flask, persona: str) -> Iterator[Any]:
    """A third of all operations, another one for each persona, so that the three together meet them all."""
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", app, headers=basic("admin"))
    found = (one.ok() for one in document.get_all_operations() if isinstance(one, Ok))
    return islice(found, PERSONAS.index(persona), None, len(PERSONAS))


@pytest.mark.parametrize("persona", PERSONAS)
def test_generated_requests_are_answered_as_the_document_says(app: Flask, persona: str) -> None:
    calls = 0
    for operation in operations(app, persona):

        @seed(calls)
        @settings(
            max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            nonlocal calls
            calls += 1
            answer = case.call(headers=basic(persona))
            case.validate_response(answer, checks=CHECKS)

        send()
    assert calls > 300
