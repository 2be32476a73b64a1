"""Mails are rows written in the business transaction and sent after it: one row per event and recipient."""

from datetime import datetime

from sqlalchemy import Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.foundation.clock import now
from ale.foundation.db import Base, Separated, session
from ale.foundation.record import new_id

INVITATION = "invitation"
"""The kind of mail whose text lets its reader in: administrators read it in the outbox, no program is told."""


class Email(Separated, Base):
    """One mail to one person. `dedupe` makes the same event send it once."""

    __tablename__ = "sys_email"
    __table_args__ = (Index("uq_sys_email_dedupe", "sys_domain", "dedupe", unique=True),)

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(80))
    dedupe: Mapped[str] = mapped_column(String(255))
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="ready", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    record_table: Mapped[str | None] = mapped_column(String(80))
    record: Mapped[str | None] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


def post(
    kind: str,
    event: str,
    recipient: str,
    subject: str,
    body: str,
    *,
    domain: str,
    table: str | None = None,
    record: str | None = None,
) -> Email | None:
    """Put a mail into the outbox in the running transaction; None when this event already wrote to this person."""
    dedupe = f"{event}:{recipient}"[:255]
    if session.scalar(select(Email.sys_id).where(Email.sys_domain == domain, Email.dedupe == dedupe)):
        return None
    mail = Email(
        kind=kind,
        dedupe=dedupe,
        recipient=recipient,
        subject=subject[:255],
        body=body,
        sys_domain=domain,
        record_table=table,
        record=record,
    )
    session.add(mail)
    session.flush()
    return mail
