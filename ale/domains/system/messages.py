"""Telling somebody within the application that something has come to its end."""

from ale.domains.system.platform import Message, MessageLevel
from ale.foundation.actor import Actor
from ale.foundation.changes import create
from ale.foundation.db import session
from ale.foundation.record import RECORDS, Record, table_name


def tell(user: str | None, text: str, about: Record, by: Actor, *, level: MessageLevel) -> None:
    """Leave a message for a user, unread until that person says otherwise; the application itself needs none."""
    if user is None or session.get(RECORDS["sys_user"], user) is None:
        return
    link = f"/{table_name(type(about))}.do?sys_id={about.sys_id}"
    create(Message, {"user": user, "text": text, "level": level, "link": link}, by=by.for_system())
