"""Whether a record that is stored is one that an encoded query describes."""

from sqlalchemy import select

from ale.foundation.actor import Actor
from ale.foundation.db import session
from ale.foundation.query import apply
from ale.foundation.record import Record


def is_described(record: Record, text: str, by: Actor) -> bool:
    """An empty text describes every record; days are those of `by`, whose rights do not matter."""
    kind = type(record)
    mine = select(kind.sys_id).where(kind.sys_id == record.sys_id)
    return not text or session.scalar(apply(mine, kind, text, by.for_system())) is not None
