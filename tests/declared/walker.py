"""A persona at every door: which doors there are, a request that each understands, and what the answer comes to."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import Connection
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

from ale.foundation.db import db
from ale.foundation.field import fields_of
from ale.foundation.record import RECORDS
from ale.foundation.tables import table_names
from ale.web.addresses import PAGES
from ale.web.audience import Audience, audience_of
from tests.declared.contract import ACCESS, declared
from tests.declared.world import World
from tests.functional.api.calls import basic

DECLARED = declared("doors.yaml")
UNREADY = 503  # what /readyz says without a queue


@dataclass(frozen=True)
class Door:
    """A route with one method, and what it needs."""

    endpoint: str
    method: str
    rule: Rule
    needs: dict[str, Any]
    table: str | None
    """The table that the right is to."""

    @property
    def names_record(self) -> bool:
        return "of" in self.needs

    @property
    def audience(self) -> Audience | None:
        return audience_of(self.endpoint)


def doors(app: Flask) -> Iterator[Door]:
    """Every route with every method; KeyError for one that nobody declared."""
    pages = {f"{prefix}_{name}": (kind, name) for kind, prefix in PAGES.items() for name in DECLARED["record pages"]}
    by_type = {kind: table for table, kind in RECORDS.items()}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint in pages:
                kind, name = pages[rule.endpoint]
                if name in ("ask_step", "move") and not kind.__sheet__.flow:
                    continue  # there is no step to ask for
                yield Door(rule.endpoint, method, rule, DECLARED["record pages"][name], by_type[kind])
            elif rule.endpoint in DECLARED["table api"]:
                for table in ACCESS.keys() & {*table_names()}:
                    yield Door(rule.endpoint, method, rule, DECLARED["table api"][rule.endpoint], table)
            else:
                needs = DECLARED["doors"][rule.endpoint]
                yield Door(rule.endpoint, method, rule, needs, needs.get("of") or needs.get("table"))


def verdict(status: int, headers: dict[str, str], body: str | None) -> str:
    """What an answer comes to, `body` only of a call; a rule that refuses says that the door itself is open."""
    location = headers.get("Location", "")
    if status == 401 or location.startswith("/login"):
        return "log on"
    if location == "/portal":
        return "portal"
    if status == 403:
        return "open" if body and "problems" in body else "refused"
    if status == 404:
        return "hidden"
    no_token = status == 400 and body is None
    return "failed" if no_token or (status >= 500 and status != UNREADY) else "open"


class Walker:
    """One persona: requests go straight to the application, and what they write is taken back."""

    def __init__(self, app: Flask, world: World, persona: str, cookie: str, token: str) -> None:
        self.app, self.world = app, world
        self._addresses = app.url_map.bind("localhost")
        self._connection: Connection = db._app_engines[app][None]  # type: ignore[assignment]
        self._caller = basic(persona) if persona else {}
        self._visitor = {"Cookie": cookie, "X-CSRFToken": token}

    def ask(self, door: Door, place: str) -> str:
        """The verdict of a door about the record at a place."""
        if door.method == "GET":
            return self._asked(door, place)
        point = self._connection.begin_nested()
        try:
            return self._asked(door, place)
        finally:
            point.rollback()

    def _asked(self, door: Door, place: str) -> str:
        key = self.world.key(kind_of(door), place) if door.names_record else ""
        more = self.world.more.get(key) or self.world.more.get(self.world.key(kind_of(door), "own"), {})
        calls = door.audience is Audience.CALLERS
        builder = EnvironBuilder(
            self._address(door, key, more),
            method=door.method,
            headers=self._caller if calls else self._visitor,
            query_string=_query(door, key),
            **({} if door.method == "GET" else _body(door, key, more) if calls else {"data": FORM}),
        )
        chunks, status, headers = Context().run(run_wsgi_app, self.app.wsgi_app, builder.get_environ(), buffered=True)
        return verdict(int(status.split()[0]), dict(headers), b"".join(chunks).decode() if calls else None)

    def _address(self, door: Door, key: str, more: dict[str, str]) -> str:
        """The address of the door for this record; what follows it in the address is there at the record's place."""
        known = {"sys_id": key, "context": key, "table": door.table or "customer_contact", "name": _name(door)}
        known |= {"kind": "touchpoints" if door.table == "sn_acct_lc_touchpoint" else "cases"}
        known |= {"verb": "save", "filename": "css/base.css"} | more
        wanted = door.rule.arguments - (door.rule.defaults or {}).keys()
        given = {name: known.get(name) or self.world.nothing for name in wanted}
        return self._addresses.build(door.endpoint, given, door.method)


FORM = {"do": "delete", "go": "try", "text": "something", "element": "comments"}
"""What is sent to pages: no field of a record, the deed of a batch, and an entry of a journal."""


def kind_of(door: Door) -> str:
    """What the address of a door names: a record of its table, or a job about it."""
    return "job" if door.endpoint == "import_api.job" else door.table or ""


def _name(door: Door) -> str:
    """The table of a call, the field of a lookup, the step of a flow."""
    kind = RECORDS.get(door.table or "")
    if door.audience is Audience.CALLERS or kind is None:
        return door.table or ""
    if door.endpoint.endswith("_lookup"):
        return next((one.name for one in fields_of(kind).values() if one.targets), "sys_created_by")
    return next((step.name for step in kind.__sheet__.flow), "none")


def _query(door: Door, key: str) -> dict[str, str]:
    """Records that are named behind the question mark."""
    if door.endpoint.startswith("api_import_sets."):
        return {"sysparm_import_task": key}
    if door.endpoint == "api_attachments.upload":
        return {"table_name": door.table or "", "table_sys_id": key, "file_name": "x.txt"}
    return {}


def _body(door: Door, key: str, more: dict[str, str]) -> dict[str, Any]:
    """The body of a call."""
    if door.endpoint == "api_attachments.upload":
        return {"data": b"x", "content_type": "text/plain"}
    if door.endpoint == "api_attachments.upload_form":
        file = (BytesIO(b"x"), "x.txt")
        return {"data": {"table_name": door.table, "table_sys_id": key, "uploadFile": file}}
    if door.endpoint == "api_import_sets.many_rows":
        return {"json": {"records": [{"email": "x"}]}}
    if not door.endpoint.startswith("import_api."):
        return {"json": {}}
    named = {"publication": more.get("publication"), "attachments": [more.get("attachment")]}
    return {"json": {"rows": "all", "values": {}} | named}
