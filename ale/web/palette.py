"""The box at the top of every page: records, pages and actions by a few letters; tables by their documented names."""

import re
from typing import Any
from unicodedata import combining, normalize

from flask import url_for
from flask_babel import gettext as _

from ale.foundation.actor import Actor
from ale.foundation.reading import may
from ale.foundation.record import Record, table_name
from ale.web import recent
from ale.web.addresses import ALIASES, PAGES, list_href, new_href
from ale.web.language import label, locale
from ale.web.navigation import Menu
from ale.web.search import results

MOST = 6  # of pages and of actions
_TABLE = re.compile(r"(\w+)\.(list|do)")
Item = dict[str, Any]


def groups(text: str, by: Actor) -> list[dict[str, Any]]:
    """[{label, href, items: [{text, note, href}]}]: what `text` may mean; without one, what was opened last."""
    if not text:
        parts = [(_("Opened last"), recent.items(by)), (_("Pages"), _pages("", by))]
    else:
        parts = [(_("Pages"), _pages(text, by)[:MOST]), (_("Actions"), _actions(text, by)[:MOST])]
    found = results(text, by) if text else []
    return [{"label": name, "href": None, "items": items} for name, items in parts if items] + found


def table_address(text: str, by: Actor) -> str | None:
    """The address of `<table>.list` or `<table>.do`, when that is what `text` says and `by` may read the table."""
    match = _TABLE.fullmatch(text.strip().lower())
    table = ALIASES.get(match[1], match[1]) if match else ""
    record_type = next((one for one in PAGES if table_name(one) == table), None)
    if match is None or record_type is None or not may(record_type, "read", by):
        return None
    endpoint = "home_redirects.to_list" if match[2] == "list" else "home_redirects.to_form"
    return url_for(endpoint, table=table)


def _pages(text: str, by: Actor) -> list[Item]:
    """The links of the rail, then the lists of every table that may be read."""
    links = [link for group in Menu(by, locale()).groups for link in group["links"]]
    items = [{"text": link["label"], "note": "", "href": link["href"]} for link in links if _fits(text, link["label"])]
    if text:
        items += [_list(one) for one in _types("read", by) if _fits(text, f"{_plural(one)} {table_name(one)}.list")]
    return list({item["href"]: item for item in reversed(items)}.values())[::-1]


def _actions(text: str, by: Actor) -> list[Item]:
    found = []
    for one in _types("create", by):
        name = label(one.__sheet__.label)
        if _fits(text, f"{_new(name)} {table_name(one)}.do"):
            found.append({"text": _new(name), "note": f"{table_name(one)}.do", "href": new_href(one)})
    return found


def _new(name: str) -> str:
    return _("New %(type)s", type=name[0].lower() + name[1:])


def _types(operation: str, by: Actor) -> list[type[Record]]:
    return [one for one in PAGES if may(one, "read", by) and may(one, operation, by)]


def _list(record_type: type[Record]) -> Item:
    return {"text": _plural(record_type), "note": f"{table_name(record_type)}.list", "href": list_href(record_type)}


def _plural(record_type: type[Record]) -> str:
    return label(record_type.__sheet__.plural)


def _fits(text: str, name: str) -> bool:
    """Whether every word of `text` begins a word of `name` (or stands in it after a dot or a line)."""
    words = re.split(r"[\W]+", _plain(name))
    return _plain(text) in _plain(name) or all(
        any(word.startswith(part) for word in words) for part in _plain(text).split()
    )


def _plain(text: str) -> str:
    return "".join(one for one in normalize("NFKD", text.lower()) if not combining(one))
