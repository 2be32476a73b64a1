"""Values as a person writes them become values as they are stored: `sysparm_input_display_value=true`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import request

from ale.foundation.actor import Actor
from ale.foundation.calendar_words import zone_named
from ale.foundation.convert import as_text
from ale.foundation.field import Field, Kind
from ale.foundation.reading import readable_fields
from ale.foundation.record import Record
from ale.foundation.tables import RecordTable, Table
from ale.web.identity import actor
from ale.web.json import payload
from ale.web.picking import named


def given(table: Table) -> dict[str, Any]:
    """The body of the request, its values as they are stored."""
    values = payload()
    as_shown = request.args.get("sysparm_input_display_value", "").lower() == "true"
    return stored(table.record_type, values, actor()) if as_shown and isinstance(table, RecordTable) else values


def stored(record_type: type[Record], values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """`values` with names of records as their sys_ids and moments of the caller's clock in UTC.

    What names nothing stays as it is, so that the change says what is wrong with it; choices are read by their labels
    in any case.
    """
    known = readable_fields(record_type, by)
    return {name: _stored(known[name], value, by) if name in known else value for name, value in values.items()}


def _stored(item: Field, value: Any, by: Actor) -> Any:
    if not isinstance(value, str) or not value.strip():
        return value
    if item.kind is Kind.LIST and item.to:
        return ",".join(named(item, "", part, by) for part in value.split(","))
    if item.targets:
        return named(item, "", value, by)
    return _in_utc(value, by) if item.kind is Kind.DATETIME else value


def _in_utc(text: str, by: Actor) -> str:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone_named(by.time_zone))
    return as_text(local.astimezone(UTC).replace(tzinfo=None))
