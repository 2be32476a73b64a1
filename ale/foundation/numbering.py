"""Human numbers: prefix and seven digits, unique, never used twice; gaps are allowed."""

from sqlalchemy import Integer, String, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from ale.foundation.db import Base, session


class Sequence(Base):
    """The last number given out for a prefix."""

    __tablename__ = "sys_number"

    prefix: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(Integer, default=0)


def next_numbers(prefix: str, count: int = 1) -> list[str]:
    """`count` new numbers of `prefix`; the row is locked until the transaction ends, so two users never share one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Sequence).values(prefix=prefix, last=0).on_conflict_do_nothing())
    last = session.scalars(
        update(Sequence).where(Sequence.prefix == prefix).values(last=Sequence.last + count).returning(Sequence.last)
    ).one()
    return [f"{prefix}{number:07d}" for number in range(last - count + 1, last + 1)]
