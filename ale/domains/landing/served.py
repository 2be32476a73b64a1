"""The daily figures behind the trends as the API serves them: read by who sees landing pages, written by the job."""

from typing import Any

from sqlalchemy import Select, or_, select

from ale.domains.landing.records import Snapshot
from ale.foundation.actor import Actor
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.label import Label
from ale.foundation.problem import Forbidden
from ale.foundation.query import KEY, Column, Columns
from ale.foundation.tables import Table, serve

READERS = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer")
_SHOWN = (
    ("metric", Kind.TEXT, Label("Metric", "Indicateur"), None),
    ("user", Kind.REFERENCE, Label("User", "Utilisateur"), "sys_user"),
    ("day", Kind.DATE, Label("Day", "Jour"), None),
    ("value", Kind.INTEGER, Label("Value", "Valeur"), None),
)


class SnapshotTable(Table):
    """One figure a day: those of everybody, and the own ones."""

    name = "ale_metric_snapshot"

    def columns(self, _by: Actor) -> Columns:
        columns = {"sys_id": Column(KEY, Snapshot.sys_id)}
        for name, kind, label, to in _SHOWN:
            facts = Facts(label, read_only=True, to=to)
            field = Field(name, kind, mandatory=False, max_length=None, choices=None, facts=facts, default=None)
            columns[name] = Column(field, getattr(Snapshot, name))
        return columns

    def rows(self, by: Actor) -> Select[Any]:
        if by.is_customer or not by.has(*READERS):
            raise Forbidden(f"{by.name} may not read the figures of landing pages")
        mine = select(Snapshot).where(or_(Snapshot.user == "", Snapshot.user == by.id))
        return select(Snapshot) if by.has("admin") else mine


SNAPSHOTS: dict[str, Table] = {SnapshotTable.name: SnapshotTable()}
serve(SNAPSHOTS.get, SNAPSHOTS.keys)
