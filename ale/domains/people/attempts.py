"""Failed log-ons, counted in the database so that all processes count together."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.people.rules import in_small_letters
from ale.foundation.clock import now
from ale.foundation.db import Base, session
from ale.foundation.record import new_id

MOST = 10
WINDOW = timedelta(minutes=15)


class LogOnFailure(Base):
    """One wrong password for a user name, whether that user exists or not."""

    __tablename__ = "ale_log_on_failure"

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_name: Mapped[str] = mapped_column(String(100), index=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)


def too_many(user_name: str) -> bool:
    """Whether no further password is tried for this name now: MOST failures within WINDOW."""
    recent = (LogOnFailure.user_name == _key(user_name), LogOnFailure.at > now() - WINDOW)
    return (session.scalar(select(func.count()).select_from(LogOnFailure).where(*recent)) or 0) >= MOST


def note_failure(user_name: str) -> None:
    """Count one more; what is too old to count is taken out."""
    session.execute(delete(LogOnFailure).where(LogOnFailure.at <= now() - WINDOW))
    session.add(LogOnFailure(user_name=_key(user_name)))


def forget(user_name: str) -> None:
    """A log-on that succeeded ends the count."""
    session.execute(delete(LogOnFailure).where(LogOnFailure.user_name == _key(user_name)))


def _key(user_name: str) -> str:
    return in_small_letters(user_name)[:100]
