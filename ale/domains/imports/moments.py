"""The life of an import in numbers: after each piece of work how many rows are where, who did it and to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from ale.domains.imports.records import ImportTask
from ale.domains.imports.rows import COUNTERS, hold
from ale.domains.imports.staging import ImportSet
from ale.foundation.clock import now
from ale.foundation.db import Base, Separated, session
from ale.foundation.record import new_id
from ale.foundation.statements import insert_rows


class Moment(Separated, Base):
    """How many rows of an import were where when a deed was done: what files gave is what is there or was discarded.

    `deed` is the kind of the job, or the name of what was done at once; `about` says to what, e.g. a file.
    """

    __tablename__ = "ale_import_moment"
    __table_args__ = (Index("ix_ale_import_moment_task", "import_task", "sys_id"),)

    sys_id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    import_task: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(32))
    deed: Mapped[str] = mapped_column(String(40))
    about: Mapped[str | None] = mapped_column(String(255))
    rows_read: Mapped[int]
    rows_ready: Mapped[int]
    rows_attention: Mapped[int]
    rows_to_validate: Mapped[int]
    rows_published: Mapped[int]
    rows_discarded: Mapped[int]


@dataclass(frozen=True)
class Conservation:
    """What the files of an import gave, and where that is: both sides are the same number at every moment."""

    read: int
    ready: int
    attention: int
    unvalidated: int
    published: int
    discarded: int

    @property
    def accounted(self) -> int:
        """The rows that are there or were discarded."""
        return self.ready + self.attention + self.unvalidated + self.published + self.discarded


def conservation_of(task: str) -> Conservation:
    """The rows of an import as they are counted now."""
    mine = select(
        func.coalesce(func.sum(ImportSet.rows_total), 0), func.coalesce(func.sum(ImportSet.rows_discarded), 0)
    )
    read, discarded = session.execute(mine.where(ImportSet.import_task == task)).one()
    counters = select(*(func.coalesce(getattr(ImportTask, name), 0) for name in COUNTERS.values()))
    unvalidated, attention, ready, published = session.execute(counters.where(ImportTask.sys_id == task)).one()
    return Conservation(read, ready, attention, unvalidated, published, discarded)


def note(task: ImportTask, deed: str, who: str, about: str | None = None) -> None:
    """Write down in the running transaction how many rows are where, after a deed; before one that takes all away."""
    hold(task.sys_id)
    one = conservation_of(task.sys_id)
    insert_rows(Moment, [{
        "sys_id": new_id(), "sys_domain": task.sys_domain, "import_task": task.sys_id, "at": now(), "actor": who,
        "deed": deed, "about": about[:255] if about else None, "rows_read": one.read, "rows_ready": one.ready,
        "rows_attention": one.attention, "rows_to_validate": one.unvalidated, "rows_published": one.published,
        "rows_discarded": one.discarded,
    }])  # fmt: skip


def moments_of(task: ImportTask, limit: int) -> Sequence[Moment]:
    """The last moments of an import, oldest first."""
    mine = select(Moment).where(Moment.import_task == task.sys_id).order_by(Moment.sys_id.desc()).limit(limit)
    return list(reversed(session.scalars(mine).all()))
