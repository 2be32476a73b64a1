"""What a list is filtered by: chips for what is set, controls for what may be set, all of it one encoded query."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from ale.foundation.actor import Actor
from ale.foundation.encoded import Clause, Condition, Query, Related, parse
from ale.foundation.field import Field, Kind
from ale.foundation.reading import name_of, readable_fields
from ale.foundation.record import RECORDS, Record
from ale.web.language import label

Address = Callable[[str], str]
"""The address of the same list with another encoded query."""


def encode(query: Query) -> str:
    """A query as the text that `parse` reads."""
    groups = [
        "^".join("^OR".join(map(_term, clause)) for clause in sorted(group, key=_has_no_end)) for group in query.groups
    ]
    order = [f"ORDERBY{'DESC' if one.descending else ''}{'.'.join(one.path)}" for one in query.order]
    return "^".join(filter(None, ["^NQ".join(groups), *order]))


def _term(one: Condition | Related) -> str:
    path = ".".join(one.path)
    if isinstance(one, Condition):
        return f"{path}{one.operator}{one.value.replace('^', '^^')}"
    if one.own == ("sys_id",):
        return f"RLQUERY{path},{one.operator}{one.number}^{encode(one.query)}^ENDRLQUERY"
    return f"JOIN{one.table}.{'.'.join(one.own)}={path}!{encode(one.query)}"


def _has_no_end(clause: Clause) -> bool:
    """Whether the clause goes on to the end of the query, so that it must stand last."""
    return any(isinstance(one, Related) and one.own != ("sys_id",) for one in clause)


def narrowed(text: str, chosen: Mapping[str, str]) -> str:
    """The encoded query with the given fields set to these values; an empty value takes the field's condition out."""
    query = parse(text)
    kept = [[clause for clause in group if not _is_about(clause, chosen)] for group in query.groups or ((),)]
    added = [(Condition((name,), "=", value),) for name, value in chosen.items() if value]
    groups = tuple((*group, *added) for group in kept)
    return encode(replace(query, groups=tuple(group for group in groups if group)))


def also(text: str, *conditions: Condition) -> str:
    """The encoded query narrowed further by each of these conditions."""
    query, added = parse(text), tuple((one,) for one in conditions)
    return encode(replace(query, groups=tuple((*group, *added) for group in query.groups or ((),))))


def _is_about(clause: Clause, names: Mapping[str, str]) -> bool:
    return len(clause) == 1 and len(clause[0].path) == 1 and clause[0].path[0] in names


def chips(record_type: type[Record], text: str, by: Actor, address: Address) -> list[dict[str, str]]:
    """[{text, href}] of the conditions that are set; href is the list without that one."""
    query = parse(text)
    if len(query.groups) > 1:  # alternatives stand or fall together
        words = [
            _(" or ").join(_said(record_type, one, by) for one in clause) for group in query.groups for clause in group
        ]
        return [{"text": " / ".join(words), "href": address("")}]
    clauses = query.groups[0] if query.groups else ()
    return [
        {
            "text": _clause(record_type, clause, by),
            "href": address(encode(replace(query, groups=(tuple(c for c in clauses if c is not clause),)))),
        }
        for clause in clauses
    ]


def _clause(record_type: type[Record], clause: Clause, by: Actor) -> str:
    return _(" or ").join(_said(record_type, one, by) for one in clause)


def _said(record_type: type[Record], one: Condition | Related, by: Actor) -> str:
    """A condition in words; the path of fields by their labels."""
    if isinstance(one, Related):
        known = RECORDS.get(one.table)
        return _("Related: {table} {operator} {number}").format(
            table=label(known.__sheet__.plural) if known else one.table, operator=one.operator, number=one.number
        )
    labels: list[str] = []
    item: Field | None = None
    for name in one.path:
        item = readable_fields(record_type, by).get(name)
        labels.append(label(item.label) if item else name)
        record_type = RECORDS.get(item.to or "", record_type) if item else record_type
    words = {
        "=": _("{label}: {value}"),
        "IN": _("{label}: {value}"),
        "!=": _("{label}: not {value}"),
        "NOT IN": _("{label}: not {value}"),
        "LIKE": _("{label} contains {value}"),
        "NOT LIKE": _("{label} does not contain {value}"),
        "STARTSWITH": _("{label} begins with {value}"),
        "ENDSWITH": _("{label} ends with {value}"),
        "ISEMPTY": _("{label}: empty"),
        "ISNOTEMPTY": _("{label}: not empty"),
    }
    pattern = words.get(one.operator, f"{{label}} {one.operator} {{value}}")
    return pattern.format(label=" › ".join(labels), value=_value(item, one.value))


def _value(item: Field | None, text: str) -> str:
    """The compared value as a person reads it."""
    parts = text.split(",")
    if item and item.choices:
        members = [item.choices.read(part) for part in parts]
        return ", ".join(label(one) if one else part for one, part in zip(members, parts, strict=True))
    if item and item.to:
        return ", ".join(name_of(item.to, part) or part for part in parts)
    if item and item.kind is Kind.BOOLEAN:
        return {"true": _("Yes"), "false": _("No")}.get(text, text)
    if text == "javascript:gs.nowDateTime()":
        return _("now")
    said = [part for part in text.split("@") if not part.startswith("javascript:")]
    return " – ".join(said) or text


def controls(record_type: type[Record], text: str, by: Actor, lookup: Callable[[str], str]) -> list[dict[str, Any]]:
    """The form fields of the filter, one for each field the sheet filters by, as the field macro takes them."""
    set_now = {
        clause[0].path[0]: clause[0].value
        for group in parse(text).groups
        for clause in group
        if len(clause) == 1 and isinstance(clause[0], Condition) and clause[0].operator == "="
    }
    known = readable_fields(record_type, by)
    return [
        _control(known[name], set_now.get(name, ""), lookup) for name in record_type.__sheet__.filters if name in known
    ]


def _control(item: Field, value: str, lookup: Callable[[str], str]) -> dict[str, Any]:
    control: dict[str, Any] = {"name": item.name, "label": label(item.label), "value": value, "prefix": "filter-"}
    if item.choices:
        return control | {"widget": "select", "choices": [(one.value, label(one)) for one in item.choices]}
    if item.kind is Kind.BOOLEAN:
        return control | {"widget": "select", "choices": [("true", _("Yes")), ("false", _("No"))]}
    if item.kind is Kind.REFERENCE:
        display = name_of(item.to, value)
        return control | {"widget": "reference", "lookup": lookup(item.name), "display": display}
    return control | {"widget": "text"}
