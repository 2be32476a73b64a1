"""SUC-18: response templates, texts that are put into a comment with values of its record."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from markupsafe import Markup
from sqlalchemy import select

from ale.domains.system.platform import ResponseTemplate
from ale.foundation.actor import Actor
from ale.foundation.convert import as_text
from ale.foundation.db import session
from ale.foundation.reading import followed, may, names_of, readable_fields
from ale.foundation.record import Record, table_name

_WORD = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
_LINE_END = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)


def templates_for(record: Record, by: Actor) -> Sequence[ResponseTemplate]:
    """The active templates that are offered on this record, by name; none for who may not read them."""
    if not may(ResponseTemplate, "read", by):
        return ()
    rows = session.scalars(select(ResponseTemplate).where(ResponseTemplate.active.is_(True)).order_by("name"))
    return [one for one in rows if table_name(type(record)) in (one.tables or ()) and _fits(one, record)]


def replies(record: Record, by: Actor) -> Sequence[tuple[str, str, Callable[[], str]]]:
    """The same as (sys_id, name, how to write it)."""
    return [(one.sys_id, one.name, partial(reply, one, record, by)) for one in templates_for(record, by)]


def _fits(template: ResponseTemplate, record: Record) -> bool:
    """Whether the record has the values of the condition, {field: value}."""
    wanted = template.condition or {}
    return all(as_text(getattr(record, name, None)) == str(value) for name, value in wanted.items())


def reply(template: ResponseTemplate, record: Record, by: Actor) -> str:
    """The text of a template in the language of `by`; only values that `by` may read come in, other words stay."""
    body = (template.body_fr if by.language == "fr" else None) or template.body
    if "<" in body:
        lines = _LINE_END.sub("\n", body).splitlines()
        body = "\n".join(Markup(line).striptags() for line in lines).strip()  # noqa: S704 -- to take marks away
    return _WORD.sub(lambda word: _said(record, word[1].split("."), word[0], by), body)


def _said(record: Record, path: Sequence[str], word: str, by: Actor) -> str:
    """What stands at the end of a path of references, each step with the rights of `by`."""
    name, *rest = path
    item = readable_fields(type(record), by).get(name)
    if item is None or (rest and not item.to):
        return word
    if rest:
        target = followed(record, name)
        if target is None:
            return ""
        return _said(target, rest, word, by) if may(type(target), "read", by) else word
    value = getattr(record, name)
    if item.to and isinstance(value, str):
        return names_of(item.to, [value]).get(value, "")
    if item.choices is not None and value is not None:
        return str(item.choices(value).label.text(by.language))
    return as_text(value) or ""
