"""The daily figures behind the trends of the landing pages."""

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ale.foundation.db import Base, Separated
from ale.foundation.record import new_id


class Snapshot(Separated, Base):
    """One figure of one day: of a user where it is personal, else of everybody in the domain (user is empty)."""

    __tablename__ = "ale_metric_snapshot"
    __table_args__ = (UniqueConstraint("sys_domain", "metric", "user", "day"),)

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    metric: Mapped[str] = mapped_column(String(60))
    user: Mapped[str] = mapped_column(String(32), default="")
    day: Mapped[date]
    value: Mapped[int]
