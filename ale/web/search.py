"""The search of the top bar and of the palette: over every record that the actor may read and that has a page."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, select, union_all

from ale.foundation import fulltext
from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.field import Kind
from ale.foundation.reading import may, names_of, readable_fields, visible
from ale.foundation.record import RECORDS, Record, table_name
from ale.web.addresses import PAGES, list_href, record_href
from ale.web.language import label

MOST = 8  # of each type
TEXTS = 3  # that say which record it is


def results(text: str, by: Actor) -> list[dict[str, Any]]:
    """[{label, href, items: [{text, note, href}]}] for each type with matches; href is the list of all of them."""
    where = fulltext.tables_with(text, by)
    types = [one for one in PAGES if table_name(one) in where and may(one, "read", by)]
    parts = [_part(record_type, text, by) for record_type in types]
    rows = session.execute(select(union_all(*parts).subquery())).all() if parts else []
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.found_in].append(row)
    return [_group(RECORDS[table], rows, text, by) for table, rows in found.items()]


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
    """The SELECT of one type: its table, the key and the first texts that say which record it is."""
    texts: list[ColumnElement[str]] = [cast(_column(record_type, name), String) for name in _telling(record_type, by)]
    texts += [literal("")] * (TEXTS - len(texts))
    return select(
        visible(record_type, by)
        .with_only_columns(
            literal(table_name(record_type)).label("found_in"),
            record_type.sys_id.label("key"),
            *(text_.label(f"text_{place}") for place, text_ in enumerate(texts)),
        )
        .where(fulltext.found(record_type, text, by, exact=True))
        .limit(MOST)
        .subquery()
    )


def _telling(record_type: type[Record], by: Actor) -> list[str]:
    """The display and the searched fields of the sheet that `by` may see, as far as they are texts."""
    known = readable_fields(record_type, by)
    sheet = record_type.__sheet__
    names = dict.fromkeys((*sheet.search, sheet.display))
    return [name for name in names if name in known and known[name].kind is Kind.TEXT][:TEXTS]


def _column(record_type: type[Record], name: str) -> Any:
    return getattr(record_type, name)


def _group(record_type: type[Record], rows: list[Any], text: str, by: Actor) -> dict[str, Any]:
    table = table_name(record_type)
    called = {} if _telling(record_type, by) else names_of(table, [row.key for row in rows])
    items = []
    for _table, key, *texts in rows:
        first, *others = [*filter(None, texts)] or [called.get(key) or label(record_type.__sheet__.label)]
        items.append({"text": first, "note": " · ".join(others), "href": record_href(table, key)})
    return {"label": label(record_type.__sheet__.plural), "href": list_href(record_type, q=text), "items": items}
