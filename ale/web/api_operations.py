"""What the routes of the API beside its tables say of themselves, for the OpenAPI document.

`described` stands on the view, below its route: address, methods and summary are those of the route and of the view's
docstring, so that a route and its description are one declaration.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from flask import current_app

from ale.foundation.actor import Actor
from ale.web.api_schemas import Schema, in_path, parameters, with_errors

View = TypeVar("View", bound=Callable[..., Any])

_PLACEHOLDER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_described: dict[Callable[..., Any], "Operation"] = {}


class Operation(NamedTuple):
    """What a view answers by status and takes; `offered` says to whom."""

    tag: str
    answers: Schema
    body: Schema | None
    query: tuple[tuple[str, str], ...]
    offered: Callable[[Actor], bool]

    def document(self, view: Callable[..., Any]) -> Schema:
        """The operation in the words of OpenAPI."""
        told: Schema = {
            "tags": [self.tag],
            "summary": str(view.__doc__).partition("\n")[0],
            "responses": with_errors(self.answers),
        }
        if self.query:
            told["parameters"] = parameters(self.query)
        if self.body:
            told["requestBody"] = {"content": self.body}
        return told


def described(
    tag: str,
    answers: Schema,
    *,
    body: Schema | None = None,
    query: tuple[tuple[str, str], ...] = (),
    offered: Callable[[Actor], bool] = lambda _by: True,
) -> Callable[[View], View]:
    """Describe a view; `answers` by status, `body` by content type."""

    def register(view: View) -> View:
        _described[view] = Operation(tag, answers, body, query, offered)
        return view

    return register


def json_body(schema: Schema) -> Schema:
    """A body of JSON."""
    return {"application/json": {"schema": schema}}


def operations(by: Actor) -> Schema:
    """The paths of all described routes that are offered to `by`."""
    paths: dict[str, Schema] = defaultdict(dict)
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        operation = _described.get(view)
        if operation is None or not operation.offered(by):
            continue
        path = paths[_PLACEHOLDER.sub(r"{\1}", rule.rule)]
        if rule.arguments:
            path["parameters"] = [in_path(name) for name in sorted(rule.arguments)]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path[method.lower()] = operation.document(view)
    return dict(paths)
