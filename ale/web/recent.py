"""The records somebody opened last, kept in a cookie as ids only: reading a page writes nothing to the database."""

from flask import Flask, Response, request

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.reading import may, names_of, visible
from ale.foundation.record import RECORDS, Record, table_name
from ale.web.addresses import INSTEAD, PAGES, record_href
from ale.web.language import label

COOKIE, MOST = "ale_recent", 8
Key = tuple[str, str]


def init_app(app: Flask) -> None:
    """Remember every record whose page is shown."""
    app.after_request(_remember)


def items(by: Actor) -> list[dict[str, str | None]]:
    """[{text, note, href}] of what was opened last and may be read still, newest first."""
    found: dict[Key, dict[str, str | None]] = {}
    known = _known()
    for table in {table for table, _key in known}:
        record_type = RECORDS[table]
        if not may(record_type, "read", by):
            continue
        wanted = [key for name, key in known if name == table]
        readable = session.scalars(
            visible(record_type, by).with_only_columns(record_type.sys_id).where(record_type.sys_id.in_(wanted))
        ).all()
        for key, text in names_of(table, readable).items():
            note = label(record_type.__sheet__.label)
            found[table, key] = {"text": text or note, "note": note, "href": record_href(table, key)}
    return [found[key] for key in known if key in found]


def _known() -> list[Key]:
    """What the cookie says; whoever changed it finds no more than what may be read."""
    pairs = [one.partition(":") for one in request.cookies.get(COOKIE, "").split("|")]
    return [(table, key) for table, _colon, key in pairs if table in RECORDS and key.isalnum()][:MOST]


def _remember(response: Response) -> Response:
    shown = _shown()
    if shown is None or response.status_code != 200 or request.method != "GET":
        return response
    key = (table_name(shown), str((request.view_args or {})["sys_id"]))
    now = [key, *(one for one in _known() if one != key)][:MOST]
    if now != _known():
        value = "|".join(":".join(one) for one in now)
        response.set_cookie(COOKIE, value, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def _shown() -> type[Record] | None:
    """The type whose record this page shows."""
    for record_type, pages in PAGES.items():
        if request.endpoint in (f"{pages}_show", INSTEAD.get(record_type, {}).get("show")):
            return record_type
    return None
