"""The search of the top bar: one statement over every type that has pages and says what is searched."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, or_, select, union_all

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.reading import may, readable_fields, visible
from ale.foundation.record import RECORDS, Record, table_name
from ale.web.addresses import PAGES, list_href, record_href
from ale.web.language import label

MOST = 8  # of each type
TEXTS = 3  # searched fields that are shown


def results(text: str, by: Actor) -> list[dict[str, Any]]:
    """[{label, href, items: [{text, note, href}]}] for each type with matches; href is the list of all of them."""
    parts = [part for record_type in PAGES if (part := _part(record_type, text, by)) is not None]
    rows = session.execute(select(union_all(*parts).subquery())).all() if parts else []
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.found_in].append(row)
    return [_group(RECORDS[table], rows, text) for table, rows in found.items()]


def exact(text: str, by: Actor) -> str | None:
    """The page of the one record with this number, so that a number typed leads straight to it."""
    wanted = text.strip().upper()
    for record_type in PAGES:
        prefix = record_type.__sheet__.prefix
        if prefix and wanted.startswith(prefix) and wanted[len(prefix) :].isdigit() and may(record_type, "read", by):
            key = session.scalar(
                visible(record_type, by)
                .with_only_columns(record_type.sys_id)
                .where(_column(record_type, "number") == wanted)
            )
            if key:
                return record_href(table_name(record_type), key)
    return None


def _part(record_type: type[Record], text: str, by: Actor) -> Any:
    """The SELECT of one type: its table, the key and the first searched texts; None where nothing may be searched."""
    if not may(record_type, "read", by):
        return None
    known = readable_fields(record_type, by)
    names = [name for name in record_type.__sheet__.search if name in known]
    if not names:
        return None
    texts: list[ColumnElement[str]] = [cast(_column(record_type, name), String) for name in names[:TEXTS]]
    texts += [literal("")] * (TEXTS - len(texts))
    return select(
        visible(record_type, by)
        .with_only_columns(
            literal(table_name(record_type)).label("found_in"),
            record_type.sys_id.label("key"),
            *(text_.label(f"text_{place}") for place, text_ in enumerate(texts)),
        )
        .where(or_(*(_column(record_type, name).icontains(text, autoescape=True) for name in names)))
        .limit(MOST)
        .subquery()
    )


def _column(record_type: type[Record], name: str) -> Any:
    return getattr(record_type, name)


def _group(record_type: type[Record], rows: list[Any], text: str) -> dict[str, Any]:
    table = table_name(record_type)
    items = []
    for _table, key, *texts in rows:
        first, *others = filter(None, texts)
        items.append({"text": first, "note": " · ".join(others), "href": record_href(table, key)})
    return {"label": label(record_type.__sheet__.plural), "href": list_href(record_type, q=text), "items": items}
