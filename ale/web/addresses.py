"""Addresses: where the pages of each record type are, and which addresses may be followed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import url_for

from ale.foundation.actor import Actor
from ale.foundation.label import Label
from ale.foundation.reading import may
from ale.foundation.record import RECORDS, Record, table_name

PAGES: dict[type[Record], str] = {}
"""The first part of the endpoints of each type with pages, e.g. "accounts.contacts"; filled by `record_pages`."""


def pages_of(record_type: type[Any] | None) -> str | None:
    """The first part of the endpoints of a type; a type without pages of its own has those of what it extends."""
    return next((PAGES[base] for base in getattr(record_type, "__mro__", ()) if base in PAGES), None)


ALIASES = {"sn_acct_lc_success_notifier_launcher": "sn_acct_lc_success_launcher_notifier"}
"""Further names of tables in the documented addresses."""

INSTEAD: dict[type[Record], dict[str, str]] = {}
"""Types that open elsewhere than at their form: {"show": endpoint, "new": endpoint}; filled by `opens_at`."""

MORE: dict[type[Record], list[tuple[Label, str, bool, tuple[str, ...]]]] = {}
"""Further buttons on the page of a record: label, endpoint, whether it changes something, for whom; see `offers`."""


def offers(
    record_type: type[Record], label: Label, endpoint: str, *, changes: bool, roles: tuple[str, ...] = ("*",)
) -> None:
    """Put a button on the page of every record of a type: a link, or a form that posts when it `changes` something.

    `roles` are those who see it.
    """
    MORE.setdefault(record_type, []).append((label, endpoint, changes, roles))


def opens_at(record_type: type[Record], **endpoints: str) -> None:
    """Let the records of a type open at another page than their form, e.g. a case at its playbook."""
    INSTEAD[record_type] = endpoints


def form_href(record_type: type[Record] | None, sys_id: str | None, **arguments: Any) -> str | None:
    """The form of a record, also where its type opens elsewhere; None where it has no pages."""
    pages = pages_of(record_type)
    return url_for(f"{pages}_show", sys_id=sys_id, **arguments) if pages and sys_id else None


def record_href(table: str | None, sys_id: str | None, **arguments: Any) -> str | None:
    """Where a record opens: at its form unless its type says otherwise; None where its type has no pages."""
    record_type = RECORDS.get(table or "")
    endpoint = INSTEAD[record_type].get("show") if record_type in INSTEAD else None
    if endpoint and sys_id:
        return url_for(endpoint, sys_id=sys_id, **arguments)
    return form_href(record_type, sys_id, **arguments)


def record_hrefs(table: str | None, **arguments: Any) -> Callable[[str], str | None]:
    """`record_href` for many records of a table: the address is built once, then only the key differs."""
    before, found, after = (record_href(table, _ANY, **arguments) or "").partition(_ANY)
    return (lambda sys_id: f"{before}{quote(sys_id, safe='')}{after}") if found else lambda _sys_id: None


_ANY = "any-record"


def list_href(record_type: type[Record], **arguments: Any) -> str | None:
    """The list of a type, e.g. with `query="state=active^account=..."`; None where it has no pages."""
    pages = pages_of(record_type)
    return url_for(f"{pages}_list", **arguments) if pages else None


def new_href(record_type: type[Record], **values: Any) -> str | None:
    """Where a new record begins, with these values: at its form unless its type says otherwise; None without pages."""
    pages = pages_of(record_type)
    endpoint = INSTEAD.get(record_type, {}).get("new") or (f"{pages}_new" if pages else None)
    return url_for(endpoint, **values) if endpoint else None


def report_href(record_type: type[Record], by: Actor, query: str) -> str | None:
    """Where a report about the rows of a list begins, for those who may make one."""
    kept = RECORDS["sys_report"]
    if not may(record_type, "report_view", by) or not may(kept, "create", by):
        return None
    return new_href(kept, table_name=table_name(record_type), filter=query or None)


def own_path(address: str | None, otherwise: str = "/") -> str:
    """The path and query of `address` when it leads into this application, else `otherwise`: never follow further.

    Host and scheme are dropped, so that a full address of our own pages (as htmx sends it) is accepted too.
    """
    parts = urlsplit((address or "").strip())
    path = parts.path if parts.path.startswith("/") and not parts.path.startswith(("//", "/\\")) else otherwise
    return f"{path}?{parts.query}" if parts.query and path == parts.path else path
