"""What success records refer to: service definitions and indicators."""

from sqlalchemy.orm import Mapped

from ale.domains.people.records import STAFF
from ale.domains.reports.records import Aggregation
from ale.domains.success.choices import Direction, ServicedCase
from ale.foundation.field import field, reference
from ale.foundation.label import Label
from ale.foundation.record import Access, Record, Section, Sheet

VIEWER = ("sn_acct_lc.ale_success_viewer",)
AGENT = ("sn_acct_lc.ale_success_agent",)


class ServiceDefinition(Record):
    """Which products a kind of case supports."""

    __tablename__ = "sn_csm_service_definition"

    name: Mapped[str] = field("Name", "Nom")
    case_type: Mapped[ServicedCase] = field("Case type", "Type de dossier", default=ServicedCase.SUCCESS_CASE)
    product: Mapped[str | None] = reference("Product", "Produit", to="cmdb_model")
    description: Mapped[str | None] = field("Description", "Description", long=True)
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("Service definition", "Définition de service"),
        plural=Label("Service definitions", "Définitions de service"), display="name",
        columns=("name", "case_type", "product"), order="name", filters=("case_type", "product", "active"),
        search=("name",),
        form=(Section.of("Service definition", "Définition de service", "name", "case_type", "product",
                         "description", "active"),),
        access=Access(read=STAFF, report_view=("admin",), create=("admin",), write=("admin",), delete=("admin",)),
        icon="book-open",
    )  # fmt: skip


class Indicator(Record):
    """A metric that an outcome may be tracked by."""

    __tablename__ = "pa_indicators"

    name: Mapped[str] = field("Name", "Nom")
    unit: Mapped[str | None] = field("Unit", "Unité")
    direction: Mapped[Direction] = field("Better when", "Meilleur quand", default=Direction.UP)
    source_table: Mapped[str | None] = field("Source table", "Table source")
    aggregation: Mapped[Aggregation] = field("Aggregation", "Agrégation", default=Aggregation.COUNT)
    condition: Mapped[str | None] = field("Condition", "Condition", long=True, format="json")
    active: Mapped[bool] = field("Active", "Actif", default=True)

    __sheet__ = Sheet(
        label=Label("KPI indicator", "Indicateur KPI"), plural=Label("KPI indicators", "Indicateurs KPI"),
        display="name", columns=("name", "unit", "direction", "source_table", "aggregation"), order="name",
        filters=("direction", "active"), search=("name",),
        form=(
            Section.of("Indicator", "Indicateur", "name", "unit", "direction", "active"),
            Section.of("Source", "Source", "source_table", "aggregation", "condition"),
        ),
        access=Access(read=VIEWER, create=("admin", *AGENT), write=("admin", *AGENT), delete=("admin",)),
        unique=(("name",),), icon="target",
    )  # fmt: skip
