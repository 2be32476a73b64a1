"""A report: what it asks of which table, how the answer is drawn, and who finds it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import Mapped

from ale.domains.people.records import Role
from ale.domains.reports import question
from ale.domains.views.records import Audience, by_its_maker
from ale.foundation.actor import Actor
from ale.foundation.changes import after
from ale.foundation.choice import Choice
from ale.foundation.documents import lists
from ale.foundation.field import Values, field, reference
from ale.foundation.label import Label
from ale.foundation.reading import may
from ale.foundation.record import RECORDS, Access, Record, Section, Sheet

REPORTERS = ("sn_acct_lc.agent", "sn_acct_lc.ale_success_viewer", "ale.finance_user")


class Chart(Choice):
    """How the answer is drawn."""

    LIST = "list", "List", "Liste"
    BAR = "bar", "Bar", "Barres"
    LINE = "line", "Line", "Courbe"
    PIE = "pie", "Pie", "Secteurs"
    SINGLE = "single", "Single value", "Valeur unique"


class Aggregation(Choice):
    """What is told of the rows of a group."""

    COUNT = "count", "Count", "Nombre"
    SUM = "sum", "Sum", "Somme"
    AVG = "avg", "Average", "Moyenne"


class Interval(Choice):
    """How long the periods are that days are grouped into."""

    MONTH = "month", "Month", "Mois"
    QUARTER = "quarter", "Quarter", "Trimestre"
    YEAR = "year", "Year", "Année"


def _own_or_shared(report: Any, by: Actor) -> ColumnElement[bool] | None:
    """One's own, those for everybody and for one's roles; of them the ones about tables that one may report on."""
    if by.has("admin"):
        return None
    for_roles = exists().where(Role.name.in_(by.roles), lists(report.shared_roles, Role.sys_id))
    shared = or_(report.audience == Audience.EVERYBODY, and_(report.audience == Audience.ROLE, for_roles))
    open_tables = [name for name, kind in RECORDS.items() if may(kind, "read", by) and may(kind, "report_view", by)]
    return and_(or_(report.sys_created_by == by.id, shared), report.table_name.in_(open_tables))


class Report(Record):
    """A question about the rows of a table, answered for each reader by the reader's rights."""

    __tablename__ = "sys_report"

    name: Mapped[str] = field("Name", "Nom")
    name_fr: Mapped[str | None] = field("Name in French", "Nom en français")
    table_name: Mapped[str] = field("Table", "Table")
    columns: Mapped[str | None] = field(
        "Columns", "Colonnes", long=True,
        hint=Label("Of a list without groups: names of fields, joined by commas.",
                   "D’une liste sans groupes : noms de champs, séparés par des virgules."),
    )  # fmt: skip
    filter: Mapped[str | None] = field(
        "Filter", "Filtre", long=True,
        hint=Label("An encoded query, such as a list carries in its address.",
                   "Une requête encodée, comme l’adresse d’une liste en contient."),
    )  # fmt: skip
    chart: Mapped[Chart] = field("Chart", "Graphique", default=Chart.LIST)
    group_by: Mapped[str | None] = field("Group by", "Regrouper par")
    interval: Mapped[Interval | None] = field("Period", "Période")
    aggregation: Mapped[Aggregation] = field("Figure", "Valeur", default=Aggregation.COUNT)
    measured: Mapped[str | None] = field("Figure of", "Valeur de")
    since: Mapped[str | None] = field(
        "Days since", "Jours depuis",
        hint=Label("Where the figure is of a date: the date from which its days are counted.",
                   "Si la valeur est celle d’une date : la date à partir de laquelle les jours sont comptés."),
    )  # fmt: skip
    audience: Mapped[Audience] = field("For", "Pour", default=Audience.MINE)
    shared_roles: Mapped[list[str]] = reference(
        "Shared with roles", "Partagé avec les rôles", to="sys_user_role", many=True,
        required_when=lambda values: values["audience"] == Audience.ROLE,
        visible_when=lambda values: values["audience"] == Audience.ROLE,
    )  # fmt: skip

    __sheet__ = Sheet(
        label=Label("Report", "Rapport"), plural=Label("Reports", "Rapports"), display="name",
        columns=("name", "name_fr", "table_name", "chart", "audience"), order="name",
        filters=("chart", "table_name", "audience"), search=("name", "name_fr", "table_name"),
        form=(
            Section.of("Report", "Rapport", "name", "name_fr", "audience", "shared_roles"),
            Section.of("Question", "Question", "table_name", "filter", "group_by", "interval", "aggregation",
                       "measured", "since", "chart", "columns"),
        ),
        access=Access(read=REPORTERS, report_view=("admin",), create=REPORTERS, write=REPORTERS, delete=REPORTERS,
                      rows=_own_or_shared),
        check=(question.is_answerable,), icon="bar-chart-3",
    )  # fmt: skip


@after(Report, "create", "save", "remove")
def kept_by_its_maker(report: Report, _before: Values | None, by: Actor) -> None:
    """Others run a shared report; its maker and administrators change it."""
    by_its_maker(report, by)
